#pragma once
// The audit log: a row for everything that happens to accounts, in the transaction of what happened. Owners see their
// own as "Recent activity"; operators read all of it by `rowan audit` or read_audit_log().
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct AuditLogOptions {
  /// What is kept of a visitor's address: all of it, a keyed hash, its network, or nothing.
  enum class IpPrivacy : std::uint8_t { none, hash, truncate, exclude };

  /// How long a row is kept; 0: for ever. The table is one for all subjects: the shortest of theirs counts.
  std::chrono::seconds log_lifetime = std::chrono::days{90};
  /// How often old rows are removed, in hours that the background work rounds up.
  std::chrono::seconds expunge_interval = std::chrono::hours{12};
  /// An event is written when its kind, its strategy and its action are all included and none of them is excluded. "*"
  /// is all of them. A kind is AuthEvent::Kind ("failed"), an action is a phase ("sign_in") or "password/sign_in".
  std::vector<std::string> include_events{"*"}, include_strategies{"*"}, include_actions{"*"};
  std::vector<std::string> exclude_events{}, exclude_strategies{}, exclude_actions{};
  /// Fields of requests that are written as they were sent, such as "email" or a passkey's "label". Passwords, codes
  /// and tokens never are.
  std::vector<std::string> include_fields{};
  IpPrivacy ip_privacy_mode = IpPrivacy::none;
  int ipv4_truncation_mask = 24, ipv6_truncation_mask = 48;
  /// How many events the account page shows its owner; 0: none.
  int recent_activity = 10;
  /// Also counts wrong guesses at a secret in the log: after `audit_log_max_failures` within `audit_log_window` the
  /// next one is not looked at. Strangers and each known browser apart, as by the counters, which go on.
  bool brute_force_guard = false;
  std::chrono::seconds audit_log_window = std::chrono::minutes{5};
  int audit_log_max_failures = 5;
  /// Keeps rows in memory for up to `write_batching_timeout`, or until there are `write_batching_max_size`, and writes
  /// them together. A crash loses what is not written yet, so it is off.
  bool write_batching = false;
  std::chrono::seconds write_batching_timeout{10};
  int write_batching_max_size = 100;
};

/// No phase of its own.
AddOn audit_log(AuditLogOptions options = {});

/// A row of the log, as operators read it.
struct AuditRecord {
  std::string id{};  // ordered in time
  Timestamp at{};
  std::string tenant{}, subject{};
  AccountId account{};  // nil: unknown, or the account was erased
  std::string event{};  // "signed_in"
  std::string strategy{}, phase{};
  std::string status{};    // "success", "failure", or "pending" where a second factor is missing
  std::string code{};      // of a failure, what the visitor was told; "no_account" when no account had the address
  std::string identity{};  // a keyed hash of the address that was sent: the same address has the same
  std::string address{};   // of the visitor, as far as ip_privacy_mode keeps it
  std::string user_agent{};
  Json data = Json({});
};
/// For programs, with the names of the columns and the time as RFC 3339.
Json to_json(const AuditRecord& record);

struct AuditFilter {
  AccountId account{};     // nil: any
  std::string event{};     // empty: any
  std::string strategy{};  // empty: any
  std::optional<Timestamp> since{}, until{};
  bool newest_first = false;
  std::string after{};  // AuditPage::next of the page before
};
struct AuditPage {
  std::vector<AuditRecord> records{};
  std::string next{};  // empty: there are no more
};
/// A page of the log. It looks at no more than a thousand rows, so it may have few records and not be the last.
/// `invalid_input` for an event that does not exist.
Result<AuditPage> read_audit_log(const Services& services, const AuditFilter& filter);

/// "signed_in". The names of all kinds, in their order, for help and checks.
std::string_view name_of_event(AuthEvent::Kind kind);
std::vector<std::string> names_of_events();

}  // namespace rowan
