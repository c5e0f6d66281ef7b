#pragma once
// Not installed. What we know of a provider, and who we are there.
#include <memory>
#include <optional>
#include <rowan/base/secret.hpp>
#include <rowan/crypto/jose/signing_key.hpp>
#include <rowan/http/client.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>
#include <string>
#include <utility>
#include <vector>

namespace rowan::strategies::oauth2 {

using rowan::ClientAuthentication, rowan::ResponseMode;
using Parameters = std::vector<std::pair<std::string, std::string>>;

struct Provider {
  std::string name{};    // of the strategy, for the log
  std::string issuer{};  // empty: it does not say who it is
  std::string authorize_url{}, token_url{};
  std::string user_url{};         // empty: nothing is asked there
  std::string pushed_url{};       // RFC 9126; empty: what is asked for goes by the browser
  std::string revocation_url{};   // RFC 7009; empty: it is not told when tokens are over
  bool announces_issuer = false;  // its metadata promise "iss" in the answer (RFC 9207)

  std::string client_id{};
  ClientAuthentication authentication = ClientAuthentication::client_secret_basic;
  std::shared_ptr<const Secret> client_secret{};
  std::optional<crypto::jose::SigningKey> private_key{};
  std::string private_key_id{};
  std::string team{};

  std::vector<std::string> scopes{};
  Parameters authorization_params{};  // more of them, such as prompt; never one of those that we set
  ResponseMode response_mode = ResponseMode::query;
  ProviderAssurance assurance{};  // of those that give ID tokens
  http::Reach reach = http::Reach::anywhere;
};

/// As the standards name it (OpenID Connect Core section 9); a secret that our key signs is sent as any other.
std::string_view name_of(ClientAuthentication way);

/// Over https, or on this machine.
bool can_be_called(const std::string& text);

/// Everything that is wrong, each as a sentence that names the option.
std::vector<std::string> problems_of(const Provider& provider);

}  // namespace rowan::strategies::oauth2
