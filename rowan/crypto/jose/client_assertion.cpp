#include <array>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/client_assertion.hpp>

namespace rowan::crypto::jose {

namespace {

std::string claims_of(const ClientAssertion& assertion, Timestamp now, Random& random) {
  std::array<std::byte, 16> id;
  random.fill(id);
  return Json{{"iss", assertion.issuer}, {"sub", assertion.subject}, {"aud", assertion.audience},
              {"jti", to_base64url(id)}, {"iat", to_seconds(now)},   {"exp", to_seconds(now + assertion.lifetime)}}
      .text();
}

}  // namespace

Result<std::string> sign(const ClientAssertion& assertion, const SigningKey& key, const JwsHeader& header,
                         Timestamp now, Random& random) {
  return sign_jws(key, header, claims_of(assertion, now, random));
}

Result<std::string> sign(const ClientAssertion& assertion, const HmacKey& key, const JwsHeader& header, Timestamp now,
                         Random& random) {
  return sign_jws(key, header, claims_of(assertion, now, random));
}

}  // namespace rowan::crypto::jose
