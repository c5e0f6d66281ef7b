#include <rowan/add_ons/audit_log/audit_log.hpp>
#include <rowan/add_ons/audit_log/forget.hpp>
#include <rowan/add_ons/audit_log/guard.hpp>
#include <rowan/add_ons/audit_log/options.hpp>
#include <rowan/add_ons/audit_log/recent.hpp>
#include <rowan/add_ons/audit_log/wanted.hpp>
#include <rowan/add_ons/audit_log/write.hpp>
#include <rowan/base/try.hpp>

namespace rowan {

namespace {

namespace room = add_ons::audit_log;

/// What the hooks of one declaration share.
struct Log {
  AuditLogOptions options{};
  room::Ids ids{};
  room::Batch batch{};
  std::atomic<std::int64_t> expired_at = std::numeric_limits<std::int64_t>::min();  // elapsed time, nanoseconds
};

bool is_erasure(const AuthEvent& event) {
  return event.kind == AuthEvent::Kind::administered && event.phase == "erase";
}

Result<> keep(Transaction& transaction, const Services& services, const AuthEvent& event,
              const std::shared_ptr<Log>& log) {
  auto entry = room::entry_of(services, event, log->options);
  entry.id = log->ids.next(services.clock(), services.random());
  if (is_erasure(event)) entry.account = AccountId();  // that it was done stays, not of whom
  if (!log->options.write_batching) return room::write(transaction, std::move(entry));
  transaction.after_commit([log, entry = std::move(entry)] { log->batch.put(entry); });
  return {};
}

Result<> hear(Transaction& transaction, const Services& services, const AuthEvent& event,
              const std::shared_ptr<Log>& log) {
  if (is_erasure(event)) ROWAN_CHECK(room::forget(transaction, services.clock(), event.account, room::Forget::account));
  return room::is_wanted(event, log->options) ? keep(transaction, services, event, log) : Result<>();
}

// What is asked for once an hour is done as often as it should be.
Result<> tidy_up(const Services& services, Sweep& sweep, Log& log) {
  ROWAN_CHECK(room::forget_rest(services.clock(), sweep));
  const auto now = services.clock().elapsed();
  const auto last = std::chrono::nanoseconds(log.expired_at.load());
  const bool is_due = last.count() < 0 || now - last >= log.options.expunge_interval;
  if (log.options.log_lifetime == std::chrono::seconds(0) || !is_due) return {};
  ROWAN_CHECK(room::expire(sweep, log.options.log_lifetime));
  if (sweep.is_complete()) log.expired_at = now.count();
  return {};
}

std::vector<AuthEvent::Kind> heard_kinds(const AuditLogOptions& options) {
  using enum AuthEvent::Kind;
  std::vector<AuthEvent::Kind> kinds{administered};  // erasures, whatever is written
  for (const auto kind : {registered, signed_in, pending, done, failed, signed_out})
    if (room::is_wanted(kind, options)) kinds.push_back(kind);
  return kinds;
}

}  // namespace

AddOn audit_log(AuditLogOptions given) {
  const auto log = std::make_shared<Log>();
  log->options = std::move(given);
  const auto& options = log->options;
  Strategy part{.name = "audit_log"};
  if (options.recent_activity > 0)
    part.panels = {{.place = Panel::Place::account,
                    .order = 80,
                    .template_name = "audit_log/recent.html",
                    .fill = [log](const PhaseContext& context) {
                      return room::recent_activity(context, log->options.recent_activity);
                    }}};
  part.migrations = embedded_migrations("add_ons/audit_log");
  part.hooks.events = heard_kinds(options);
  part.hooks.on_event = [log](Transaction& transaction, const Services& services, const AuthEvent& event) {
    return hear(transaction, services, event, log);
  };
  part.hooks.on_close = [](Transaction& transaction, const Services& services, const User& user) {
    return room::forget(transaction, services.clock(), user.id, room::Forget::details);
  };
  part.hooks.on_taken_over = [log](Transaction& transaction, const Services& services, AccountId account) {
    return room::hide_earlier(transaction, account, log->ids.next(services.clock(), services.random()));
  };
  if (options.brute_force_guard) {
    part.hooks.before_guess = [log](const Services& services, std::string_view counted_as) {
      return room::may_guess(services, counted_as, log->options);
    };
    part.hooks.on_guesses_forgotten = [log](Transaction& transaction, const Services& services,
                                            std::string_view counted_as) {
      return room::forget_guesses(transaction, services, counted_as, log->options);
    };
  }
  if (options.write_batching)
    part.tend = [log](const Services& services, bool last) { return log->batch.flush(services, log->options, last); };
  part.expire = [log](const Services& services, Sweep& sweep) { return tidy_up(services, sweep, *log); };
  part.options = {.options = room::options(), .values = options};
  part.check = [log](const SubjectView& subject) { return room::problems_of(log->options, subject); };
  return {.name = "audit_log", .parts = {std::move(part)}};
}

}  // namespace rowan
