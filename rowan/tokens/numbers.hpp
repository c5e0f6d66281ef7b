#pragma once
// Dense numbers for tokens and generations (DESIGN 5.3), taken from the database 256 at a time.
#include <cstdint>
#include <mutex>
#include <rowan/storage/database.hpp>
#include <vector>

namespace rowan::tokens {

/// Thread-safe. Take numbers before a transaction opens: a block is a transaction of its own, and its numbers must
/// survive a rollback of yours.
class Numbers {
 public:
  explicit Numbers(Database& database) : database_(&database) {}
  /// Never the same number twice, on any node.
  Result<std::int64_t> take();
  /// A number that was not used, so that the sequence stays dense.
  void give_back(std::int64_t number);

 private:
  Database* database_;
  std::mutex mutex_{};
  std::vector<std::int64_t> returned_{};
  std::int64_t next_ = 0, end_ = 0;
};

/// A number that goes back unless it was used.
class NumberLease {
 public:
  NumberLease(Numbers& numbers, std::int64_t number) : numbers_(&numbers), number_(number) {}
  NumberLease(NumberLease&& other) noexcept
      : numbers_(std::exchange(other.numbers_, nullptr)), number_(other.number_) {}
  NumberLease& operator=(NumberLease&&) = delete;
  ~NumberLease() {
    if (numbers_ != nullptr) numbers_->give_back(number_);
  }
  std::int64_t number() const { return number_; }
  void used() { numbers_ = nullptr; }
  static Result<NumberLease> take(Numbers& numbers) {
    auto number = numbers.take();
    if (!number) return std::move(number).error();
    return NumberLease(numbers, *number);
  }

 private:
  Numbers* numbers_;
  std::int64_t number_;
};

}  // namespace rowan::tokens
