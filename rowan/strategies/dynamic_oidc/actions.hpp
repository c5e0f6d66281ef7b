#pragma once
// Not installed. The use cases of signing in by a connection. What follows once the provider is known is that of every
// provider (oauth2/actions.hpp).
#include <rowan/engine/phase_context.hpp>
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/dynamic_oidc/sources.hpp>

namespace rowan::strategies::dynamic_oidc {

/// That of every provider; no connection is in its address by which to begin again.
inline constexpr std::string_view confirm_page = "dynamic_oidc/confirm.html";

struct DynamicRoom {
  DynamicOidcOptions options{};
  std::shared_ptr<Sources> sources{};
};

/// Leads a visitor on by the domain of the address that was typed. One answer for every domain that has no connection.
Result<Presented> find(const PhaseContext& context, const DynamicRoom& room);
/// Sends the visitor to the provider of the connection in the address.
Result<Redirect> request_by_connection(const PhaseContext& context, const DynamicRoom& room);
/// The connection is the one that the waiting sign-in was begun for, and no other.
Result<Outcome> callback_of_connection(const PhaseContext& context, const DynamicRoom& room);
/// The code that was mailed for a person of a connection, while that connection still has such codes.
Result<SignedIn> confirm_of_connection(const PhaseContext& context, const DynamicRoom& room);
/// From the provider's server, for the connection in the address.
Result<Outcome> end_by_connection(const PhaseContext& context, const DynamicRoom& room, const std::string& token);

std::vector<Finding> examine_connection(const Services& services, const Realm& realm, const DynamicRoom& room,
                                        std::string_view id);

}  // namespace rowan::strategies::dynamic_oidc
