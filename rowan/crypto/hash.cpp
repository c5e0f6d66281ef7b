// The only file that uses OpenSSL's low-level SHA256_* and SHA512_*: they keep their state in a plain struct that can
// be copied, where EVP_MAC allocates twice a call (measured: README.md). It runs the same assembler, and has been
// marked deprecated in OpenSSL 3 only as an API.
#define OPENSSL_SUPPRESS_DEPRECATED

#include <openssl/crypto.h>
#include <openssl/sha.h>

#include <algorithm>
#include <cstdint>
#include <cstring>
#include <initializer_list>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/hash.hpp>
#include <stdexcept>
#include <type_traits>
#include <utility>

namespace rowan::crypto {

namespace {

using Bytes = std::span<const std::byte>;
using SavedState = std::array<std::byte, 128>;
constexpr std::size_t block_size = SHA256_CBLOCK;
static_assert(sizeof(SHA256_CTX) <= std::tuple_size_v<SavedState>);
static_assert(std::is_trivially_copyable_v<SHA256_CTX>);

/// A running hash, wiped when it goes: it may have taken in a key.
class Sha256 {
 public:
  Sha256() { SHA256_Init(&context_); }
  explicit Sha256(const SavedState& saved) { std::memcpy(&context_, saved.data(), sizeof context_); }
  ~Sha256() { OPENSSL_cleanse(&context_, sizeof context_); }
  Sha256(const Sha256&) = delete;
  Sha256& operator=(const Sha256&) = delete;

  void update(Bytes bytes) {
    if (!bytes.empty()) SHA256_Update(&context_, bytes.data(), bytes.size());
  }
  Digest finish() {
    Digest digest;
    SHA256_Final(reinterpret_cast<unsigned char*>(digest.data()), &context_);
    return digest;
  }
  void save(SavedState& into) const { std::memcpy(into.data(), &context_, sizeof context_); }

 private:
  SHA256_CTX context_;
};

/// The state after K xor pad (RFC 2104 section 2).
void save_padded(std::array<std::byte, block_size> key, std::byte pad, SavedState& into) {
  for (auto& byte : key) byte ^= pad;
  Sha256 hash;
  hash.update(key);
  hash.save(into);
  OPENSSL_cleanse(key.data(), key.size());
}

Digest mac(const SavedState& inner, const SavedState& outer, std::initializer_list<Bytes> parts) {
  Sha256 inside(inner);
  for (const auto part : parts) inside.update(part);
  Sha256 outside(outer);
  outside.update(inside.finish());
  return outside.finish();
}

using SavedState512 = std::array<std::byte, 256>;
static_assert(sizeof(SHA512_CTX) <= std::tuple_size_v<SavedState512>);
static_assert(std::is_trivially_copyable_v<SHA512_CTX>);

/// The same for SHA-384 and SHA-512, which differ in how they begin and in how much of the end they give.
class Sha512 {
 public:
  explicit Sha512(HmacSha512::Hash hash) {
    if (hash == HmacSha512::Hash::sha384)
      SHA384_Init(&context_);
    else
      SHA512_Init(&context_);
  }
  explicit Sha512(const SavedState512& saved) { std::memcpy(&context_, saved.data(), sizeof context_); }
  ~Sha512() { OPENSSL_cleanse(&context_, sizeof context_); }
  Sha512(const Sha512&) = delete;
  Sha512& operator=(const Sha512&) = delete;

  void update(Bytes bytes) {
    if (!bytes.empty()) SHA512_Update(&context_, bytes.data(), bytes.size());
  }
  HmacSha512::Tag finish() {
    HmacSha512::Tag digest{};
    SHA512_Final(reinterpret_cast<unsigned char*>(digest.data()), &context_);  // as many bytes as the hash has
    return digest;
  }
  void save(SavedState512& into) const { std::memcpy(into.data(), &context_, sizeof context_); }

 private:
  SHA512_CTX context_{};
};

}  // namespace

Digest sha256(Bytes data) {
  Sha256 hash;
  hash.update(data);
  return hash.finish();
}

HmacSha256::HmacSha256(Bytes key) {
  std::array<std::byte, block_size> padded{};
  if (key.size() > block_size) {
    auto digest = sha256(key);
    std::ranges::copy(digest, padded.begin());
    OPENSSL_cleanse(digest.data(), digest.size());
  } else {
    std::ranges::copy(key, padded.begin());
  }
  save_padded(padded, std::byte{0x36}, inner_);
  save_padded(padded, std::byte{0x5c}, outer_);
  OPENSSL_cleanse(padded.data(), padded.size());
}

HmacSha256::~HmacSha256() {
  OPENSSL_cleanse(inner_.data(), inner_.size());
  OPENSSL_cleanse(outer_.data(), outer_.size());
}

HmacSha256::HmacSha256(HmacSha256&& other) noexcept : inner_(other.inner_), outer_(other.outer_) {
  OPENSSL_cleanse(other.inner_.data(), other.inner_.size());
  OPENSSL_cleanse(other.outer_.data(), other.outer_.size());
}

HmacSha256& HmacSha256::operator=(HmacSha256&& other) noexcept {
  std::swap(inner_, other.inner_);
  std::swap(outer_, other.outer_);
  return *this;
}

Digest HmacSha256::operator()(Bytes data) const { return mac(inner_, outer_, {data}); }

Digest HmacSha256::operator()(Bytes first, Bytes second) const { return mac(inner_, outer_, {first, second}); }

HmacSha512::HmacSha512(Hash hash, Bytes key) : hash_(hash) {
  std::array<std::byte, SHA512_CBLOCK> padded{};
  if (key.size() > padded.size()) {
    Sha512 shortened(hash);
    shortened.update(key);
    auto digest = shortened.finish();
    std::copy_n(digest.begin(), tag_size(), padded.begin());
    OPENSSL_cleanse(digest.data(), digest.size());
  } else {
    std::ranges::copy(key, padded.begin());
  }
  const auto save = [&](std::byte pad, SavedState512& into) {
    auto block = padded;
    for (auto& byte : block) byte ^= pad;
    Sha512 begun(hash);
    begun.update(block);
    begun.save(into);
    OPENSSL_cleanse(block.data(), block.size());
  };
  save(std::byte{0x36}, inner_);
  save(std::byte{0x5c}, outer_);
  OPENSSL_cleanse(padded.data(), padded.size());
}

HmacSha512::~HmacSha512() {
  OPENSSL_cleanse(inner_.data(), inner_.size());
  OPENSSL_cleanse(outer_.data(), outer_.size());
}

HmacSha512::HmacSha512(HmacSha512&& other) noexcept : inner_(other.inner_), outer_(other.outer_), hash_(other.hash_) {
  OPENSSL_cleanse(other.inner_.data(), other.inner_.size());
  OPENSSL_cleanse(other.outer_.data(), other.outer_.size());
}

HmacSha512& HmacSha512::operator=(HmacSha512&& other) noexcept {
  std::swap(inner_, other.inner_);
  std::swap(outer_, other.outer_);
  std::swap(hash_, other.hash_);
  return *this;
}

HmacSha512::Tag HmacSha512::operator()(Bytes data) const {
  Sha512 inside(inner_);
  inside.update(data);
  const auto first = inside.finish();
  Sha512 outside(outer_);
  outside.update(Bytes(first).first(tag_size()));
  return outside.finish();
}

// RFC 5869 section 2.2: PRK = HMAC-Hash(salt, IKM). An absent salt is 32 zeros, which HMAC cannot tell from an empty
// key.
Digest hkdf_extract(Bytes secret, Bytes salt) { return HmacSha256(salt)(secret); }

void hkdf_expand(Bytes pseudorandom_key, std::string_view info, std::span<std::byte> out) {
  // RFC 5869 section 2.3: "L … <= 255*HashLen"; the counter is one octet.
  if (out.size() > 255 * std::tuple_size_v<Digest>)
    throw std::length_error("hkdf_expand: more than 255 blocks asked for");
  const HmacSha256 keyed(pseudorandom_key);
  Digest block;
  Bytes previous{};
  for (std::uint8_t counter = 1; !out.empty(); ++counter) {
    block = mac(keyed.inner_, keyed.outer_, {previous, as_bytes(info), std::as_bytes(std::span(&counter, 1))});
    previous = block;
    const auto taken = std::min(out.size(), block.size());
    std::copy_n(block.begin(), taken, out.begin());
    out = out.subspan(taken);
  }
  OPENSSL_cleanse(block.data(), block.size());
}

void hkdf_sha256(Bytes secret, Bytes salt, std::string_view info, std::span<std::byte> out) {
  auto pseudorandom_key = hkdf_extract(secret, salt);
  hkdf_expand(pseudorandom_key, info, out);
  OPENSSL_cleanse(pseudorandom_key.data(), pseudorandom_key.size());
}

bool equal_in_constant_time(Bytes a, Bytes b) {
  return a.size() == b.size() && (a.empty() || CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0);
}

}  // namespace rowan::crypto
