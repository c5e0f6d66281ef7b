#include <sodium.h>

#include <rowan/crypto/fingerprint.hpp>

namespace rowan::crypto {

static_assert(std::tuple_size_v<Fingerprint::Value> == crypto_onetimeauth_poly1305_BYTES);
static_assert(crypto_onetimeauth_poly1305_KEYBYTES == 32);

Fingerprint::Fingerprint(const Key256& key) : key_(key) {
  if (::sodium_init() < 0) return;  // it finds the fastest code; without it a slower one gives the same
}

Fingerprint::Value Fingerprint::operator()(std::span<const std::byte> text) const {
  Value value;
  crypto_onetimeauth_poly1305(reinterpret_cast<unsigned char*>(value.data()),
                              reinterpret_cast<const unsigned char*>(text.data()), text.size(),
                              reinterpret_cast<const unsigned char*>(key_.bytes().data()));
  return value;
}

}  // namespace rowan::crypto
