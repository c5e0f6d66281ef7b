#pragma once
// Randomness is a parameter: the kernel's generator in production, a seeded one in tests.
#include <array>
#include <cstddef>
#include <span>

namespace rowan {

/// Cryptographically secure unless a test says otherwise. Thread-safe.
class Random {
 public:
  virtual ~Random() = default;
  virtual void fill(std::span<std::byte> bytes) = 0;

  template <std::size_t N>
  std::array<std::byte, N> bytes() {
    std::array<std::byte, N> result;
    fill(result);
    return result;
  }
};

/// getrandom(2). Aborts if the kernel refuses: nothing sensible could follow.
Random& system_random();

}  // namespace rowan
