#pragma once
// Not installed. A sign-in that waits for the provider's answer: a row of rowan_flows, used once, good or bad. Its key
// is in the browser alone, and the values of the flow are made of that key, so who reads the table cannot answer for
// anyone.
#include <rowan/engine/phase_context.hpp>
#include <rowan/strategies/oauth2/authorization.hpp>

namespace rowan::strategies::oauth2 {

struct Waiting {
  AccountId account{};  // of the session that links; nil: it signs in
  std::int64_t generation = 0;
  std::string return_to{};
  std::string phase = "callback";  // which alone may use it
};

/// The values that belong to this key (IDP-04). `state` names it, without being it.
Flow flow_of(std::string_view key, std::string redirect_uri, bool with_nonce);

Result<> put_waiting(Transaction& transaction, const PhaseContext& context, std::string_view strategy,
                     std::string_view key, const Waiting& waiting, std::chrono::seconds lifetime);
/// For at most one caller ever. Nullopt: it was used, has expired, or is of another phase, strategy, subject or
/// tenant.
Result<std::optional<Waiting>> use_waiting(Transaction& transaction, const PhaseContext& context,
                                           std::string_view strategy, std::string_view phase, std::string_view key);
/// By which strategy the sign-in with this key waits, or waited; empty: none does. Only a look, which uses nothing up.
Result<std::string> strategy_of_waiting(SqlConnection& connection, const Realm& realm, std::string_view key);

}  // namespace rowan::strategies::oauth2
