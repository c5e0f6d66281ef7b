#include <openssl/evp.h>

#include <rowan/crypto/block.hpp>
#include <rowan/crypto/cipher_context.hpp>
#include <stdexcept>

namespace rowan::crypto {

namespace {

// Without padding an update of one block gives one block, and leaves the context ready for the next.
Block one_block(EVP_CIPHER_CTX* context, const Block& in) {
  Block out;
  int written = 0;
  if (EVP_CipherUpdate(context, reinterpret_cast<unsigned char*>(out.data()), &written,
                       reinterpret_cast<const unsigned char*>(in.data()), static_cast<int>(in.size())) != 1 ||
      written != static_cast<int>(out.size()))
    throw std::runtime_error("OpenSSL could not run AES on one block");
  return out;
}

}  // namespace

BlockKey::BlockKey(const Key256& key) : key_(key), number_(next_key_number()) {}

Block BlockKey::encrypt(const Block& plain) const {
  return one_block(cipher_context(CipherUse::block_encrypt, number_, key_), plain);
}

Block BlockKey::decrypt(const Block& cipher) const {
  return one_block(cipher_context(CipherUse::block_decrypt, number_, key_), cipher);
}

}  // namespace rowan::crypto
