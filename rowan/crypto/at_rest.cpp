#include <cstring>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/at_rest.hpp>
#include <stdexcept>
#include <vector>

namespace rowan::crypto {

namespace {

// A version, the key's id, the nonce; then what is sealed.
constexpr std::byte version{1};
constexpr std::size_t header_size = 2, overhead = header_size + nonce_size + tag_size;

AeadKey key_of(const KeyRing& keys, std::size_t secret, std::string_view purpose) {
  return AeadKey(keys.derive(secret, "sealed at rest", purpose));
}

std::string associate(std::span<const std::byte> header, std::string_view bound_to) {
  return std::string(as_text(header.first(header_size))) + std::string(bound_to);
}

}  // namespace

std::string seal_at_rest(const KeyRing& keys, Random& random, std::string_view purpose, std::string_view bound_to,
                         std::string_view secret) {
  if (secret.size() > longest_at_rest) throw std::length_error("too long to be sealed at rest");
  std::vector<std::byte> bytes(overhead + secret.size());
  bytes[0] = version;
  bytes[1] = static_cast<std::byte>(keys.key_id(0));
  // Random nonces: some thousand million of them under one key before two are likely to meet.
  const auto nonce = random.bytes<nonce_size>();
  std::memcpy(bytes.data() + header_size, nonce.data(), nonce.size());
  key_of(keys, 0, purpose)
      .seal(nonce, as_bytes(associate(bytes, bound_to)), as_bytes(secret),
            std::span(bytes).subspan(header_size + nonce_size));
  return to_base64url(bytes);
}

std::optional<OpenedAtRest> open_at_rest(const KeyRing& keys, std::string_view purpose, std::string_view bound_to,
                                         std::string_view sealed) {
  const auto bytes = from_base64url(sealed);
  if (!bytes || bytes->size() < overhead || bytes->size() > overhead + longest_at_rest || bytes->front() != version)
    return std::nullopt;
  const std::span<const std::byte> all(*bytes);
  for (std::size_t secret = 0; secret < keys.size(); ++secret) {
    if (static_cast<std::byte>(keys.key_id(secret)) != all[1]) continue;
    std::vector<std::byte> plain(all.size() - overhead);
    const auto size = key_of(keys, secret, purpose)
                          .open(all.subspan(header_size).first<nonce_size>(), as_bytes(associate(all, bound_to)),
                                all.subspan(header_size + nonce_size), plain);
    if (!size) return std::nullopt;
    OpenedAtRest opened{.secret = Secret::from_bytes(std::span(plain).first(*size)), .outdated = secret != 0};
    ::explicit_bzero(plain.data(), plain.size());
    return opened;
  }
  return std::nullopt;
}

}  // namespace rowan::crypto
