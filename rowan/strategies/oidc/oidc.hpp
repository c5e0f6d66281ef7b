#pragma once
// Sign in with a provider that speaks OpenID Connect (Core 1.0, Discovery 1.0). Its addresses and keys are learned from
// its issuer, when they are needed first.
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>

namespace rowan {

struct OidcOptions {
  std::string name = "oidc";  // also in its addresses: /auth/user/<name>/callback
  std::string label{};        // as people know it; empty: the name
  std::string icon{};         // the path of an SVG of 24 by 24; empty: none
  std::string issuer{};       // "https://login.example", exactly as its tokens say it
  ProviderClient client{};
  /// Ids at the provider of your native apps, and of your web client where their tokens are for it. Their ID tokens
  /// sign in by the phases `nonce` and `id_token`, on the API mount; empty: there are no such phases.
  std::vector<std::string> native_client_ids{};
  ProviderRequest request{.scopes = {"openid", "email"}, .parameters = {}};  // "openid" is sent in any case
  ProviderAccounts accounts{};
  ProviderLimits limits{};
  /// Whether people who sign out here are led to the provider, to sign out there, too. It has to know the address of
  /// the sign-out page (post_logout_redirect_uris).
  bool sign_out_at_provider = false;
  ProviderAssurance assurance{};
};

/// Phases: request, callback, link, unlink; backchannel_logout for the provider's server; nonce and id_token for native
/// apps. The provider has to know the address of the callback.
Strategy oidc(OidcOptions options);

}  // namespace rowan
