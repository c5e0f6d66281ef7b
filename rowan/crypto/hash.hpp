#pragma once
// Not installed. SHA-256, HMAC (RFC 2104) with SHA-256, SHA-384 and SHA-512, and HKDF (RFC 5869). No allocation per
// call; thread-safe.
#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>

namespace rowan::crypto {

using Digest = std::array<std::byte, 32>;

Digest sha256(std::span<const std::byte> data);

/// A MAC key with its inner and outer states kept: one call costs two short finalisations and no allocation.
/// Thread-safe to call. A moved-from one may only be assigned to or destroyed.
class HmacSha256 {
 public:
  explicit HmacSha256(std::span<const std::byte> key);
  ~HmacSha256();  // wipes the states
  HmacSha256(HmacSha256&&) noexcept;
  HmacSha256& operator=(HmacSha256&&) noexcept;
  Digest operator()(std::span<const std::byte> data) const;
  Digest operator()(std::span<const std::byte> first, std::span<const std::byte> second) const;

 private:
  friend void hkdf_expand(std::span<const std::byte>, std::string_view, std::span<std::byte>);
  alignas(16) std::array<std::byte, 128> inner_{}, outer_{};  // saved states; see hash.cpp
};

/// HMAC-SHA-384 and HMAC-SHA-512 in the same way, for tokens. The tag has `tag_size` bytes; the rest of the array is
/// zero.
class HmacSha512 {
 public:
  enum class Hash : std::uint8_t { sha384, sha512 };
  using Tag = std::array<std::byte, 64>;
  HmacSha512(Hash hash, std::span<const std::byte> key);
  ~HmacSha512();  // wipes the states
  HmacSha512(HmacSha512&&) noexcept;
  HmacSha512& operator=(HmacSha512&&) noexcept;
  std::size_t tag_size() const { return hash_ == Hash::sha384 ? 48 : 64; }
  Tag operator()(std::span<const std::byte> data) const;

 private:
  alignas(16) std::array<std::byte, 256> inner_{}, outer_{};
  Hash hash_;
};

/// HKDF-Extract and HKDF-Expand (RFC 5869 sections 2.2 and 2.3). Expanding to more than 255 * 32 bytes throws
/// std::length_error: no request decides how much is asked for.
Digest hkdf_extract(std::span<const std::byte> secret, std::span<const std::byte> salt);
void hkdf_expand(std::span<const std::byte> pseudorandom_key, std::string_view info, std::span<std::byte> out);

/// HKDF-SHA-256: extract, then expand.
void hkdf_sha256(std::span<const std::byte> secret, std::span<const std::byte> salt, std::string_view info,
                 std::span<std::byte> out);

/// Same length and same bytes, in time that depends on the length only.
bool equal_in_constant_time(std::span<const std::byte> a, std::span<const std::byte> b);

}  // namespace rowan::crypto
