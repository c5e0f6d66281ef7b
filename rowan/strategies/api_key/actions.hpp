#pragma once
// Not installed. The use cases of the api_key room; no HTTP.
#include <rowan/strategies/api_key/keys.hpp>

namespace rowan::strategies::api_key {

/// The name of the flag that a form has for a scope.
std::string flag_of_scope(std::string_view scope);

Result<Presented> list(const PhaseContext& context, const ApiKeyOptions& options);
/// Shown this once.
Result<Presented> create(const PhaseContext& context, const ApiKeyOptions& options);
Result<Accepted> revoke(const PhaseContext& context, const ApiKeyOptions& options);
/// What the account has, in words: the panel of the account page.
Result<Json> look_at_keys(const PhaseContext& context, const ApiKeyOptions& options);

}  // namespace rowan::strategies::api_key
