#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {

constexpr std::int64_t block_size = 256;
constexpr std::chrono::seconds longest_wait{2};

void raise(std::atomic<std::int64_t>& to_raise, std::int64_t to) {
  auto is = to_raise.load(std::memory_order_relaxed);
  while (is < to && !to_raise.compare_exchange_weak(is, to, std::memory_order_acq_rel)) {
  }
}

}  // namespace

std::optional<std::int64_t> Numbers::take_held() {
  const std::lock_guard lock(mutex_);
  if (!returned_.empty()) {
    const auto number = returned_.back();
    returned_.pop_back();
    return number;
  }
  return next_ == end_ ? std::nullopt : std::optional(next_++);
}

Result<std::int64_t> Numbers::take() {
  if (const auto number = take_held()) return *number;
  // One asks the database for all who wait. They wait for a bounded time, and what is held stays free to be given back:
  // a database that does not answer costs each of them a refusal, not a place in a queue.
  const std::unique_lock fetching(fetching_, longest_wait);
  if (!fetching) return Error{.code = ErrorCode::unavailable, .reason = "no block of numbers could be taken in time"};
  if (const auto number = take_held()) return *number;
  ROWAN_TRY(const auto end, database_->transact([&](Transaction& transaction) -> Result<std::int64_t> {
    ROWAN_TRY(const auto row, transaction.first(sql::take_block, {{"known", issued_below()}, {"size", block_size}}));
    if (!row) return Error{.code = ErrorCode::internal, .reason = "rowan_numbers has no row"};
    return row->integer("next");
  }));
  raise(issued_, end);
  const std::lock_guard lock(mutex_);
  const auto first = end - block_size;
  if (first < lowest_) return Error{.code = ErrorCode::unavailable, .reason = "the numbers went back meanwhile"};
  next_ = first + 1;
  end_ = end;
  return first;
}

void Numbers::give_back(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  if (number >= lowest_) returned_.push_back(number);
}

Result<Numbers::Counters> Numbers::read(SqlConnection& connection) {
  Counters counters;
  ROWAN_CHECK(connection.each(
      sql::counters, {}, [&](std::span<const std::int64_t> row) { counters = {.next = row[0], .floor = row[1]}; }));
  return counters;
}

bool Numbers::learn(const Counters& seen, std::int64_t known) {
  const bool goes_on = seen.next >= known;
  raise(issued_, seen.next);
  if (goes_on && seen.floor <= floor()) return true;
  const std::lock_guard lock(mutex_);
  drop_below(goes_on ? seen.floor : issued_below());
  raise(floor_, seen.floor);
  return goes_on;
}

void Numbers::drop_below(std::int64_t lowest) {
  lowest_ = std::max(lowest_, lowest);
  if (next_ < lowest_) next_ = end_ = 0;
  std::erase_if(returned_, [&](std::int64_t number) { return number < lowest_; });
}

Result<> Numbers::move_on() {
  ROWAN_CHECK(database_->transact([&](Transaction& transaction) {
    return transaction.execute(sql::move_numbers_on, {{"known", issued_below()}});
  }));
  return {};
}

}  // namespace rowan::tokens
