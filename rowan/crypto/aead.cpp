#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <climits>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/cipher_context.hpp>
#include <stdexcept>

namespace rowan::crypto {

namespace {

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}
unsigned char* raw(std::span<std::byte> bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
constexpr std::size_t most_bytes = INT_MAX - tag_size;  // EVP counts in int

/// Associated data when `out` is null. Empty spans are left out: EVP would take their null pointer for something else.
bool update(EVP_CIPHER_CTX* context, unsigned char* out, std::span<const std::byte> in) {
  int written = 0;
  return in.empty() || EVP_CipherUpdate(context, out, &written, raw(in), static_cast<int>(in.size())) == 1;
}

bool finish(EVP_CIPHER_CTX* context) {
  unsigned char nothing[EVP_MAX_BLOCK_LENGTH];  // GCM writes no last block
  int written = 0;
  return EVP_CipherFinal_ex(context, nothing, &written) == 1;
}

}  // namespace

AeadKey::AeadKey(const Key256& key) : key_(key), number_(next_key_number()) {}

void AeadKey::seal(std::span<const std::byte, nonce_size> nonce, std::span<const std::byte> associated,
                   std::span<const std::byte> plain, std::span<std::byte> out) const {
  if (plain.size() > most_bytes || associated.size() > most_bytes || out.size() != plain.size() + tag_size)
    throw std::length_error("AeadKey::seal: sizes do not fit");
  auto* const context = cipher_context(CipherUse::gcm_seal, number_, key_);
  const bool sealed = EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, raw(nonce)) == 1 &&
                      update(context, nullptr, associated) && update(context, raw(out), plain) && finish(context) &&
                      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, raw(out.last(tag_size))) == 1;
  if (sealed) return;
  OPENSSL_cleanse(out.data(), out.size());
  throw std::runtime_error("OpenSSL could not seal");
}

std::optional<std::size_t> AeadKey::open(std::span<const std::byte, nonce_size> nonce,
                                         std::span<const std::byte> associated, std::span<const std::byte> sealed,
                                         std::span<std::byte> out) const {
  if (sealed.size() < tag_size || sealed.size() > most_bytes || associated.size() > most_bytes) return std::nullopt;
  const auto cipher = sealed.first(sealed.size() - tag_size);
  const auto tag = sealed.last(tag_size);
  if (out.size() < cipher.size()) return std::nullopt;
  auto* const context = cipher_context(CipherUse::gcm_open, number_, key_);
  auto* const expected_tag = const_cast<unsigned char*>(raw(tag));  // only read: the ctrl call serves getters too
  const bool opened = EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, raw(nonce)) == 1 &&
                      EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, expected_tag) == 1 &&
                      update(context, nullptr, associated) && update(context, raw(out), cipher) && finish(context);
  if (opened) return cipher.size();
  // GCM decrypts before it knows the tag (SP 800-38D section 7.2: nothing is to be returned on FAIL).
  OPENSSL_cleanse(out.data(), cipher.size());
  return std::nullopt;
}

}  // namespace rowan::crypto
