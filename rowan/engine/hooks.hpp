#pragma once
// Every hook, each with one line: when it runs, in which transaction, what a failure does. Order = order
// of declaration. No hook starts a session.
#include <functional>
#include <optional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/result.hpp>
#include <rowan/http/ip_address.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

class Services;

/// What happened, for audit logs and notices.
struct AuthEvent {
  std::string strategy{}, phase{};
  Realm realm{};
  AccountId account{};              // nil when unknown
  std::optional<ErrorCode> code{};  // of a failure: what the visitor was told; nullopt: it went well
  bool registered = false;          // the account was made by this
  std::string reason{};             // of a failure; for the log only
  http::IpAddress from{};           // the visitor's
  std::string user_agent{};
  Methods methods{};
  std::string language{};
};

struct Hooks {
  /// A new account was inserted, inside its transaction; `confirmed_at` is set when its address is proven already. An
  /// error rolls the registration back and is answered (a FieldError shows beside its field).
  std::function<Result<>(Transaction&, const Services&, const User&, const AuthEvent&)> on_register{};
  /// A right credential was shown, inside the transaction, under the account's row lock. An error refuses the sign-in:
  /// `confirmation_required`, `authentication_failed`.
  std::function<Result<>(Transaction&, const Services&, const User&, const AuthEvent&)> before_sign_in{};
  /// Which second factors this account has set up, inside the transaction. Any name turns the sign-in into a pending
  /// flow.
  std::function<Result<std::vector<std::string>>(Transaction&, const Services&, AccountId)> second_factors{};
  /// Everything is decided and written, inside the transaction, before COMMIT. An error rolls everything back (503).
  std::function<Result<>(Transaction&, const Services&, const User&, const AuthEvent&)> after_sign_in{};
  /// The owner of an address came to an account that others may know the credentials of, inside the transaction: drop
  /// those. An error rolls back.
  std::function<Result<>(Transaction&, const Services&, AccountId)> on_taken_over{};
  /// A phase failed; outside any transaction. An error is logged.
  std::function<Result<>(const Services&, const AuthEvent&)> on_failure{};
  /// An account is closed, inside the transaction and before it is anonymised: the user is as it was. Delete what you
  /// keep about it. An error rolls back.
  std::function<Result<>(Transaction&, const Services&, const User&)> on_close{};
};

}  // namespace rowan
