#include <cli/commands.hpp>
#include <cli/user_text.hpp>

namespace rowan::cli {

namespace {

Json maybe(const std::optional<Timestamp>& time) { return time ? Json(to_rfc3339(*time)) : Json(nullptr); }

Json document(const UserRecord& record) {
  const auto& user = record.user;
  auto fields = Json(user).fields();
  fields.emplace_back("created_at", to_rfc3339(user.created_at));
  fields.emplace_back("disabled_at", maybe(record.disabled_at));
  fields.emplace_back("closed_at", maybe(record.closed_at));
  fields.emplace_back("subject", user.subject());
  fields.emplace_back("tenant", user.tenant());
  fields.emplace_back("locale", user.locale);
  fields.emplace_back("extra", user.extra);
  return Json::object(fields);
}

std::string state_of(const UserRecord& record) {
  if (record.closed_at) return "closed";
  if (record.disabled_at) return "disabled";
  return record.user.confirmed_at ? "confirmed" : "unconfirmed";
}

}  // namespace

void print_user(const UserRecord& record, bool json) {
  if (json) return print_line({{"user", document(record)}});
  const auto& user = record.user;
  print("id            " + user.id.text() + "\n");
  print("email         " + user.email + "\n");
  print("confirmed_at  " + (user.confirmed_at ? to_rfc3339(*user.confirmed_at) : std::string("never")) + "\n");
  print("created_at    " + to_rfc3339(user.created_at) + "\n");
  if (record.disabled_at) print("disabled_at   " + to_rfc3339(*record.disabled_at) + "\n");
  if (record.closed_at) print("closed_at     " + to_rfc3339(*record.closed_at) + "\n");
}

void print_factors(const std::vector<Factor>& factors, bool json) {
  if (json) {
    std::vector<Json> documents;
    for (const auto& factor : factors)
      documents.push_back({{"strategy", factor.strategy},
                           {"id", factor.id},
                           {"label", factor.label},
                           {"backup", factor.use == Factor::Use::backup},
                           {"created_at", maybe(factor.created_at)},
                           {"last_used_at", maybe(factor.last_used_at)},
                           {"uses_left", factor.uses_left ? Json(*factor.uses_left) : Json(nullptr)}});
    return print_line({{"factors", documents}});
  }
  if (factors.empty()) print("It has no second factor.\n");
  for (const auto& factor : factors)
    print(factor.strategy + "  " + (factor.label.empty() ? "-" : factor.label) + "  added " +
          (factor.created_at ? to_rfc3339(*factor.created_at) : "-") + "  last used " +
          (factor.last_used_at ? to_rfc3339(*factor.last_used_at) : "never") +
          (factor.uses_left ? "  " + std::to_string(*factor.uses_left) + " left" : "") + "\n");
}

void print_users(const std::vector<UserRecord>& records, bool is_more, bool json) {
  if (json) {
    std::vector<Json> documents;
    for (const auto& record : records) documents.push_back(document(record));
    print_line({{"users", documents}, {"next", is_more ? Json(records.back().user.id) : Json(nullptr)}});
    return;
  }
  if (records.empty()) print("There are no accounts.\n");
  for (const auto& record : records)
    print(record.user.id.text() + "  " + to_rfc3339(record.user.created_at) + "  " + state_of(record) + "  " +
          record.user.email + "\n");
  if (is_more) print("For more: --after " + records.back().user.id.text() + "\n");
}

}  // namespace rowan::cli
