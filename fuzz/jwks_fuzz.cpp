#include <fuzz/target.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/jws.hpp>

namespace rowan::fuzz {

using namespace crypto::jose;

bool run(std::string_view input) {
  const auto set = KeySet::parse(input);
  if (!set) return false;
  require(input.size() <= most_key_set_bytes);
  require(set->keys().size() + set->left_out().size() <= most_keys_of_a_set);
  require(set->left_out().empty() || input.contains('['));
  for (const auto& key : set->keys()) {
    for (const char* algorithm : {"ES256", "RS256", "PS512", "EdDSA", "HS256"}) {
      const Json header =
          key.key_id().empty() ? Json{{"alg", algorithm}} : Json{{"alg", algorithm}, {"kid", key.key_id()}};
      const auto token = Jws::parse(to_base64url(as_bytes(header.text())) + ".e30.AAAA");
      if (!token) continue;  // a kid of 256 letters that JSON escapes is over the header's bound
      const auto found = set->find(*token);
      // What is found has the kid and suits; a key that suits is not called unknown.
      require(!found || ((*found)->key_id() == key.key_id() || key.key_id().empty()));
      require(!found || (*found)->suits(token->algorithm()));
      require(!found || set->knows_key_of(*token));
      require(!VerifiedJws::verify(*token, *set, every_public_key_algorithm));
    }
  }
  return true;
}

}  // namespace rowan::fuzz
