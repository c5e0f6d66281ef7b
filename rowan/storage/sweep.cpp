#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/storage/sweep.hpp>

namespace rowan {

namespace {
constexpr Sql time_there{"SELECT 0 AS now",
                         "SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000000 AS BIGINT) AS now"};
}

Result<Timestamp> Sweep::now() {
  if (now_) return *now_;
  const auto here = clock_->now();
  if (database_->dialect() == Dialect::sqlite) return now_.emplace(here);
  ROWAN_TRY(const auto row, database_->read([](SqlConnection& connection) { return connection.first(time_there); }));
  if (!row) return Error{.code = ErrorCode::internal, .reason = "the database told no time"};
  return now_.emplace(std::min(here, row->time("now")));
}

Result<> Sweep::remove(const Sql& statement, std::chrono::microseconds margin) {
  ROWAN_TRY(const auto now, this->now());
  std::int64_t gone = 0;
  return bit_by_bit([&]() -> Result<bool> {
    ROWAN_TRY(gone, database_->transact([&](Transaction& transaction) {
      return transaction.execute(statement, {{"before", now - margin}, {"most", rows_at_once}});
    }));
    removed_ += gone;
    return gone >= rows_at_once;
  });
}

Result<> Sweep::repeat(const std::function<Result<bool>(Transaction&)>& work) {
  return bit_by_bit([&]() -> Result<bool> { return database_->transact(work); });
}

Result<> Sweep::bit_by_bit(const std::function<Result<bool>()>& bit) {
  while (clock_->elapsed() < ends_ && !(stop_ != nullptr && stop_->load())) {
    const auto began = clock_->elapsed();
    ROWAN_TRY(const bool is_more, bit());
    if (!is_more) return {};
    // As long as the bit took: at least half of the time of SQLite's one writer is for the others.
    const auto took = clock_->elapsed() - began;
    scheduler_->sleep_for(std::max<std::chrono::nanoseconds>(took, std::chrono::milliseconds(1)));
  }
  complete_ = false;
  return {};
}

}  // namespace rowan
