#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/protection/rate_limits.hpp>
#include <tuple>

namespace rowan::protection {

namespace {

// An end is never further away than a window from now: one that a clock ahead of ours wrote comes nearer.
constexpr Sql count_attempt{R"sql(
  INSERT INTO rowan_rate_limits (key, count, expires_at)
  VALUES (:key, 1, :expires_at)
  ON CONFLICT (key) DO UPDATE
  SET count = CASE WHEN rowan_rate_limits.expires_at <= :now THEN 1 ELSE rowan_rate_limits.count + 1 END,
      expires_at = CASE
        WHEN rowan_rate_limits.expires_at <= :now OR rowan_rate_limits.expires_at > excluded.expires_at
        THEN excluded.expires_at
        ELSE rowan_rate_limits.expires_at END
  RETURNING count, expires_at
)sql"};
// What was counted under an older secret.
constexpr Sql count_of_older{R"sql(
  UPDATE rowan_rate_limits
  SET expires_at = CASE WHEN expires_at > :until THEN :until ELSE expires_at END
  WHERE key = :key AND expires_at > :now
  RETURNING count, expires_at
)sql"};
constexpr Sql forgive_attempt{R"sql(
  UPDATE rowan_rate_limits
  SET count = count - 1
  WHERE key = :key AND count > 0 AND expires_at > :now
)sql"};
constexpr Sql clear_attempts{"DELETE FROM rowan_rate_limits WHERE key = :key"};
constexpr Sql expire_counts = row_locking<R"sql(
  DELETE FROM rowan_rate_limits
  WHERE key IN (
    SELECT key
    FROM rowan_rate_limits
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

Error over(const Count& count, std::chrono::microseconds left) {
  const auto wait = std::chrono::ceil<std::chrono::seconds>(left);
  if (count.over == OverLimit::lock)
    return {.code = ErrorCode::authentication_failed, .reason = "locked: over " + count.scope};
  const auto code =
      count.over == OverLimit::wrong_credential ? ErrorCode::authentication_failed : ErrorCode::rate_limited;
  return {.code = code, .reason = "over " + count.scope, .retry_after = wait};
}

}  // namespace

RateLimits::RateLimits(Database& database, const crypto::KeyRing& keys, const Clock& clock, bool enabled)
    : database_(&database), clock_(&clock), enabled_(enabled) {
  for (std::size_t i = 0; i < keys.size(); ++i) macs_.emplace_back(keys.derive(i, "rate limits").bytes());
}

std::string RateLimits::key(std::size_t secret, const Count& count) const {
  const auto digest = macs_[secret](as_bytes(count.scope + "\n"), as_bytes(count.value));
  return to_base64url(std::span(digest).first(18));
}

Result<bool> RateLimits::attempt(const std::vector<Count>& counts) {
  if (counts.empty() || !enabled_) return false;
  std::vector<const Count*> all;
  all.reserve(counts.size());
  for (const auto& count : counts) all.push_back(&count);
  // One order for all, whatever their secrets: no deadlock. Clients first, series of failures last: what is refused at
  // one is not counted at the next, so an account comes no nearer to its lock by attempts that were not looked at.
  const auto rank = [](const Count& count) { return count.gate ? 0 : count.over == OverLimit::lock ? 2 : 1; };
  std::sort(all.begin(), all.end(), [&](const Count* a, const Count* b) {
    return std::tuple(rank(*a), std::string_view(a->scope), std::string_view(a->value)) <
           std::tuple(rank(*b), std::string_view(b->scope), std::string_view(b->value));
  });
  const auto now = clock_->now();
  struct Verdict {
    std::optional<Error> error{};
    bool muted = false;
  };
  const auto count_all = [&](Transaction& transaction) -> Result<Verdict> {
    Verdict verdict;
    for (const auto* count : all) {
      if (verdict.error) break;
      const auto until = now + count->window;
      ROWAN_TRY(const auto row,
                transaction.first(count_attempt, {{"key", key(0, *count)}, {"now", now}, {"expires_at", until}}));
      auto made = row ? row->integer("count") : 0;
      auto end = row ? row->time("expires_at") : until;
      // Attempts counted before the secret was changed, or by a node that does not know the new one yet.
      for (std::size_t i = 1; i < macs_.size(); ++i) {
        ROWAN_TRY(const auto older,
                  transaction.first(count_of_older, {{"key", key(i, *count)}, {"now", now}, {"until", until}}));
        if (!older) continue;
        made += older->integer("count");
        end = std::max(end, older->time("expires_at"));
      }
      if (made <= count->max) continue;
      if (count->over == OverLimit::mute)
        verdict.muted = true;
      else
        verdict.error = over(*count, end - now);
    }
    return verdict;
  };
  ROWAN_TRY(const auto verdict, database_->transact(count_all, Durability::soon));
  if (verdict.error) return *verdict.error;
  return verdict.muted;
}

Result<> RateLimits::forgive(Transaction& transaction, const Count& count) {
  for (std::size_t i = 0; enabled_ && i < macs_.size(); ++i) {
    ROWAN_TRY(const auto forgiven,
              transaction.execute(forgive_attempt, {{"key", key(i, count)}, {"now", clock_->now()}}));
    if (forgiven > 0) break;
  }
  return {};
}

Result<> RateLimits::clear(Transaction& transaction, const Count& count) {
  for (std::size_t i = 0; enabled_ && i < macs_.size(); ++i)
    ROWAN_CHECK(transaction.execute(clear_attempts, {{"key", key(i, count)}}));
  return {};
}

Result<> RateLimits::expire(Sweep& sweep) { return sweep.remove(expire_counts, {}); }

}  // namespace rowan::protection
