#include <algorithm>
#include <bit>
#include <rowan/base/try.hpp>
#include <rowan/tokens/enquiry.hpp>
#include <rowan/tokens/feed_reader.hpp>
#include <rowan/tokens/queries.hpp>
#include <rowan/tokens/revocation.hpp>
#include <rowan/tokens/revocation_index.hpp>

namespace rowan::tokens {

namespace {
constexpr std::uint32_t shards = 16;
}

// Behind a pointer, so that what the engine is made of does not change with them.
struct Revocation::Parts {
  Parts(Database& database, Numbers& numbers, const Clock& clock) : feed(database, numbers, clock), enquiry(database) {}
  RevocationIndex index{};
  FeedReader feed;  // under polling_
  Enquiry enquiry;
};

Revocation::Revocation(Database& database, Numbers& numbers, const Clock& clock, Random& random, Logger& logger)
    : numbers_(&numbers),
      clock_(&clock),
      random_(&random),
      logger_(&logger),
      parts_(std::make_unique<Parts>(database, numbers, clock)) {}

Revocation::~Revocation() = default;

void Revocation::revoke(Transaction& transaction, std::int64_t number, Timestamp expires_at) {
  publish(transaction, Kind::dead, number, expires_at);
}

void Revocation::known_dead(Transaction& transaction, std::int64_t number) {
  transaction.after_commit([this, number] { learn(static_cast<std::int64_t>(Kind::dead), number); });
}

void Revocation::account_changed(Transaction& transaction, std::int64_t generation) {
  // Caches are rebuilt within the hour; a node that starts later reads the row itself.
  publish(transaction, Kind::account_changed, generation, clock_->now() + std::chrono::hours(1));
}

void Revocation::publish(Transaction& transaction, Kind kind, std::int64_t number, Timestamp expires_at) {
  transaction.before_commit(
      [this, kind, number, expires_at](Transaction& last) { return insert(last, kind, number, expires_at); });
  transaction.after_commit([this, kind, number] { learn(static_cast<std::int64_t>(kind), number); });
}

Result<> Revocation::insert(Transaction& transaction, Kind kind, std::int64_t number, Timestamp expires_at) {
  // In turn, so that the feed grows evenly; then any that is free, and when each is held by a transaction about to
  // commit, wait for one.
  const auto turn = next_shard_.fetch_add(1, std::memory_order_relaxed) % shards;
  ROWAN_TRY(auto head, transaction.first(sql::raise_head_if_free, {{"shard", turn}}));
  if (!head) {
    ROWAN_TRY(head, transaction.first(sql::raise_free_head));
  }
  if (!head) {
    ROWAN_TRY(head, transaction.first(sql::raise_head, {{"shard", turn}}));
  }
  if (!head) return Error{.code = ErrorCode::internal, .reason = "rowan_feed_heads has no row"};
  const auto mark = std::bit_cast<std::int64_t>(random_->bytes<8>()) | 1;  // never 0, which is "no mark"
  ROWAN_CHECK(transaction.execute(sql::insert_revocation, {{"shard", head->integer("shard")},
                                                           {"n", head->integer("head")},
                                                           {"kind", static_cast<std::int64_t>(kind)},
                                                           {"number", number},
                                                           {"expires_at", expires_at},
                                                           {"mark", mark}}));
  return {};
}

Result<bool> Revocation::is_published(Transaction& transaction, std::int64_t number) {
  ROWAN_TRY(const auto row, transaction.first(sql::is_published, {{"number", number}}));
  return row.has_value();
}

void Revocation::learn(std::int64_t kind, std::int64_t number) {
  const bool is_known =
      kind == static_cast<std::int64_t>(Kind::dead) || kind == static_cast<std::int64_t>(Kind::account_changed);
  if (!is_known && !warned_of_kind_.exchange(true))
    logger_->warning("unknown_kind_of_revocation", {{"kind", std::to_string(kind)}, {"taken_for", "dead"}});
  if (kind != static_cast<std::int64_t>(Kind::account_changed)) parts_->index.add(number);
  changes_seen_.fetch_add(1, std::memory_order_acq_rel);
  if (account_changed_) account_changed_(number);
}

Revocation::State Revocation::state(const TokenNumbers& numbers, std::chrono::nanoseconds bound) const {
  const auto known_at = watermark();
  if (numbers.token < numbers_->floor() || parts_->index.contains(numbers.token) ||
      parts_->index.contains(numbers.account_generation) || parts_->index.contains(numbers.tenant_generation))
    return State::dead;
  const auto highest = std::max({numbers.token, numbers.account_generation, numbers.tenant_generation});
  const bool is_issued = highest < numbers_->issued_below();
  if (known_at.count() < 0 || clock_->elapsed() - known_at > bound) return State::unknown;
  return is_issued ? State::alive : State::not_issued;
}

bool Revocation::is_dead(std::int64_t number) const {
  return number < numbers_->floor() || parts_->index.contains(number);
}

Result<> Revocation::poll() {
  const std::lock_guard lock(polling_);
  ROWAN_CHECK(read_feed(std::chrono::hours(1)));
  return {};
}

Result<bool> Revocation::read_feed(std::chrono::nanoseconds at_most) {
  constexpr int most_histories = 3;
  for (int history = 0; history < most_histories; ++history) {
    const auto sent = clock_->elapsed();
    ROWAN_TRY(const auto read,
              parts_->feed.read([this](std::int64_t kind, std::int64_t number) { learn(kind, number); }, at_most));
    if (!numbers_->learn(read.counters, read.numbers_known)) {
      logger_->warning("numbers_went_back", {{"next", read.counters.next}, {"known", read.numbers_known}});
      ROWAN_CHECK(numbers_->move_on());
    }
    switch (read.until) {
      case FeedReader::Read::Until::end:
        loading_ = false;
        watermark_.store(sent.count(), std::memory_order_release);
        return true;
      case FeedReader::Read::Until::enough: return false;
      case FeedReader::Read::Until::other_history:
        logger_->warning("feed_went_back", {{"done", "everything that is revoked is read again"}});
        loading_ = true;
        changes_seen_.fetch_add(1, std::memory_order_acq_rel);
        if (account_changed_) account_changed_(std::nullopt);
        break;
    }
  }
  return Error{.code = ErrorCode::unavailable, .reason = "the feed changes its history while it is read"};
}

Result<Revocation::State> Revocation::settle(const TokenNumbers& numbers, std::chrono::nanoseconds bound,
                                             std::chrono::milliseconds at_most) {
  const auto asked = clock_->elapsed();
  std::unique_lock lock(polling_, std::defer_lock);
  // Who reads the whole feed takes long: that is not waited for.
  // Half of the time at most for who looks just now: the rest is for asking about these numbers alone.
  const bool alone = loading_ ? lock.try_lock() : lock.try_lock_for(at_most / 2);
  const auto left = [&] {
    return std::max<std::chrono::nanoseconds>(at_most - (clock_->elapsed() - asked), at_most / 4);
  };
  if (alone) {
    // Another's look may have begun after we asked and ended.
    bool complete = watermark() > asked;
    if (!complete) {
      ROWAN_TRY(complete, read_feed(left()));
    }
    lock.unlock();
    if (complete) {
      const auto settled = state(numbers, bound);
      if (settled == State::not_issued) warn_of_foreign_token();
      return settled;
    }
  }
  return ask(numbers, left());
}

Result<Revocation::State> Revocation::ask(const TokenNumbers& numbers, std::chrono::nanoseconds at_most) {
  const auto all = {numbers.token, numbers.account_generation, numbers.tenant_generation};
  ROWAN_TRY(const auto answer, parts_->enquiry.ask(all, at_most));
  if (numbers.token < std::max(answer->floor, numbers_->floor())) return State::dead;
  for (const auto number : all)
    if (parts_->index.contains(number) || answer->dead.contains(number)) return State::dead;
  // Taken here since, or known from a history that the database has lost.
  if (std::max(all) < std::max(answer->issued_below, numbers_->issued_below())) return State::alive;
  warn_of_foreign_token();
  return State::not_issued;
}

void Revocation::warn_of_foreign_token() {
  const auto floor = numbers_->floor();
  if (warned_of_token_at_.exchange(floor) == floor) return;
  logger_->error("token_from_the_future",
                 {{"means",
                   "a token or session of ours has a number that this database never gave out: it was restored "
                   "from a backup"},
                  {"do", "run the command after-restore"}});
}

Result<> Revocation::expire(Sweep& sweep) { return sweep.remove(sql::expire_revocations, std::chrono::days(1)); }

}  // namespace rowan::tokens
