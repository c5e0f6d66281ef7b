#pragma once
// Not installed. What an application adds to the tokens of its accounts (TokenOptions::claims).
#include <rowan/engine/phases/complete.hpp>
#include <rowan/tokens/bearer.hpp>

namespace rowan::engine {

/// The configured claims, those of the account and `more`; a later one goes before an earlier.
Result<std::string> extra_claims_of(const Core& core, const User& user, const Json& more = Json({}));

/// The text of the token that a completion made. It may block: for the keys, see tokens::SigningKeys.
Result<std::string> bearer_token_of(const Core& core, const Completion& completion);

}  // namespace rowan::engine
