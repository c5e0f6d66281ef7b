#include <algorithm>
#include <rowan/add_ons/audit_log/audit_log.hpp>
#include <rowan/add_ons/audit_log/ids.hpp>
#include <rowan/add_ons/audit_log/queries.hpp>
#include <rowan/add_ons/audit_log/read.hpp>
#include <rowan/base/try.hpp>

namespace rowan {

namespace {

constexpr std::int64_t rows_looked_at = 1000;
// Before and after every id.
constexpr const char *before_all = "", *after_all = "z";

std::string status_of(const AuditRecord& record) {
  if (record.event == "failed" || record.code == "no_account") return "failure";
  return record.event == "pending" ? "pending" : "success";
}

bool fits(const AuditRecord& record, const AuditFilter& filter) {
  return (filter.event.empty() || record.event == filter.event) &&
         (filter.strategy.empty() || record.strategy == filter.strategy);
}

struct Between {
  std::string after, before;
};

Between bounds_of(const AuditFilter& filter) {
  Between bounds{.after = filter.since ? add_ons::audit_log::first_id_at(*filter.since) : before_all,
                 .before = filter.until ? add_ons::audit_log::first_id_at(*filter.until) : after_all};
  if (filter.after.empty()) return bounds;
  if (filter.newest_first)
    bounds.before = std::min(bounds.before, filter.after);
  else
    bounds.after = std::max(bounds.after, filter.after);
  return bounds;
}

const Sql& statement_of(const AuditFilter& filter) {
  using namespace add_ons::audit_log;
  if (filter.account.is_nil()) return filter.newest_first ? sql::newest_first : sql::oldest_first;
  return filter.newest_first ? sql::newest_of_account : sql::oldest_of_account;
}

}  // namespace

AuditRecord add_ons::audit_log::record_from(const SqlRow& row) {
  auto data = Json::parse(row.text("data"));
  AuditRecord record{.id = row.text("id"),
                     .at = row.time("at"),
                     .tenant = row.text("tenant"),
                     .subject = row.text("subject"),
                     .account = row.id<AccountId>("account_id"),
                     .event = row.text("event"),
                     .strategy = row.text("strategy"),
                     .phase = row.text("phase"),
                     .code = row.text("code"),
                     .identity = row.text("identity"),
                     .address = row.text("address"),
                     .user_agent = row.text("user_agent"),
                     .data = data ? *std::move(data) : Json({})};
  // The visitor was told the same as ever.
  if (record.event == "done" && record.account.is_nil() && !record.identity.empty()) record.code = "no_account";
  record.status = status_of(record);
  return record;
}

Json to_json(const AuditRecord& record) {
  return {{"id", record.id},
          {"at", to_rfc3339(record.at)},
          {"tenant", record.tenant},
          {"subject", record.subject},
          {"account", record.account.is_nil() ? Json(nullptr) : Json(record.account.text())},
          {"event", record.event},
          {"strategy", record.strategy},
          {"phase", record.phase},
          {"status", record.status},
          {"code", record.code},
          {"identity", record.identity},
          {"address", record.address},
          {"user_agent", record.user_agent},
          {"data", record.data}};
}

Result<AuditPage> read_audit_log(const Services& services, const AuditFilter& filter) {
  const auto events = names_of_events();
  if (!filter.event.empty() && std::ranges::find(events, filter.event) == events.end())
    return Error{.code = ErrorCode::invalid_input, .reason = "event: there is no \"" + filter.event + "\""};
  const auto bounds = bounds_of(filter);
  ROWAN_TRY(const auto rows, services.database().read([&](SqlConnection& connection) {
    return connection.query(
        statement_of(filter),
        {{"account", filter.account}, {"after", bounds.after}, {"before", bounds.before}, {"most", rows_looked_at}});
  }));
  AuditPage page;
  for (const auto& row : rows)
    if (auto record = add_ons::audit_log::record_from(row); fits(record, filter))
      page.records.push_back(std::move(record));
  if (std::ssize(rows) >= rows_looked_at) page.next = rows.back().text("id");
  return page;
}

}  // namespace rowan
