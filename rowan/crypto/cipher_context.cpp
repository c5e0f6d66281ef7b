#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <memory>
#include <new>
#include <rowan/crypto/cipher_context.hpp>
#include <stdexcept>

namespace rowan::crypto {

namespace {

struct FreeContext {
  void operator()(EVP_CIPHER_CTX* context) const { EVP_CIPHER_CTX_free(context); }  // wipes the key schedule
};

/// The contexts of one thread for one use.
class KeptContexts {
 public:
  EVP_CIPHER_CTX* find(std::uint64_t number) const {
    const auto found = std::ranges::find(numbers_, number);
    return found == numbers_.end() ? nullptr : contexts_[static_cast<std::size_t>(found - numbers_.begin())].get();
  }

  EVP_CIPHER_CTX* make(CipherUse use, std::uint64_t number, const Key256& key) {
    auto& context = contexts_[next_];
    numbers_[next_] = 0;  // if setting the key fails, the old key's number must not be found here
    const EVP_CIPHER* cipher = nullptr;
    if (!context) {
      context.reset(EVP_CIPHER_CTX_new());
      if (!context) throw std::bad_alloc();
      const bool gcm = use == CipherUse::gcm_seal || use == CipherUse::gcm_open;
      cipher = gcm ? EVP_aes_256_gcm() : EVP_aes_256_ecb();
    }
    const int encrypts = use == CipherUse::gcm_seal || use == CipherUse::block_encrypt ? 1 : 0;
    const auto* bytes = reinterpret_cast<const unsigned char*>(key.bytes().data());
    if (EVP_CipherInit_ex(context.get(), cipher, nullptr, bytes, nullptr, encrypts) != 1 ||
        EVP_CIPHER_CTX_set_padding(context.get(), 0) != 1) {
      context.reset();
      throw std::runtime_error("OpenSSL refused an AES-256 key");
    }
    numbers_[next_] = number;
    auto* const made = context.get();
    next_ = (next_ + 1) % kept_contexts;
    return made;
  }

 private:
  std::array<std::uint64_t, kept_contexts> numbers_{};  // 0: free
  std::array<std::unique_ptr<EVP_CIPHER_CTX, FreeContext>, kept_contexts> contexts_{};
  std::size_t next_ = 0;
};

}  // namespace

std::uint64_t next_key_number() {
  // Process-wide by need: two keys with one number would be sealed with each other's contexts.
  static constinit std::atomic<std::uint64_t> last = 0;
  return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

EVP_CIPHER_CTX* cipher_context(CipherUse use, std::uint64_t number, const Key256& key) {
  static thread_local std::array<KeptContexts, 4> kept;
  auto& contexts = kept[static_cast<std::size_t>(use)];
  if (auto* const context = contexts.find(number)) return context;
  return contexts.make(use, number, key);
}

}  // namespace rowan::crypto
