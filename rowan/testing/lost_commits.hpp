#pragma once
// LostCommits: a database that loses the answer of a COMMIT when a test asks for it.
#include <atomic>
#include <cstdint>
#include <optional>
#include <rowan/storage/database.hpp>

namespace rowan::testing {

/// Passes everything on to `inner`, which must outlive it. Thread-safe. A transaction is counted when it reaches its
/// COMMIT, `before_commit` work included; one whose work fails is not.
class LostCommits final : public Database {
 public:
  explicit LostCommits(Database& inner) : inner_(&inner) {}

  enum class When { after_it_was_done, before_it_was_done };
  /// Loses the answer of the `nth` COMMIT from now (1: the next). Its caller gets `unavailable` with effect `unknown`,
  /// and its `after_commit` work does not run. 0: none.
  void lose(std::uint64_t nth, When when) {
    done_ = when == When::after_it_was_done;
    lose_at_ = nth == 0 ? 0 : commits_ + nth;
  }
  /// COMMITs so far, lost ones included. Count them first if you want to lose each of them in turn.
  std::uint64_t commits() const { return commits_; }
  /// How many answers were lost.
  std::uint64_t lost() const { return lost_; }

  Dialect dialect() const override { return inner_->dialect(); }
  unsigned connections() const override { return inner_->connections(); }
  std::unique_ptr<OwnReader> own_reader() override { return inner_->own_reader(); }

 private:
  static Error answer_lost() {
    return {
        .code = ErrorCode::unavailable, .reason = "COMMIT: its answer was lost by the test", .effect = Effect::unknown};
  }

  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    return inner_->read([&](SqlConnection& connection) -> Result<> {
      work(connection);
      return {};
    });
  }

  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override {
    std::optional<Transaction> transaction;  // of its own: `inner` would run its after_commit work
    bool is_lost = false;
    auto committed = inner_->transact(
        [&](Transaction& outer) -> Result<> {
          transaction.emplace(outer.connection());
          if (auto worked = work(*transaction); !worked) return worked;
          if (auto last = transaction->run_before_commit(); !last) return last;
          is_lost = ++commits_ == lose_at_;
          if (is_lost && !done_) return answer_lost();  // rolls back
          return {};
        },
        durability);
    if (is_lost) {
      ++lost_;
      return answer_lost();
    }
    if (committed) transaction->run_after_commit();
    return committed;
  }

  Database* inner_;
  std::atomic<std::uint64_t> commits_{0}, lose_at_{0}, lost_{0};
  std::atomic<bool> done_{true};
};

}  // namespace rowan::testing
