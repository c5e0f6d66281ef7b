#pragma once
// Not installed. Not for applications. Enquiry: asks the database which of some numbers are revoked. All waiting
// callers share one query.
#include <condition_variable>
#include <cstdint>
#include <memory>
#include <mutex>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/numbers.hpp>
#include <set>
#include <vector>

namespace rowan::tokens {

/// Thread-safe. For a node that has not read the whole feed yet. However many callers wait, one query runs and one
/// batch is gathered for the next. So a flood of tokens does not become a flood of queries.
class Enquiry {
 public:
  explicit Enquiry(Database& database) : reader_(database.own_reader()) {}

  struct Answer {
    std::set<std::int64_t> dead{};
    std::int64_t floor = 0, issued_below = 0;
  };
  /// The answer of a query that began after this call, for these numbers and for those of other callers. `unavailable`
  /// when the queries before it take longer than `at_most`.
  Result<std::shared_ptr<const Answer>> ask(const std::vector<std::int64_t>& numbers, std::chrono::nanoseconds at_most);

 private:
  struct Batch {
    std::vector<std::int64_t> numbers{};
    std::size_t waiting = 0;
    std::optional<Result<std::shared_ptr<const Answer>>> answer{};
  };
  Result<std::shared_ptr<const Answer>> query(const std::vector<std::int64_t>& numbers);

  std::unique_ptr<OwnReader> reader_;  // used by the caller that runs the query
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::shared_ptr<Batch> gathering_{};
  bool asking_ = false;
};

}  // namespace rowan::tokens
