#pragma once
// Not installed.
#include <string.h>
#include <array>
#include <cstddef>
#include <span>

namespace rowan::crypto {

/// 32 bytes of key, wiped when they go.
class Key256 {
 public:
  Key256() = default;
  ~Key256() { ::explicit_bzero(bytes_.data(), bytes_.size()); }
  Key256(const Key256&) = default;
  Key256& operator=(const Key256&) = default;
  std::span<const std::byte, 32> bytes() const { return bytes_; }
  std::span<std::byte, 32> writable() { return bytes_; }

 private:
  std::array<std::byte, 32> bytes_{};
};

}  // namespace rowan::crypto
