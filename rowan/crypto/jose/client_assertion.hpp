#pragma once
// Not installed. How a client says who it is by a signed token (RFC 7523 section 2.2, OpenID Connect Core section 9):
// client_secret_jwt, private_key_jwt, and the client secret that Apple wants.
#include <rowan/base/random.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/crypto/jose/signing_key.hpp>

namespace rowan::crypto::jose {

struct ClientAssertion {
  std::string issuer{};    // the client; Apple: the team
  std::string subject{};   // the client
  std::string audience{};  // the provider's issuer or its token endpoint, as the provider wants it
  std::chrono::seconds lifetime{60};
};

/// Each has its own random jti: a provider may take one once only.
Result<std::string> sign(const ClientAssertion& assertion, const SigningKey& key, const JwsHeader& header,
                         Timestamp now, Random& random);
Result<std::string> sign(const ClientAssertion& assertion, const HmacKey& key, const JwsHeader& header, Timestamp now,
                         Random& random);

}  // namespace rowan::crypto::jose
