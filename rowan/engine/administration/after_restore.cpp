// What a restored backup needs: every session, token, link and code from before ends, because the backup cannot tell
// which of them were ended, used or given out after it was made.
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>

namespace rowan {

namespace {

// More than any system gives out between two backups. The numbers of a token have room for 4,000 such steps.
constexpr std::int64_t step = std::int64_t{1} << 28;
constexpr std::int64_t end_of_numbers = std::int64_t{1} << 40;

constexpr Sql move_numbers_on{R"sql(
  UPDATE rowan_numbers
  SET next = CASE WHEN next < :known THEN :known ELSE next END + :step
  WHERE name = 'tokens'
  RETURNING next
)sql"};
constexpr Sql raise_floor{"UPDATE rowan_numbers SET floor = :floor WHERE name = 'tokens'"};

// They leave the range that is searched, by its index, so each bit is as quick as the first.
constexpr Sql end_links{R"sql(
  UPDATE rowan_links
  SET expires_at = :before
  WHERE id IN (
    SELECT id
    FROM rowan_links
    WHERE expires_at > :before
    LIMIT :most)
)sql"};
constexpr Sql end_codes{R"sql(
  UPDATE rowan_codes
  SET expires_at = :before
  WHERE id IN (
    SELECT id
    FROM rowan_codes
    WHERE expires_at > :before
    LIMIT :most)
)sql"};
constexpr Sql end_flows{R"sql(
  UPDATE rowan_flows
  SET expires_at = :before
  WHERE id IN (
    SELECT id
    FROM rowan_flows
    WHERE expires_at > :before
    LIMIT :most)
)sql"};

}  // namespace

Result<AfterRestore> Auth::after_restore() {
  auto& core = *core_;
  AfterRestore report;
  ROWAN_TRY(report.numbers_from, core.spine.database.transact([&](Transaction& transaction) -> Result<std::int64_t> {
    ROWAN_TRY(const auto row,
              transaction.first(move_numbers_on, {{"known", core.numbers.issued_below()}, {"step", step}}));
    if (!row) return Error{.code = ErrorCode::internal, .reason = "rowan_numbers has no row"};
    const auto next = row->integer("next");
    if (next >= end_of_numbers) return Error{.code = ErrorCode::internal, .reason = "no numbers are left"};
    ROWAN_CHECK(transaction.execute(raise_floor, {{"floor", next}}));
    ROWAN_CHECK(core.signing_keys.retire_all(transaction));
    return next;
  }));

  // In bits, as there may be millions: one statement would meet its time limit and undo the whole.
  const auto end_all = [&](std::int64_t& count, const auto& end) -> Result<> {
    Sweep sweep(core.spine.database, core.clock, core.scheduler, std::chrono::hours(1));
    ROWAN_CHECK(end(sweep));
    count = sweep.removed();
    if (sweep.is_complete()) return {};
    return Error{.code = ErrorCode::unavailable, .reason = "it took more than an hour; run it again"};
  };
  // Ended a day ago, so that a clock that is behind does not take them for live.
  constexpr std::chrono::days ago{1};
  ROWAN_CHECK(end_all(report.links, [&](Sweep& sweep) { return sweep.remove(end_links, ago); }));
  ROWAN_CHECK(end_all(report.codes, [&](Sweep& sweep) { return sweep.remove(end_codes, ago); }));
  ROWAN_CHECK(end_all(report.flows, [&](Sweep& sweep) { return sweep.remove(end_flows, ago); }));
  ROWAN_CHECK(end_all(report.mails, [&](Sweep& sweep) { return core.outbox.give_up_waiting(sweep); }));
  ROWAN_CHECK(core.revocation.poll());
  return report;
}

}  // namespace rowan
