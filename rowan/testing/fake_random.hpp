#pragma once
#include <mutex>
#include <random>
#include <rowan/base/random.hpp>

namespace rowan::testing {

/// The same bytes in the same order for the same seed. Only for tests. Thread-safe.
class FakeRandom final : public Random {
 public:
  explicit FakeRandom(std::uint64_t seed = 1) : engine_(seed) {}
  void fill(std::span<std::byte> bytes) override {
    const std::lock_guard lock(mutex_);
    for (auto& byte : bytes) byte = static_cast<std::byte>(engine_() & 0xFF);
  }

 private:
  std::mutex mutex_{};
  std::mt19937_64 engine_;
};

}  // namespace rowan::testing
