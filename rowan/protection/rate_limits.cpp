#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/protection/rate_limits.hpp>

namespace rowan::protection {

namespace {

constexpr Sql count_attempt{
    "INSERT INTO rowan_rate_limits (key, count, expires_at) VALUES (:key, 1, :expires_at) "
    "ON CONFLICT (key) DO UPDATE SET "
    "count = CASE WHEN rowan_rate_limits.expires_at <= :now THEN 1 ELSE rowan_rate_limits.count + 1 END, "
    "expires_at = CASE WHEN rowan_rate_limits.expires_at <= :now THEN excluded.expires_at ELSE "
    "rowan_rate_limits.expires_at END "
    "RETURNING count, expires_at"};
constexpr Sql forgive_attempt{
    "UPDATE rowan_rate_limits SET count = count - 1 WHERE key = :key AND count > 0 AND expires_at > :now"};
constexpr Sql clear_attempts{"DELETE FROM rowan_rate_limits WHERE key = :key"};
constexpr Sql expire_counts{"DELETE FROM rowan_rate_limits WHERE expires_at < :now"};

Error over(const Count& count, std::chrono::microseconds left) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(left);
  if (count.over == OverLimit::lock)
    return {.code = ErrorCode::authentication_failed, .reason = "locked: over " + count.scope};
  const auto code =
      count.over == OverLimit::wrong_credential ? ErrorCode::authentication_failed : ErrorCode::rate_limited;
  return {.code = code, .reason = "over " + count.scope, .retry_after = wait};
}

}  // namespace

RateLimits::RateLimits(Database& database, const crypto::KeyRing& keys, const Clock& clock)
    : database_(&database), clock_(&clock), mac_(keys.derive(keys.size() - 1, "rate limits").bytes()) {}

std::string RateLimits::key(const Count& count) const {
  const auto digest = mac_(as_bytes(count.scope + "\n"), as_bytes(count.value));
  return to_base64url(std::span(digest).first(18));
}

Result<bool> RateLimits::attempt(const std::vector<Count>& counts) {
  if (counts.empty()) return false;
  std::vector<std::pair<std::string, const Count*>> keys;
  for (const auto& count : counts) keys.emplace_back(key(count), &count);
  // One order for all: no deadlock. Clients first, series of failures last: what is refused at one is not counted at
  // the next, so nobody brings an account nearer to its lock by attempts that nobody looked at.
  const auto rank = [](const Count& count) { return count.gate ? 0 : count.over == OverLimit::lock ? 2 : 1; };
  std::sort(keys.begin(), keys.end(), [&](const auto& a, const auto& b) {
    return std::pair(rank(*a.second), a.first) < std::pair(rank(*b.second), b.first);
  });
  const auto now = clock_->now();
  struct Verdict {
    std::optional<Error> error{};
    bool muted = false;
  };
  const auto count_all = [&](Transaction& transaction) -> Result<Verdict> {
    Verdict all;
    for (const auto& [name, count] : keys) {
      if (all.error) break;
      ROWAN_TRY(const auto row,
                transaction.first(count_attempt, {{"key", name}, {"now", now}, {"expires_at", now + count->window}}));
      if (!row || row->integer(0) <= count->max) continue;
      if (count->over == OverLimit::mute)
        all.muted = true;
      else
        all.error = over(*count, row->time(1) - now);
    }
    return all;
  };
  ROWAN_TRY(const auto verdict, database_->transact(count_all, Durability::soon));
  if (verdict.error) return *verdict.error;
  return verdict.muted;
}

Result<> RateLimits::forgive(Transaction& transaction, const Count& count) {
  ROWAN_CHECK(transaction.execute(forgive_attempt, {{"key", key(count)}, {"now", clock_->now()}}));
  return {};
}

Result<> RateLimits::clear(Transaction& transaction, const Count& count) {
  ROWAN_CHECK(transaction.execute(clear_attempts, {{"key", key(count)}}));
  return {};
}

Result<> RateLimits::expire() {
  return database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(expire_counts, {{"now", clock_->now()}}));
    return {};
  });
}

}  // namespace rowan::protection
