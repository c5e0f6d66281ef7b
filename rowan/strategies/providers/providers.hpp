#pragma once
// Sign in with a provider that many sites have: Google, GitHub, Apple, Microsoft … Its addresses, scopes and habits are
// known by name; the application says who it is there. README.md lists the names.
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>

namespace rowan {

struct PresetOptions {
  std::string preset{};  // "google"
  std::string name{};    // also in its addresses: /auth/user/<name>/callback; empty: the preset's
  std::string label{};   // as people know it; empty: the preset's
  std::string icon{};    // the path of an SVG of 24 by 24; empty: the preset's
  std::string domain{};  // your tenant or host there, where it needs one
  ProviderClient client{};
  std::vector<std::string> native_client_ids{};  // as OidcOptions; not for those that speak OAuth 2 only
  ProviderRequest request{};                     // scopes instead of the preset's, and more parameters
  ProviderAccounts accounts{};
  ProviderLimits limits{};
  bool sign_out_at_provider = false;  // as OidcOptions; not for those that speak OAuth 2 only
  ProviderAssurance assurance{};      // likewise
};

/// What oidc() or oauth2() would make with the preset's values. A preset that is not known, or a domain that is
/// missing, is told at the start.
Strategy provider(PresetOptions options);

}  // namespace rowan
