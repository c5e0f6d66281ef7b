#pragma once
// Every hook, each with one line: when it runs, in which transaction, what a failure does. Order = order
// of declaration. No hook starts a session.
#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <rowan/accounts/user.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/result.hpp>
#include <rowan/http/ip_address.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/claims.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

class Services;

/// A credential that can be asked for besides another.
struct Factor {
  enum class Use : std::uint8_t {
    second,  // asked for after a first factor
    backup,  // offered beside such a one: recovery codes
    again    // asked for again, in a session that has become too old: the password
  };
  std::string strategy{};  // by which it is shown: "totp"
  std::string id{};        // what its owner renames or removes it by; empty: it has no name of its own
  std::string label{};     // its owner's name for it
  Use use = Use::second;
  Proves proves{};
  std::optional<Timestamp> created_at{}, last_used_at{};
  std::optional<std::int64_t> uses_left{};
};

/// Something that happened: for audit logs, counters and notices.
struct AuthEvent {
  enum class Kind : std::uint8_t {
    registered,    // an account was made, by a visitor or by an administrator
    signed_in,     // a session or a token was issued
    pending,       // the first factor was right; nothing is issued before the second
    done,          // a phase succeeded and issued nothing: a mail was asked for, an address was confirmed elsewhere
    failed,        // a phase refused after an attempt was counted: see `code` and `reason`; on_failure hears of all
    signed_out,    // a session or a token was ended by the one who has it
    administered,  // an act on an account by Auth or Services: `phase` names it, as the log does ("disable", "close")
  };
  Kind kind = Kind::done;
  /// Of an act: "administration", or "account" when a room did it for the owner, and its name; of a sign-out:
  /// "session", "sign_out".
  std::string strategy{}, phase{};
  Realm realm{};
  AccountId account{};              // nil when unknown; of a wrong guess at a secret: whose it is
  std::optional<ErrorCode> code{};  // of a failure: what the visitor was told
  bool registered = false;          // the account was made by this
  std::string reason{};             // of a failure; for the log only
  http::IpAddress from{};           // the visitor's
  std::string user_agent{};
  Methods methods{};
  std::string language{};
  EmailKey identity{};  // of the address that was sent, whether an account has it or not; empty: none was
  /// What was sent in the phase's other inputs, as text; never what is secret, a flow or a document.
  std::map<std::string, std::string, std::less<>> fields{};
  /// Of a wrong guess: what it was counted by (Hooks::before_guess). Empty when no guess was looked at.
  std::string guess{};
  std::int64_t token = 0;  // of a sign-in: the number of the session or token that it made
  /// Of a sign-out or a revocation: the numbers of the sessions and tokens that it ended one by one. What ends with
  /// everything of the account is not here.
  std::vector<std::int64_t> ended{};
  bool new_device = false;  // of a sign-in: nobody signed in to the account from this browser before
  bool goes_on = false;     // of a sign-in: nothing was shown for it, or an earlier session goes on as this one
  bool taken_over = false;  // credentials and sessions from before are gone, see Hooks::on_taken_over
};

struct Hooks {
  /// A new account was inserted, inside its transaction; `confirmed_at` is set when its address is proven already. An
  /// error rolls the registration back and is answered (a FieldError shows beside its field).
  std::function<Result<>(Transaction&, const Services&, const User&, const AuthEvent&)> on_register{};
  /// A right credential was shown, inside the transaction, under the account's row lock. An error refuses the sign-in:
  /// `confirmation_required`, `authentication_failed`.
  std::function<Result<>(Transaction&, const Services&, const User&, const AuthEvent&)> before_sign_in{};
  /// The factors that this account has set up. One of Factor::Use::second turns a sign-in that has shown less than two
  /// kinds of evidence into a pending flow. Reads only; also called inside the transaction of a sign-in.
  std::function<Result<std::vector<Factor>>(SqlConnection&, const Services&, AccountId)> factors{};
  /// An administrator takes the account's second factors and backups away, inside the transaction. An error rolls back.
  std::function<Result<>(Transaction&, const Services&, AccountId)> drop_factors{};
  /// The owner of an address came to an account that others may know the credentials of, inside the transaction: drop
  /// those. An error rolls back.
  std::function<Result<>(Transaction&, const Services&, AccountId)> on_taken_over{};
  /// An account is closed, inside the transaction and before it is anonymised: the user is as it was. Delete what you
  /// keep about it. An error rolls back.
  std::function<Result<>(Transaction&, const Services&, const User&)> on_close{};
  /// Anything happened. What writes runs this last, inside its transaction, so that a row of yours is there exactly
  /// when it was done; an error rolls everything back (503). A failure, and a phase that is `done`, have a transaction
  /// of their own afterwards; an error is logged. May run again after a deadlock: what must happen once goes into
  /// Transaction::after_commit.
  std::function<Result<>(Transaction&, const Services&, const AuthEvent&)> on_event{};
  std::vector<AuthEvent::Kind> events{};  // what on_event is called for; empty: everything
  /// A phase failed; outside any transaction, also while the database is away. An error is logged.
  std::function<Result<>(const Services&, const AuthEvent&)> on_failure{};
  /// Someone is about to guess at a secret. `counted_as` says at whose, which, and as whom: strangers to the account
  /// are one, each known browser is another, and an address without an account is one as well. False: the guess is not
  /// looked at, and answered as a wrong one. Outside any transaction; it has to cost the same for each. An error
  /// refuses the request. It comes before the counters of GuessLimits, which go on beside it.
  std::function<Result<bool>(const Services&, std::string_view counted_as)> before_guess{};
  /// A right guess was made, or the account was signed in to in another way: the guesses that were counted so are
  /// forgotten. Inside the transaction; an error rolls back.
  std::function<Result<>(Transaction&, const Services&, std::string_view counted_as)> on_guesses_forgotten{};
};

}  // namespace rowan
