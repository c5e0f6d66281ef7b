#pragma once
// Not installed. What a provider says of itself (OpenID Connect Discovery 1.0 section 3, RFC 8414).
#include <rowan/crypto/jose/algorithm.hpp>
#include <rowan/strategies/oauth2/provider.hpp>

namespace rowan::strategies::oidc {

struct Discovery {
  std::string issuer{};
  std::string authorize_url{}, token_url{}, keys_url{};
  std::string user_url{}, pushed_url{}, sign_out_url{}, revocation_url{};  // empty: it has none
  bool announces_issuer = false;                                           // RFC 9207
  bool takes_s256 = true;  // false only when it lists other challenges and not this one
  /// Those of ours that it lists; when it lists none, client_secret_basic, the default of the standard.
  std::vector<oauth2::ClientAuthentication> authentications{};
  /// Those of ours that it signs ID tokens with, none with a shared secret.
  crypto::jose::Algorithms algorithms{};
};

inline constexpr std::size_t most_discovery_bytes = 64 * 1024;

/// Where a provider with this issuer says it.
std::string discovery_url(std::string_view issuer);

/// Refuses the document of another issuer, however similar its name: whoever writes that name would be believed for
/// this one. Its addresses have https, or are on this machine when the issuer is. `unavailable`, with a reason that
/// names the member.
Result<Discovery> read_discovery(std::string_view json, std::string_view issuer);

}  // namespace rowan::strategies::oidc
