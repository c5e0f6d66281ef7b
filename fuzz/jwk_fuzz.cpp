#include <fuzz/target.hpp>
#include <rowan/crypto/jose/jwk.hpp>

namespace rowan::fuzz {

using namespace crypto::jose;

bool run(std::string_view input) {
  const auto json = Json::parse(input);
  if (!json) return false;
  const auto key = Jwk::parse(*json);
  if (!key) return false;
  require(!Jwk::is_secret(*json));
  require(key->key_id().size() <= most_key_id_bytes);
  // It is for some algorithm, never for one with a shared secret, and for the one that it names only.
  const auto named = json->find("alg");
  int suiting = 0;
  for (int i = 0; i <= static_cast<int>(Algorithm::eddsa); ++i) {
    const auto algorithm = static_cast<Algorithm>(i);
    if (!key->suits(algorithm)) continue;
    ++suiting;
    require(!is_symmetric(algorithm));
    require(!named || algorithm_named(named->as_text().value()) == algorithm);
  }
  require(suiting == 1 || (suiting == 6 && json->find("kty")->as_text() == "RSA"));
  require(!key->verify(Algorithm::es256, {}, {}) && !key->verify(Algorithm::hs256, {}, {}));
  return true;
}

}  // namespace rowan::fuzz
