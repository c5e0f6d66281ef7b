#include <fuzz/target.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/jws.hpp>

namespace rowan::fuzz {

using namespace crypto::jose;

bool run(std::string_view input) {
  // RFC 7515 A.3.
  static const auto key = Jwk::parse({{"kty", "EC"},
                                      {"crv", "P-256"},
                                      {"x", "f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU"},
                                      {"y", "x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0"}})
                              .value();
  static constexpr std::string_view signature =
      "DtEhU3ljbEg8L38VWAfUAqOyKAM6-Xx-F4GawxaepmXFCgfTjDxw5djxLa8ISlSApmWQxfKTUJqPP3-Kg6NU1Q";
  static const HmacKey secret(Secret::from_text("01234567890123456789012345678901"));

  const auto token = Jws::parse(input);
  if (!token) return false;
  require(input.size() <= most_token_bytes && token->key_id().size() <= most_key_id_bytes);
  // There is one spelling: three parts, and what was read gives the same letters.
  const auto first = input.find('.'), second = input.rfind('.');
  require(first < second && input.find('.', first + 1) == second);
  require(input.substr(first + 1, second - first - 1) == to_base64url(as_bytes(token->unverified_payload())));

  const auto by_key = VerifiedJws::verify(*token, key, every_public_key_algorithm);
  require(!by_key || (token->algorithm() == Algorithm::es256 && input.substr(second + 1) == signature));
  const auto by_secret = VerifiedJws::verify(*token, secret, {Algorithm::hs256});
  require(!by_secret || token->algorithm() == Algorithm::hs256);
  require(!VerifiedJws::verify(*token, key, {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512}));
  return true;
}

}  // namespace rowan::fuzz
