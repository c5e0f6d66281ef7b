#pragma once
// Not installed. Seen: which sessions and tokens were used, noted by the guard and written in the background.
#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <rowan/base/timestamp.hpp>
#include <rowan/storage/database.hpp>
#include <vector>

namespace rowan::tokens {

/// A table of fixed size in memory. Tokens that fall into one place push each other out: what is lost is how fresh
/// "last seen" is, and nothing else. Thread-safe.
class Seen {
 public:
  static constexpr std::size_t places = 65'536;
  /// A use is noted when the last one was noted so long ago.
  explicit Seen(std::chrono::microseconds interval);

  /// For the guard: one load for a token that was noted a moment ago, and one store more for another. No lock, no
  /// allocation, no I/O.
  void note(std::int64_t number, Timestamp now);

  struct Use {
    std::int64_t number = 0;
    Timestamp at{};
  };
  /// What was noted and not taken yet, in the order of the numbers. What is beyond `most` is taken the next time.
  std::vector<Use> take(Timestamp now, std::size_t most);
  /// They could not be written.
  void put_back(const std::vector<Use>& uses);

 private:
  std::int64_t interval_;  // in ticks
  std::unique_ptr<std::array<std::atomic<std::uint64_t>, places>> places_;
  alignas(64) std::atomic<bool> is_any_waiting_{false};  // away from what every request reads
  std::mutex taking_{};
  std::size_t next_ = 0;  // under it
};

/// Writes them in one statement. A row that someone else holds is left alone: they write it, or the next use does.
Result<> write_seen(Transaction& transaction, const std::vector<Seen::Use>& uses);

}  // namespace rowan::tokens
