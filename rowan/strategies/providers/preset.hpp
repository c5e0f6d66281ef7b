#pragma once
// Not installed. Providers that many sites have, as data: what their documentation says, and nothing of the
// application.
#include <rowan/strategies/oauth2/provider_options.hpp>
#include <span>

namespace rowan::strategies::providers {

/// An `issuer` makes it one of OpenID Connect, else the three addresses are used. "{domain}" in an issuer is the
/// application's own: its tenant, or the host of a server that everybody may run.
struct Preset {
  std::string name{};   // also the strategy's, when it is given none
  std::string label{};  // as people know it
  std::string icon{};   // the path of an SVG of 24 by 24, drawn for Rowan
  std::string issuer{};
  std::string domain{};     // when none is given
  std::string domain_is{};  // for a message: "your tenant's id"; empty: there is none
  std::string authorize_url{}, token_url{}, user_url{};
  ProviderRequest request{};
  PersonFields fields{};
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;
};

/// By name. Thread-safe.
std::span<const Preset> presets();

}  // namespace rowan::strategies::providers
