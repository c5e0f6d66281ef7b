#include <iterator>
#include <rowan/add_ons/audit_log/queries.hpp>
#include <rowan/add_ons/audit_log/write.hpp>
#include <rowan/base/try.hpp>

namespace rowan::add_ons::audit_log {

namespace {

// While the database is away memory must not fill up.
constexpr std::size_t most_waiting = 10'000;

std::optional<AccountId> or_null(AccountId account) { return account.is_nil() ? std::nullopt : std::optional(account); }

void forget_person(Entry& entry) {
  entry.identity.clear();
  entry.address.clear();
  entry.user_agent.clear();
  entry.data = "{}";
  entry.guess.reset();
}

// Told when what happened was over: the account may have been closed since, by this very request.
Result<> settle(Transaction& transaction, Entry& entry) {
  ROWAN_TRY(const auto found, transaction.first(sql::resolve, {{"account", or_null(entry.account)},
                                                               {"tenant", entry.realm.tenant},
                                                               {"subject", entry.realm.subject},
                                                               {"key", entry.key.text()}}));
  if (!found) return Error{.code = ErrorCode::internal, .reason = "a SELECT without FROM gave no row"};
  const bool was_known = !entry.account.is_nil();
  entry.account = found->id<AccountId>("account");
  if (was_known && (entry.account.is_nil() || !found->is_null("closed_at"))) forget_person(entry);
  return {};
}

}  // namespace

Result<> write(Transaction& transaction, Entry entry) {
  if (!entry.is_settled) ROWAN_CHECK(settle(transaction, entry));
  ROWAN_CHECK(transaction.execute(sql::insert, {{"id", entry.id},
                                                {"at", entry.at},
                                                {"tenant", entry.realm.tenant},
                                                {"subject", entry.realm.subject},
                                                {"account", or_null(entry.account)},
                                                {"event", entry.event},
                                                {"strategy", entry.strategy},
                                                {"phase", entry.phase},
                                                {"code", entry.code},
                                                {"identity", entry.identity},
                                                {"address", entry.address},
                                                {"user_agent", entry.user_agent},
                                                {"data", entry.data},
                                                {"guess", entry.guess}}));
  return {};
}

void Batch::put(Entry entry) {
  entry.is_settled = false;  // by the time it is written
  const std::lock_guard lock(mutex_);
  if (waiting_.size() < most_waiting)
    waiting_.push_back(std::move(entry));
  else
    ++lost_;
}

std::vector<Entry> Batch::take(const Clock& clock, const AuditLogOptions& options, bool now) {
  const std::lock_guard lock(mutex_);
  if (waiting_.empty()) return {};
  const bool is_full = std::ssize(waiting_) >= options.write_batching_max_size;
  const bool is_due = waiting_.front().at + options.write_batching_timeout <= clock.now();
  return now || is_full || is_due ? std::exchange(waiting_, {}) : std::vector<Entry>();
}

void Batch::put_back(std::vector<Entry> entries) {
  const std::lock_guard lock(mutex_);
  std::ranges::move(waiting_, std::back_inserter(entries));
  waiting_ = std::move(entries);
}

Result<> Batch::flush(const Services& services, const AuditLogOptions& options, bool now) {
  auto entries = take(services.clock(), options, now);
  if (entries.empty()) return {};
  auto written = services.database().transact(
      [&](Transaction& transaction) -> Result<> {
        for (const auto& entry : entries) ROWAN_CHECK(write(transaction, entry));
        return {};
      },
      Durability::soon);
  // After a COMMIT whose answer was lost they may be there: writing them again would break their key.
  if (!written && written.error().effect == Effect::none) put_back(std::move(entries));
  const auto lost = [&] {
    const std::lock_guard lock(mutex_);
    return std::exchange(lost_, 0);
  }();
  if (lost > 0) services.logger().error("audit_rows_lost", {{"count", std::to_string(lost)}});
  return written;
}

}  // namespace rowan::add_ons::audit_log
