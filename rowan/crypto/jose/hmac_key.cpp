#include <openssl/evp.h>
#include <openssl/hmac.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/jose/hmac_key.hpp>

namespace rowan::crypto::jose {

namespace {

const EVP_MD* digest_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::hs256: return EVP_sha256();
    case Algorithm::hs384: return EVP_sha384();
    case Algorithm::hs512: return EVP_sha512();
    default: return nullptr;
  }
}

}  // namespace

bool HmacKey::suits(Algorithm algorithm) const {
  const auto* digest = digest_of(algorithm);
  return digest != nullptr && secret_.size() >= static_cast<std::size_t>(EVP_MD_get_size(digest));
}

std::vector<std::byte> HmacKey::sign(Algorithm algorithm, std::span<const std::byte> bytes) const {
  if (!suits(algorithm)) return {};
  const auto* digest = digest_of(algorithm);
  std::vector<std::byte> tag(static_cast<std::size_t>(EVP_MD_get_size(digest)));
  const auto key = secret_.expose();
  if (HMAC(digest, key.data(), static_cast<int>(key.size()), reinterpret_cast<const unsigned char*>(bytes.data()),
           bytes.size(), reinterpret_cast<unsigned char*>(tag.data()), nullptr) == nullptr)
    return {};
  return tag;
}

bool HmacKey::verify(Algorithm algorithm, std::span<const std::byte> tag, std::span<const std::byte> bytes) const {
  const auto right = sign(algorithm, bytes);
  return !right.empty() && equal_in_constant_time(right, tag);
}

}  // namespace rowan::crypto::jose
