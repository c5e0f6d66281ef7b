#pragma once
// Not installed. A token with which the application calls the provider for an account (Auth::provider_token).
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/room.hpp>

namespace rowan::strategies::oauth2 {

/// Refreshed a minute before it expires, once, however many ask on however many nodes: the others get the one from
/// before while it works, and else wait for the new one.
Result<ProviderToken> provider_token(const Services& services, const Room& room, AccountId account);

}  // namespace rowan::strategies::oauth2
