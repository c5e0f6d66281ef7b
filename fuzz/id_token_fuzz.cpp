#include <algorithm>
#include <fuzz/target.hpp>
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/crypto/jose/signing_key.hpp>

namespace rowan::fuzz {

using namespace crypto::jose;

// The claims of a token that is signed rightly.
bool run(std::string_view input) {
  static const HmacKey secret(Secret::from_text("01234567890123456789012345678901"));
  static const ExpectedIdToken expected{.issuer = "https://idp.example",
                                        .audiences = {"client", "app"},
                                        .allowed = {Algorithm::hs256},
                                        .now = Timestamp(std::chrono::seconds(1'800'000'000)),
                                        .nonce = "n",
                                        .access_token = "token",
                                        .max_age = std::chrono::seconds(300)};
  const auto token = sign_jws(secret, {.algorithm = Algorithm::hs256}, input);
  require(token.has_value());
  const auto found = verify_id_token(*token, secret, expected);
  if (!found) {
    require(found.error().code == ErrorCode::authentication_failed && !found.error().reason.empty());
    return false;
  }
  const auto text = [&](std::string_view name) {
    const auto value = found->claims.find(name);
    return value ? std::string(value->as_text().value_or("")) : std::string();
  };
  require(text("iss") == expected.issuer && text("nonce") == "n" && text("sub") == found->subject);
  require(!found->subject.empty() && found->subject.size() <= 255);
  require(std::ranges::count(expected.audiences, found->audience) == 1);
  require(found->expires_at + expected.leeway > expected.now && found->issued_at <= expected.now + expected.leeway);
  require(found->authenticated_at && expected.now - *found->authenticated_at <= *expected.max_age + expected.leeway);
  require(text("azp").empty() ? !found->claims.find("azp") : std::ranges::count(expected.audiences, text("azp")) == 1);
  return true;
}

}  // namespace rowan::fuzz
