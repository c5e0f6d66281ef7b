#pragma once
// Not installed. A row, made of an event: what is kept of it, bounded and without secrets.
#include <rowan/add_ons/audit_log/audit_log.hpp>

namespace rowan::add_ons::audit_log {

/// AuditLogOptions::include_fields and the rest of the data, as text.
inline constexpr std::size_t max_data_bytes = 2048;

struct Entry {
  std::string id{};
  Timestamp at{};
  Realm realm{};
  AccountId account{};
  std::string_view event{};
  std::string strategy{}, phase{}, code{};
  EmailKey key{};  // of the address that was sent; it finds the account and is not stored
  std::string identity{}, address{}, user_agent{}, data{"{}"};
  std::optional<std::string> guess{};
  bool is_settled = true;  // told under the account's lock, so `account` is whose it is
};

/// Its id is left empty.
Entry entry_of(const Services& services, const AuthEvent& event, const AuditLogOptions& options);

/// What is stored of a visitor's address. Hashes are of one key a master secret, and begin with '#'.
std::string kept_address(const Services& services, const http::IpAddress& address, const AuditLogOptions& options);

/// What is stored of Hooks::before_guess's `counted_as`: under each master secret, newest first.
std::vector<std::string> hashes_of_guess(const Services& services, std::string_view counted_as);

}  // namespace rowan::add_ons::audit_log
