#include <algorithm>
#include <array>
#include <rowan/add_ons/audit_log/wanted.hpp>

namespace rowan {

namespace {

using Kind = AuthEvent::Kind;

constexpr std::array<std::pair<Kind, std::string_view>, 7> kinds{{{Kind::registered, "registered"},
                                                                  {Kind::signed_in, "signed_in"},
                                                                  {Kind::pending, "pending"},
                                                                  {Kind::done, "done"},
                                                                  {Kind::failed, "failed"},
                                                                  {Kind::signed_out, "signed_out"},
                                                                  {Kind::administered, "administered"}}};

}  // namespace

std::string_view name_of_event(AuthEvent::Kind kind) {
  for (const auto& [known, name] : kinds)
    if (known == kind) return name;
  return "unknown";
}

std::vector<std::string> names_of_events() {
  std::vector<std::string> names;
  for (const auto& [kind, name] : kinds) names.emplace_back(name);
  return names;
}

namespace add_ons::audit_log {

namespace {

using Names = std::vector<std::string>;

bool has(const Names& names, std::string_view name) { return std::ranges::find(names, name) != names.end(); }
bool has_or_all(const Names& names, std::string_view name) { return has(names, "*") || has(names, name); }

}  // namespace

bool is_wanted(AuthEvent::Kind kind, const AuditLogOptions& options) {
  const auto name = name_of_event(kind);
  return has_or_all(options.include_events, name) && !has_or_all(options.exclude_events, name);
}

bool is_wanted(const AuthEvent& event, const AuditLogOptions& options) {
  const auto action = event.strategy + "/" + event.phase;
  const auto lists_action = [&](const Names& names) { return has_or_all(names, event.phase) || has(names, action); };
  return is_wanted(event.kind, options) && has_or_all(options.include_strategies, event.strategy) &&
         lists_action(options.include_actions) && !has_or_all(options.exclude_strategies, event.strategy) &&
         !lists_action(options.exclude_actions);
}

}  // namespace add_ons::audit_log

}  // namespace rowan
