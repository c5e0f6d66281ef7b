#include <algorithm>
#include <exception>
#include <map>
#include <rowan/engine/administration/upkeep.hpp>
#include <rowan/tokens/closed_accounts.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/seen.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

namespace {

constexpr std::chrono::hours between_expiries{1};
// Of a node with more, "last seen" comes later.
constexpr std::size_t most_seen_at_once = 1000;

constexpr Sql expire_flows = row_locking<R"sql(
  DELETE FROM rowan_flows
  WHERE id IN (
    SELECT id
    FROM rowan_flows
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

// An exception here is one of the standard library's, of an application's hook or of its mailer.
template <class Work>
Result<> without_exceptions(const Work& work) {
  try {
    return work();
  } catch (const std::exception& exception) {
    return Error{.code = ErrorCode::internal, .reason = std::string("exception: ") + exception.what()};
  } catch (...) {
    return Error{.code = ErrorCode::internal, .reason = "exception of an unknown type"};
  }
}

Result<> expire_all(Core& core, Sweep& sweep) {
  // One table that cannot be swept keeps none of the others from it.
  Result<> all;
  const auto tidy = [&](const auto& work) {
    if (auto done = without_exceptions(work); !done && all) all = std::move(done);
  };
  tidy([&] { return core.revocation.expire(sweep); });
  tidy([&] { return tokens::forget_closed(sweep); });
  tidy([&] { return tokens::expire(sweep); });
  tidy([&] { return tokens::SigningKeys::expire(sweep); });
  tidy([&] { return tokens::expire_devices(sweep); });
  tidy([&] { return core.links.expire(sweep); });
  tidy([&] { return core.codes.expire(sweep); });
  tidy([&] { return sweep.remove(expire_flows, std::chrono::days(1)); });
  tidy([&] { return core.limits.expire(sweep); });
  tidy([&] { return core.outbox.expire(sweep); });
  for (const auto& subject : core.subjects)
    for (const auto& strategy : subject.strategies)
      if (strategy.expire) tidy([&] { return strategy.expire(core.services, sweep); });
  return all;
}

}  // namespace

void poll_feed(Core& core) {
  const auto polled = without_exceptions([&] { return core.revocation.poll(); });
  // A line when it begins to fail and one when it is back, not ten a second.
  if (!polled && !core.feed_is_away.exchange(true))
    core.logger.warning("feed_away", {{"reason", polled.error().reason}});
  if (polled && core.feed_is_away.exchange(false)) core.logger.info("feed_back");
}

void deliver_mails(Core& core) {
  const auto sent = without_exceptions([&]() -> Result<> {
    if (auto some = core.outbox.deliver_due(core.spine.database, *core.options.mailer, core.logger); !some)
      return std::move(some).error();
    return {};
  });
  if (!sent) core.logger.debug("outbox_failed", {{"reason", sent.error().reason}});
}

void tell_uses(Core& core, bool all) {
  std::map<const Strategy*, std::vector<CredentialUse>> uses;
  for (const auto& [strategy, use] : core.credentials.take_uses(core.clock.now(), all)) uses[strategy].push_back(use);
  for (const auto& [strategy, some] : uses) {
    if (!strategy->request_credential.used) continue;
    const auto told = without_exceptions([&] { return strategy->request_credential.used(core.services, some); });
    // They are for people to look at: what is lost is told with the next use.
    if (!told) core.logger.debug("uses_not_told", {{"reason", told.error().reason}});
  }
}

void write_seen(Core& core, bool last) {
  const std::lock_guard alone(core.writing_seen);
  const auto elapsed = core.clock.elapsed();
  if (!last && elapsed < core.next_seen) return;
  auto uses = core.seen.take(core.clock.now(), most_seen_at_once);
  if (uses.empty()) return;
  core.next_seen = elapsed + std::chrono::seconds(1);
  const auto written = without_exceptions([&] {
    return core.spine.database.transact([&](Transaction& transaction) { return tokens::write_seen(transaction, uses); },
                                        Durability::soon);
  });
  if (written) return;
  core.logger.debug("seen_not_written", {{"reason", written.error().reason}});
  core.seen.put_back(uses);
}

void keep_signing_keys(Core& core) {
  const auto kept = without_exceptions([&] { return core.signing_keys.refresh_if_due(); });
  if (!kept) core.logger.warning("signing_keys_not_read", {{"reason", kept.error().reason}});
}

bool has_to_tend(const Core& core) {
  return std::ranges::any_of(core.subjects, [](const Subject& subject) {
    return std::ranges::any_of(subject.strategies, [](const Strategy& strategy) { return !!strategy.tend; });
  });
}

void tend_all(Core& core, bool last) {
  const std::lock_guard alone(core.tending);
  for (const auto& subject : core.subjects)
    for (const auto& strategy : subject.strategies) {
      if (!strategy.tend) continue;
      const auto done = without_exceptions([&] { return strategy.tend(core.services, last); });
      if (!done) core.logger.warning("tend_failed", {{"strategy", strategy.name}, {"reason", done.error().reason}});
    }
}

void expire_when_due(Core& core, std::chrono::nanoseconds at_most) {
  const std::unique_lock alone(core.expiring, std::try_to_lock);
  if (!alone || core.clock.elapsed() < core.next_expiry) return;
  Sweep sweep(core.spine.database, core.clock, core.scheduler, at_most, &core.stopping);
  const auto done = expire_all(core, sweep);
  if (!done) core.logger.warning("expiry_failed", {{"reason", done.error().reason}});
  if (!done || sweep.is_complete()) core.next_expiry = core.clock.elapsed() + between_expiries;
}

}  // namespace rowan::engine
