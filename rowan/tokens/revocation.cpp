#include <rowan/base/try.hpp>
#include <rowan/tokens/queries.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan::tokens {

void Revocation::revoke(Transaction& transaction, std::int64_t number, Timestamp expires_at) {
  publish(transaction, Kind::dead, number, expires_at);
}

void Revocation::account_changed(Transaction& transaction, std::int64_t generation) {
  // Caches are rebuilt within the hour; a node that starts later reads the row itself.
  publish(transaction, Kind::account_changed, generation, clock_->now() + std::chrono::hours(1));
}

void Revocation::publish(Transaction& transaction, Kind kind, std::int64_t number, Timestamp expires_at) {
  transaction.before_commit([kind, number, expires_at](Transaction& last) -> Result<> {
    ROWAN_TRY(auto head, last.first(sql::raise_free_head));
    if (!head) {
      // Every head is held by a transaction about to commit: wait for one.
      ROWAN_TRY(head, last.first(sql::raise_head, {{"shard", number % 16}}));
    }
    if (!head) return Error{.code = ErrorCode::internal, .reason = "rowan_feed_heads has no row"};
    ROWAN_CHECK(last.execute(sql::insert_revocation, {{"shard", head->integer(0)},
                                                      {"n", head->integer(1)},
                                                      {"kind", static_cast<int>(kind)},
                                                      {"number", number},
                                                      {"expires_at", expires_at}}));
    return {};
  });
  transaction.after_commit([this, kind, number] { learn(kind, number); });
}

void Revocation::learn(Kind kind, std::int64_t number) {
  if (kind == Kind::dead) index_.add(number);
  changes_seen_.fetch_add(1, std::memory_order_acq_rel);
  if (account_changed_) account_changed_(number);
}

Revocation::State Revocation::state(const TokenNumbers& numbers, std::chrono::nanoseconds bound) const {
  const auto known_at = watermark();
  if (index_.contains(numbers.token) || index_.contains(numbers.account_generation) ||
      index_.contains(numbers.tenant_generation))
    return State::dead;
  if (known_at.count() < 0 || clock_->elapsed() - known_at > bound) return State::unknown;
  return State::alive;
}

Result<> Revocation::poll() {
  const std::lock_guard lock(polling_);
  const auto sent = clock_->elapsed();
  ROWAN_CHECK(database_->read([&](SqlConnection& connection) -> Result<> {
    ROWAN_TRY(const auto heads, connection.query(sql::heads));
    for (const auto& row : heads) {
      const auto shard = static_cast<std::size_t>(row.integer(0));
      const auto head = row.integer(1);
      if (shard >= positions_.size() || head <= positions_[shard]) continue;
      ROWAN_TRY(const auto behind,
                connection.query(
                    sql::behind,
                    {{"shard", shard}, {"position", positions_[shard]}, {"head", head}, {"now", clock_->now()}}));
      for (const auto& revocation : behind) learn(static_cast<Kind>(revocation.integer(1)), revocation.integer(2));
      positions_[shard] = head;
    }
    return {};
  }));
  watermark_.store(sent.count(), std::memory_order_release);
  return {};
}

Result<> Revocation::catch_up(std::chrono::milliseconds at_most) {
  const auto asked = clock_->elapsed();
  if (!polling_.try_lock_for(at_most))
    return Error{.code = ErrorCode::unavailable,
                 .reason = "revocations could not be learnt in time",
                 .retry_after = std::chrono::seconds(1)};
  polling_.unlock();
  if (watermark() >= asked) return {};  // somebody's poll began after we asked and has ended
  return poll();
}

Result<> Revocation::expire(Sweep& sweep) { return sweep.remove(sql::expire_revocations, std::chrono::days(1)); }

}  // namespace rowan::tokens
