#include <rowan/base/try.hpp>
#include <rowan/engine/health_check.hpp>
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
      auto answer = write();
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

Result<> HealthCheck::write() const {
  static constexpr Sql insert{"INSERT INTO rowan_health (asked_at) VALUES (:now)"};
  bool was_written = false;
  auto rolled_back = database_->transact([&](Transaction& transaction) -> Result<> {
    was_written = false;
    ROWAN_CHECK(transaction.execute(insert, {{"now", clock_->now()}}));
    was_written = true;
    return Error{.code = ErrorCode::internal, .reason = "health: nothing is kept"};
  });
  return was_written ? Result<>() : std::move(rolled_back);
}

}  // namespace rowan::engine
