#include <rowan/base/try.hpp>
#include <rowan/engine/administration/health_check.hpp>
#include <system_error>

namespace rowan::engine {

HealthCheck::~HealthCheck() {
  if (thread_.joinable()) thread_.join();
}

Result<> HealthCheck::ask() {
  std::unique_lock lock(mutex_);
  if (!is_running_ && (!answer_ || clock_->elapsed() - began_ > good_for)) begin();
  if (is_running_) {
    // While an outage lasts the news is bad for as long as nothing better is known: those who ask wait less.
    const auto patience = answer_ && !*answer_ ? good_for : longest_wait;
    if (!ended_.wait_until(lock, waits_from_ + patience, [this] { return !is_running_; })) {
      if (answer_ && !*answer_) return *answer_;
      return Error{.code = ErrorCode::unavailable, .reason = "health: the database takes longer than three seconds"};
    }
  }
  return *answer_;
}

void HealthCheck::begin() {
  if (thread_.joinable()) thread_.join();  // its check has ended
  began_ = clock_->elapsed();
  waits_from_ = std::chrono::steady_clock::now();
  try {
    thread_ = std::thread([this] {
      auto answer = outcome();
      const std::lock_guard lock(mutex_);
      answer_ = std::move(answer);
      is_running_ = false;
      ended_.notify_all();
    });
    is_running_ = true;
  } catch (const std::system_error&) {
    answer_ = Error{.code = ErrorCode::unavailable, .reason = "health: no thread to ask the database from"};
  }
}

// Nothing may leave the thread but an answer.
Result<> HealthCheck::outcome() const {
  try {
    return write();
  } catch (...) {
    return Error{.code = ErrorCode::unavailable, .reason = "health: asking the database threw an exception"};
  }
}

// Committed: only then are the disk and the standby that COMMIT waits for asked. Rows of earlier checks go, but those
// that another node is about to remove are left to it: nodes never wait for each other.
Result<> HealthCheck::write() const {
  static constexpr Sql remove{"DELETE FROM rowan_health", R"sql(
    DELETE FROM rowan_health
    WHERE ctid = ANY (ARRAY(SELECT ctid FROM rowan_health FOR UPDATE SKIP LOCKED))
  )sql"};
  static constexpr Sql insert{"INSERT INTO rowan_health (asked_at) VALUES (:now)"};
  return database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(remove));
    ROWAN_CHECK(transaction.execute(insert, {{"now", clock_->now()}}));
    return {};
  });
}

}  // namespace rowan::engine
