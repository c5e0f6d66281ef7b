#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/tokens/number_list.hpp>
#include <rowan/tokens/queries.hpp>
#include <rowan/tokens/seen.hpp>

namespace rowan::tokens {

namespace {

// One place is one word, so that nobody reads half of two uses: the number, 48 bits as in a `jti`; the tick of the use,
// which comes round after 36 hours; and whether it waits to be written.
constexpr std::int64_t tick = 4'000'000, ticks_mask = 0x7fff;
constexpr unsigned ticks_at = 1, number_at = 16;
constexpr std::uint64_t waits = 1;
constexpr std::int64_t highest_number = (std::int64_t{1} << 48) - 1;

std::int64_t ticks_of(Timestamp time) { return to_microseconds(time) / tick; }
std::uint64_t word_of(std::int64_t number, std::int64_t ticks) {
  return static_cast<std::uint64_t>(number) << number_at | static_cast<std::uint64_t>(ticks & ticks_mask) << ticks_at;
}
std::int64_t number_in(std::uint64_t word) { return static_cast<std::int64_t>(word >> number_at); }
std::int64_t age_of(std::uint64_t word, std::int64_t now) {
  return (now - static_cast<std::int64_t>(word >> ticks_at)) & ticks_mask;
}
std::size_t slot_of_token(std::int64_t number) { return static_cast<std::uint64_t>(number) % Seen::places; }

constexpr auto relaxed = std::memory_order_relaxed;

}  // namespace

Seen::Seen(std::chrono::microseconds interval)
    : interval_(std::clamp<std::int64_t>(interval.count() / tick, 1, ticks_mask / 2)),
      places_(std::make_unique<std::array<std::atomic<std::uint64_t>, places>>()) {}

void Seen::note(std::int64_t number, Timestamp now) {
  if (number <= 0 || number > highest_number) return;
  auto& place = (*places_)[slot_of_token(number)];
  const auto word = place.load(relaxed);
  const auto ticks = ticks_of(now);
  if (number_in(word) == number && age_of(word, ticks) < interval_) return;
  place.store(word_of(number, ticks) | waits, relaxed);
  is_any_waiting_.store(true, std::memory_order_release);
}

std::vector<Seen::Use> Seen::take(Timestamp now, std::size_t most) {
  const std::lock_guard alone(taking_);
  std::vector<Use> uses;
  // One that is noted while we look is found now or the next time: it says so after it was stored.
  if (!is_any_waiting_.exchange(false, std::memory_order_acq_rel)) return uses;
  const auto ticks = ticks_of(now);
  for (std::size_t looked_at = 0; looked_at < places; ++looked_at) {
    if (uses.size() >= most) {
      is_any_waiting_ = true;
      break;
    }
    auto& place = (*places_)[next_];
    next_ = (next_ + 1) % places;
    auto word = place.load(relaxed);
    if ((word & waits) == 0) continue;
    if (!place.compare_exchange_strong(word, word & ~waits, relaxed)) {
      is_any_waiting_ = true;
      continue;
    }
    // No earlier than the tick says, and not later than now.
    const auto at = from_microseconds((ticks - age_of(word, ticks)) * tick);
    uses.push_back({.number = number_in(word), .at = std::min(at, now)});
  }
  std::ranges::sort(uses, {}, &Use::number);
  return uses;
}

void Seen::put_back(const std::vector<Use>& uses) {
  for (const auto& use : uses) {
    auto taken = word_of(use.number, ticks_of(use.at));
    (*places_)[slot_of_token(use.number)].compare_exchange_strong(taken, taken | waits, relaxed);
  }
  if (!uses.empty()) is_any_waiting_ = true;
}

Result<> write_seen(Transaction& transaction, const std::vector<Seen::Use>& uses) {
  std::vector<std::int64_t> numbers, times;
  for (const auto& use : uses) {
    numbers.push_back(use.number);
    times.push_back(to_microseconds(use.at));
  }
  const auto dialect = transaction.dialect();
  ROWAN_CHECK(transaction.execute(sql::write_seen,
                                  {{"numbers", list_of(numbers, dialect)}, {"times", list_of(times, dialect)}}));
  return {};
}

}  // namespace rowan::tokens
