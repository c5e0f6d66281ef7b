#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <sodium.h>

#include <climits>
#include <cstring>
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

bool openssl_seal(EVP_CIPHER_CTX* context, std::span<const std::byte> nonce, std::span<const std::byte> associated,
                  std::span<const std::byte> plain, std::span<std::byte> cipher, std::span<std::byte> tag) {
  return EVP_EncryptInit_ex(context, nullptr, nullptr, nullptr, raw(nonce)) == 1 &&
         update(context, nullptr, associated) && update(context, raw(cipher), plain) && finish(context) &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_GET_TAG, tag_size, raw(tag)) == 1;
}

bool openssl_open(EVP_CIPHER_CTX* context, std::span<const std::byte> nonce, std::span<const std::byte> associated,
                  std::span<const std::byte> cipher, std::span<const std::byte> tag, std::span<std::byte> plain) {
  auto* const expected_tag = const_cast<unsigned char*>(raw(tag));  // only read: the ctrl call serves getters too
  return EVP_DecryptInit_ex(context, nullptr, nullptr, nullptr, raw(nonce)) == 1 &&
         EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, expected_tag) == 1 &&
         update(context, nullptr, associated) && update(context, raw(plain), cipher) && finish(context);
}

const crypto_aead_aes256gcm_state* as_state(const std::array<unsigned char, 512>& bytes) {
  return reinterpret_cast<const crypto_aead_aes256gcm_state*>(bytes.data());
}

}  // namespace

AeadKey::AeadKey(const Key256& key, AeadEngine engine) : key_(key), number_(next_key_number()) {
  // sodium_init finds out what the CPU has; any thread may call it any number of times.
  if (engine == AeadEngine::openssl || sodium_init() < 0 || crypto_aead_aes256gcm_is_available() == 0) return;
  crypto_aead_aes256gcm_state state;
  static_assert(sizeof state == sizeof state_ && alignof(crypto_aead_aes256gcm_state) <= alignof(AeadKey));
  expanded_ = crypto_aead_aes256gcm_beforenm(&state, raw(key.bytes())) == 0;
  std::memcpy(state_.data(), &state, sizeof state);
  OPENSSL_cleanse(&state, sizeof state);
}

AeadKey::~AeadKey() { OPENSSL_cleanse(state_.data(), state_.size()); }

void AeadKey::seal(std::span<const std::byte, nonce_size> nonce, std::span<const std::byte> associated,
                   std::span<const std::byte> plain, std::span<std::byte> out) const {
  if (plain.size() > most_bytes || associated.size() > most_bytes || out.size() != plain.size() + tag_size)
    throw std::length_error("AeadKey::seal: sizes do not fit");
  const auto cipher = out.first(plain.size()), tag = out.last(tag_size);
  const bool sealed =
      expanded_
          ? crypto_aead_aes256gcm_encrypt_detached_afternm(raw(cipher), raw(tag), nullptr, raw(plain), plain.size(),
                                                           raw(associated), associated.size(), nullptr, raw(nonce),
                                                           as_state(state_)) == 0
          : openssl_seal(cipher_context(CipherUse::gcm_seal, number_, key_), nonce, associated, plain, cipher, tag);
  if (sealed) return;
  OPENSSL_cleanse(out.data(), out.size());
  throw std::runtime_error("AES-256-GCM could not seal");
}

std::optional<std::size_t> AeadKey::open(std::span<const std::byte, nonce_size> nonce,
                                         std::span<const std::byte> associated, std::span<const std::byte> sealed,
                                         std::span<std::byte> out) const {
  if (sealed.size() < tag_size || sealed.size() > most_bytes || associated.size() > most_bytes) return std::nullopt;
  const auto cipher = sealed.first(sealed.size() - tag_size);
  const auto tag = sealed.last(tag_size);
  if (out.size() < cipher.size()) return std::nullopt;
  const bool opened =
      expanded_ ? crypto_aead_aes256gcm_decrypt_detached_afternm(raw(out), nullptr, raw(cipher), cipher.size(),
                                                                 raw(tag), raw(associated), associated.size(),
                                                                 raw(nonce), as_state(state_)) == 0
                : openssl_open(cipher_context(CipherUse::gcm_open, number_, key_), nonce, associated, cipher, tag, out);
  if (opened) return cipher.size();
  // OpenSSL decrypts before it knows the tag (SP 800-38D section 7.2: nothing is to be returned on FAIL).
  OPENSSL_cleanse(out.data(), cipher.size());
  return std::nullopt;
}

}  // namespace rowan::crypto
