#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/key_set.hpp>

namespace rowan::crypto::jose {

namespace {

Error wrong(ErrorCode code, std::string_view what) {
  return Error{.code = code, .reason = "jwks: " + std::string(what)};
}

}  // namespace

Result<KeySet> KeySet::parse(std::string_view json) {
  // A key's members are two levels down, the texts of its arrays three.
  ROWAN_TRY(const auto document, Json::parse(json, {.depth = 8, .bytes = most_key_set_bytes}));
  const auto member = document.find("keys");
  if (!member || member->kind() != Json::Kind::array)
    return wrong(ErrorCode::malformed_request, "it has no array \"keys\"");
  const auto& all = member->items_view();
  if (all.size() > most_keys_of_a_set) return wrong(ErrorCode::malformed_request, "too many keys");
  if (std::ranges::any_of(all, Jwk::is_secret))
    return wrong(ErrorCode::malformed_request, "a private or shared key is published in it");
  KeySet set;
  set.keys_.reserve(all.size());
  for (std::size_t i = 0; i < all.size(); ++i) {
    if (auto key = Jwk::parse(all[i]))
      set.keys_.push_back(*std::move(key));
    else
      set.left_out_.push_back("key " + std::to_string(i + 1) + ": " + key.error().reason);
  }
  return set;
}

Result<const Jwk*> KeySet::find(const Jws& token) const {
  const Jwk* found = nullptr;
  for (const auto& key : keys_) {
    if ((!token.key_id().empty() && key.key_id() != token.key_id()) || !key.suits(token.algorithm())) continue;
    if (found != nullptr && !found->is_same_key(key))
      return wrong(ErrorCode::authentication_failed, token.key_id().empty()
                                                         ? "the token has no kid and several keys suit its algorithm"
                                                         : "several keys have the token's kid and suit its algorithm");
    found = &key;
  }
  if (found == nullptr)
    return wrong(ErrorCode::authentication_failed, knows_key_of(token)
                                                       ? "the key with the token's kid is not for its algorithm"
                                                       : "no key has the token's kid");
  return found;
}

bool KeySet::knows_key_of(const Jws& token) const {
  return std::ranges::any_of(keys_, [&](const Jwk& key) {
    return token.key_id().empty() ? key.suits(token.algorithm()) : key.key_id() == token.key_id();
  });
}

}  // namespace rowan::crypto::jose
