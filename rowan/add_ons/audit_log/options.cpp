#include <algorithm>
#include <array>
#include <rowan/add_ons/audit_log/options.hpp>
#include <rowan/add_ons/audit_log/wanted.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan {

namespace add_ons::audit_log {

using namespace std::chrono_literals;

const std::vector<Option>& options() {
  using O = AuditLogOptions;
  static const std::vector<Option> all{
      option("log_lifetime",
             "How long a row is kept; 0s: for ever. Subjects share the table, so the shortest of theirs counts.",
             between(0s, std::chrono::days(3650)), &O::log_lifetime),
      option("expunge_interval", "How often old rows are removed.", between(1h, std::chrono::days(7)),
             &O::expunge_interval),
      option(
          "include_events",
          "Kinds of events that are written: registered, signed_in, pending, done, failed, signed_out, administered; "
          "or *.",
          {}, &O::include_events),
      option("include_strategies", "Strategies whose events are written; or *.", {}, &O::include_strategies),
      option("include_actions", "Actions that are written, as sign_in or password/sign_in; or *.", {},
             &O::include_actions),
      option("exclude_events", "Kinds of events that are not written, although they are included.", {},
             &O::exclude_events),
      option("exclude_strategies", "Strategies whose events are not written, although they are included.", {},
             &O::exclude_strategies),
      option("exclude_actions", "Actions that are not written, although they are included.", {}, &O::exclude_actions),
      option("include_fields", "Fields of requests that are written as they were sent, such as email. Never a secret.",
             {}, &O::include_fields),
      choice("ip_privacy_mode",
             "What is kept of a visitor's address: all of it, a keyed hash, its network, or nothing.",
             Choices<O::IpPrivacy>{{"none", O::IpPrivacy::none},
                                   {"hash", O::IpPrivacy::hash},
                                   {"truncate", O::IpPrivacy::truncate},
                                   {"exclude", O::IpPrivacy::exclude}},
             &O::ip_privacy_mode),
      option("ipv4_truncation_mask", "How many bits of an IPv4 address truncate keeps.", between(8, 32),
             &O::ipv4_truncation_mask),
      option("ipv6_truncation_mask", "How many bits of an IPv6 address truncate keeps.", between(16, 128),
             &O::ipv6_truncation_mask),
      option("recent_activity", "How many events the account page shows its owner; 0: none.", between(0, 50),
             &O::recent_activity),
      option("brute_force_guard", "Whether wrong guesses at a secret are counted in the log too.", {},
             &O::brute_force_guard),
      option("audit_log_window", "How far back the guard counts.", between(1min, 1h), &O::audit_log_window),
      option("audit_log_max_failures",
             "Wrong guesses within the window after which no further one is looked at; a browser that signed in before "
             "has its own count.",
             between(3, 100, "THR-01"), &O::audit_log_max_failures),
      option("write_batching",
             "Whether rows are kept in memory and written together. A crash loses what is not "
             "written yet.",
             {}, &O::write_batching),
      option("write_batching_timeout", "How long a row is kept in memory.", between(1s, 5min),
             &O::write_batching_timeout),
      option("write_batching_max_size", "How many rows are kept in memory before they are written.", between(1, 5000),
             &O::write_batching_max_size),
  };
  return all;
}

namespace {

// Who acts besides the strategies of a subject.
constexpr std::array<std::string_view, 5> other_strategies{"administration", "account", "session", "second_factor",
                                                           "browsers"};
// Never in an event: of kind password or token, or a document.
constexpr std::array<std::string_view, 9> secret_fields{
    "password", "password_confirmation", "current_password", "token", "reset_token", "code", "otp", "id_token",
    "confirm"};

void check_events(std::string_view option, const std::vector<std::string>& names, std::vector<std::string>& problems) {
  const auto known = names_of_events();
  for (const auto& name : names)
    if (name != "*" && std::ranges::find(known, name) == known.end())
      problems.push_back(std::string(option) + ": there is no event \"" + name +
                         "\"; the README of audit_log lists them");
}

void check_strategies(std::string_view option, const std::vector<std::string>& names, const SubjectView& subject,
                      std::vector<std::string>& problems) {
  for (const auto& name : names)
    if (name != "*" && std::ranges::find(subject.strategies, name) == subject.strategies.end() &&
        std::ranges::find(other_strategies, name) == other_strategies.end())
      problems.push_back(std::string(option) + ": " + std::string(subject.name) + " has no strategy \"" + name +
                         "\"; look at `routes`");
}

}  // namespace

std::vector<std::string> problems_of(const AuditLogOptions& options, const SubjectView& subject) {
  std::vector<std::string> problems;
  check_events("include_events", options.include_events, problems);
  check_events("exclude_events", options.exclude_events, problems);
  check_strategies("include_strategies", options.include_strategies, subject, problems);
  check_strategies("exclude_strategies", options.exclude_strategies, subject, problems);
  for (const auto& name : options.include_fields)
    if (std::ranges::find(secret_fields, name) != secret_fields.end())
      problems.push_back("include_fields: \"" + name + "\" is a secret and is never written; leave it out");
  if (!options.brute_force_guard) return problems;
  if (!is_wanted(AuthEvent::Kind::failed, options))
    problems.emplace_back("brute_force_guard: counts failed events, which are not written; include them");
  if (options.write_batching)
    problems.emplace_back(
        "brute_force_guard: does not see what write_batching keeps in memory; switch one of them off");
  return problems;
}

}  // namespace add_ons::audit_log

namespace rooms {

Room audit_log() {
  return {.name = "audit_log",
          .sentence = "Everything that happens to accounts is logged; people see their recent activity.",
          .signs_in = false,
          .defaults = AuditLogOptions{},
          .options = add_ons::audit_log::options(),
          .declare = declares(rowan::audit_log)};
}

}  // namespace rooms

}  // namespace rowan
