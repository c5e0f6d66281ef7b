#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <array>
#include <rowan/crypto/hotp.hpp>
#include <stdexcept>

namespace rowan::crypto {

namespace {

const EVP_MD* digest_of(HotpHash hash) {
  switch (hash) {
    case HotpHash::sha1: return EVP_sha1();
    case HotpHash::sha256: return EVP_sha256();
    case HotpHash::sha512: return EVP_sha512();
  }
  return EVP_sha1();
}

}  // namespace

std::uint32_t hotp(HotpHash hash, std::span<const std::byte> key, std::uint64_t counter) {
  std::array<unsigned char, 8> message{};
  for (std::size_t i = 0; i < message.size(); ++i) message[i] = static_cast<unsigned char>(counter >> (56 - 8 * i));
  std::array<unsigned char, EVP_MAX_MD_SIZE> mac{};
  unsigned size = 0;
  if (HMAC(digest_of(hash), key.data(), static_cast<int>(key.size()), message.data(), message.size(), mac.data(),
           &size) == nullptr ||
      size < 20)
    throw std::runtime_error("HMAC failed");
  // RFC 4226 section 5.3: the last byte says where the four bytes begin. For longer hashes RFC 6238 does the same.
  const std::size_t at = mac[size - 1] & 0x0F;
  return (static_cast<std::uint32_t>(mac[at]) << 24 | static_cast<std::uint32_t>(mac[at + 1]) << 16 |
          static_cast<std::uint32_t>(mac[at + 2]) << 8 | static_cast<std::uint32_t>(mac[at + 3])) &
         0x7FFFFFFF;
}

}  // namespace rowan::crypto
