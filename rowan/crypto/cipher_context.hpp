#pragma once
// Internal. A thread's initialised cipher contexts, so that a call costs a nonce and no allocation.
#include <cstdint>
#include <rowan/crypto/key.hpp>

struct evp_cipher_ctx_st;  // OpenSSL's EVP_CIPHER_CTX

namespace rowan::crypto {

/// Each use of a key has a context of its own: OpenSSL does not promise that one may change direction without a new
/// key.
enum class CipherUse { gcm_seal, gcm_open, block_encrypt, block_decrypt };

/// Contexts a thread keeps for each use: the day keys of two secrets over the 14 days a session lives, and some. The
/// oldest goes first.
inline constexpr std::size_t kept_contexts = 32;

/// A number no other key of this process has had. Thread-safe.
std::uint64_t next_key_number();

/// This thread's context with the key set; valid until the thread asks again. Throws std::bad_alloc or
/// std::runtime_error. Keys stay in a thread's contexts until others push them out or the thread ends; both wipe them.
evp_cipher_ctx_st* cipher_context(CipherUse use, std::uint64_t number, const Key256& key);

}  // namespace rowan::crypto
