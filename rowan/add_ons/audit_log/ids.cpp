#include <algorithm>
#include <rowan/add_ons/audit_log/ids.hpp>

namespace rowan::add_ons::audit_log {

namespace {

constexpr std::int64_t most_ahead = 1'000'000;  // microseconds

// RFC 9562 section 6.2, method 3: what is left of the milliseconds goes into the bits behind them.
Uuid id_at(std::int64_t micros, Uuid id) {
  auto millis = static_cast<std::uint64_t>(std::max<std::int64_t>(micros, 0)) / 1000;
  const auto rest = static_cast<unsigned>(std::max<std::int64_t>(micros, 0) % 1000);
  for (std::size_t i = 6; i-- > 0; millis >>= 8) id.bytes[i] = static_cast<std::byte>(millis);
  id.bytes[6] = static_cast<std::byte>(0x70 | (rest >> 8));
  id.bytes[7] = static_cast<std::byte>(rest);
  return id;
}

}  // namespace

std::string Ids::next(const Clock& clock, Random& random) {
  const auto now = to_microseconds(clock.now());
  auto last = last_.load(std::memory_order_relaxed);
  std::int64_t mine = 0;
  do {
    mine = last >= now && last - now < most_ahead ? last + 1 : now;
  } while (!last_.compare_exchange_weak(last, mine, std::memory_order_relaxed));
  Uuid id;
  random.fill(id.bytes);
  id.bytes[8] = (id.bytes[8] & std::byte{0x3F}) | std::byte{0x80};
  return id_at(mine, id).text();
}

std::string first_id_at(Timestamp time) { return id_at(to_microseconds(time), Uuid{}).text(); }

}  // namespace rowan::add_ons::audit_log
