#pragma once
// Sign in with a provider that speaks OAuth 2 (RFC 6749, RFC 9700) and says who a person is at an address of its own.
// A provider that speaks OpenID Connect is better declared by oidc().
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>

namespace rowan {

struct OAuth2Options {
  std::string name = "oauth2";  // also in its addresses: /auth/user/<name>/callback
  std::string label{};          // as people know it: "Forge"; empty: the name
  std::string icon{};           // the path of an SVG of 24 by 24; empty: none
  std::string authorize_url{}, token_url{}, user_url{};
  std::string issuer{};  // who it says it is in its answers (RFC 9207); empty: it does not say
  ProviderClient client{};
  ProviderRequest request{};
  PersonFields fields{};
  ProviderAccounts accounts{};
  ProviderLimits limits{};
};

/// Phases: request, callback, link, unlink. The provider has to know the address of the callback.
Strategy oauth2(OAuth2Options options);

}  // namespace rowan
