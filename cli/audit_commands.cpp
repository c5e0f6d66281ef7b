#include <CLI/CLI.hpp>
#include <algorithm>
#include <cli/commands.hpp>
#include <cli/duration.hpp>
#include <cli/find_user.hpp>
#include <cstdio>
#include <map>
#include <rowan/add_ons/audit_log/audit_log.hpp>
#include <rowan/base/config_error.hpp>
#include <thread>

namespace rowan::cli {

namespace {

struct AuditChoice {
  std::string account{}, event{}, strategy{}, since{}, until{}, subject = "user", tenant{};
  std::int64_t lines = 20;
  bool follow = false, json = false;
};

Timestamp present() {
  return std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now());
}

// "90m": so long ago. Else a time.
std::optional<Timestamp> moment_of(const std::string& text) {
  if (auto time = parse_rfc3339(text)) return time;
  const auto ago = parse_duration(text);
  return ago ? std::optional(present() - *ago) : std::nullopt;
}

std::optional<Timestamp> moment_of(const std::string& option, const std::string& text) {
  if (text.empty()) return std::nullopt;
  const auto moment = moment_of(text);
  if (!moment)
    throw ConfigError(option + ": \"" + text +
                      "\" is neither a time (expected 2026-11-27T12:00:00Z) nor how long ago "
                      "(expected 90m, 12h or 30d)");
  return moment;
}

// An id, also of an account that is gone, or the address of one that is there.
Result<AccountId> account_of(Auth& auth, const AuditChoice& choice) {
  if (const auto id = AccountId::parse(choice.account)) return *id;
  if (!EmailAddress::parse(choice.account))
    throw ConfigError("--account: \"" + choice.account + "\" is neither an id nor an address");
  const auto found =
      find_account(auth, {.account = choice.account, .subject = choice.subject, .tenant = choice.tenant});
  if (!found) return found.error();
  return found->user.id;
}

void require_audit_log(const Auth& auth) {
  for (const auto& subject : auth.subjects())
    for (const auto& strategy : subject.strategies)
      if (strategy.name == "audit_log") return;
  throw ConfigError("audit_log: is not switched on; add a section [audit_log], or declare rowan::audit_log()");
}

Result<AuditFilter> filter_of(Auth& auth, const AuditChoice& choice) {
  AuditFilter filter{.event = choice.event,
                     .strategy = choice.strategy,
                     .since = moment_of("--since", choice.since),
                     .until = moment_of("--until", choice.until)};
  if (choice.account.empty()) return filter;
  const auto account = account_of(auth, choice);
  if (!account) return account.error();
  filter.account = *account;
  return filter;
}

void print_record(const AuditRecord& record, bool json) {
  if (json) {
    print_line(to_json(record));
    return;
  }
  const auto about = record.account.is_nil() ? std::string("-") : record.account.text();
  print(to_rfc3339(record.at) + "  " + record.event + "  " + record.strategy + "/" + record.phase + "  " +
        record.status + (record.code.empty() ? "" : " (" + record.code + ")") + "  " + about +
        (record.address.empty() ? "" : "  " + record.address) + "\n");
}

// Who reads it may have gone away: `rowan audit export | head`.
bool is_heard() { return std::fflush(stdout) == 0 && std::ferror(stdout) == 0; }

int export_all(Auth& auth, const AuditChoice& choice) {
  auto filter = filter_of(auth, choice);
  if (!filter) return say_failure(auth, filter.error());
  do {
    const auto page = read_audit_log(auth.services(), *filter);
    if (!page) return say_failure(auth, page.error());
    for (const auto& record : page->records) print_record(record, true);
    filter->after = page->next;
  } while (!filter->after.empty() && is_heard());
  return is_heard() ? 0 : 1;
}

// The newest first.
Result<std::vector<AuditRecord>> newest(const Services& services, AuditFilter filter, std::size_t most) {
  filter.newest_first = true;
  std::vector<AuditRecord> records;
  do {
    const auto page = read_audit_log(services, filter);
    if (!page) return page.error();
    for (const auto& record : page->records)
      if (records.size() < most) records.push_back(record);
    filter.after = page->next;
  } while (!filter.after.empty() && records.size() < most);
  return records;
}

/// What is written while it looks. A row gets its id before its transaction commits, so each look goes back as far as a
/// transaction may take and the clocks of nodes may differ.
class Follower {
 public:
  Follower(Auth& auth, AuditFilter filter, bool json) : auth_(auth), filter_(std::move(filter)), json_(json) {}

  void has_shown(const AuditRecord& record) { shown_.emplace(record.id, record.at); }

  Result<> look() {
    const auto now = present();
    auto filter = filter_;
    filter.since = std::max({filter_.since.value_or(Timestamp::min()), began_, now - overlap});
    do {
      const auto page = read_audit_log(auth_.services(), filter);
      if (!page) return page.error();
      for (const auto& record : page->records)
        if (shown_.emplace(record.id, record.at).second) print_record(record, json_);
      filter.after = page->next;
    } while (!filter.after.empty());
    // The ids are in the order of time.
    while (!shown_.empty() && shown_.begin()->second < now - 2 * overlap) shown_.erase(shown_.begin());
    return {};
  }

 private:
  static constexpr std::chrono::seconds overlap{60};

  Auth& auth_;
  AuditFilter filter_;
  bool json_;
  Timestamp began_ = present();
  std::map<std::string, Timestamp> shown_{};
};

int tail(Auth& auth, const AuditChoice& choice) {
  const auto filter = filter_of(auth, choice);
  if (!filter) return say_failure(auth, filter.error());
  Follower follower(auth, *filter, choice.json);
  const auto last = newest(auth.services(), *filter, static_cast<std::size_t>(choice.lines));
  if (!last) return say_failure(auth, last.error());
  for (auto record = last->rbegin(); record != last->rend(); ++record) {
    print_record(*record, choice.json);
    follower.has_shown(*record);
  }
  while (choice.follow && is_heard() && (!filter->until || present() < *filter->until)) {
    std::this_thread::sleep_for(std::chrono::milliseconds(500));
    if (const auto looked = follower.look(); !looked) return say_failure(auth, looked.error());
  }
  return is_heard() ? 0 : 1;
}

void add_filters(CLI::App& command, AuditChoice& choice) {
  command.add_option("--account", choice.account, "Only of this account: its id or its address");
  command.add_option("--subject", choice.subject, "With an address: the subject it belongs to")->capture_default_str();
  command.add_option("--tenant", choice.tenant, "With an address: the tenant it belongs to");
  command.add_option("--event", choice.event, "Only events of this kind")->check(CLI::IsMember(names_of_events()));
  command.add_option("--strategy", choice.strategy, "Only of this strategy");
  command.add_option("--since", choice.since, "Not before: 2026-11-27T12:00:00Z, or 90m, 12h, 30d ago");
  command.add_option("--until", choice.until, "Before that, written likewise");
}

}  // namespace

void add_audit_commands(CLI::App& app, const Access& access, int& status) {
  auto* audit = app.add_subcommand("audit", "Read the audit log");
  audit->require_subcommand(1);
  const auto ready = [access]() -> Auth& {
    require_audit_log(access.declared());
    return access.ready();
  };

  auto& tailing =
      add_command(*audit, access, "tail", "Show the latest events", "audit tail --account ada@example.com --follow");
  auto tailed = std::make_shared<AuditChoice>();
  add_filters(tailing, *tailed);
  tailing.add_option("-n,--lines", tailed->lines, "How many")->capture_default_str()->check(CLI::Range(0, 10000));
  tailing.add_flag("-f,--follow", tailed->follow, "Go on with what is written from now on, until it is stopped");
  tailing.add_flag("--json", tailed->json, "For programs: a JSON document a line");
  tailing.callback([ready, tailed, &status] { status = tail(ready(), *tailed); });

  auto& exporting = add_command(*audit, access, "export", "Write events as JSON lines, the oldest first",
                                "audit export --since 30d --event failed > failed.jsonl");
  auto exported = std::make_shared<AuditChoice>();
  add_filters(exporting, *exported);
  exporting.callback([ready, exported, &status] { status = export_all(ready(), *exported); });
}

}  // namespace rowan::cli
