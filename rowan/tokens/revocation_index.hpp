#pragma once
// Not installed. The set of dead numbers: exact, read without a lock (docs/architecture.md#revocation).
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>

namespace rowan::tokens {

/// A bitmap in chunks of 65,536 numbers; 8 KiB for each chunk that holds a dead one. Reading is wait-free; adding takes
/// a lock.
class RevocationIndex {
 public:
  RevocationIndex() = default;
  ~RevocationIndex();
  RevocationIndex(const RevocationIndex&) = delete;
  RevocationIndex& operator=(const RevocationIndex&) = delete;

  bool contains(std::int64_t number) const;
  void add(std::int64_t number);

 private:
  static constexpr std::size_t fan_out = 4096;  // 4096 × 4096 × 65,536 = 2^40 numbers, as many as a jti can carry
  using Chunk = std::array<std::atomic<std::uint64_t>, 1024>;
  using Segment = std::array<std::atomic<Chunk*>, fan_out>;
  std::array<std::atomic<Segment*>, fan_out> segments_{};
  std::mutex adding_{};
};

}  // namespace rowan::tokens
