#pragma once
// Addressee: the recipient of a sign-in mail, and what the link or code in it may do. Every address costs the same
// reads and writes (THR-06).
#include <rowan/accounts/accounts.hpp>
#include <rowan/engine/parts/letters.hpp>

namespace rowan {

struct ByMail {
  bool registration = false;  // true: an unknown address gets a mail whose link or code makes an account
  bool tell_unknown = true;   // without registration: an unknown address gets a mail that says so; false: no mail
};

struct Addressee {
  /// take_over: the account's address was never proven, so someone else may know its credentials. The mail can still
  /// sign in; unless the registrant uses it, completing it deletes those credentials (Applied::proven_address).
  enum class May { sign_in, take_over, register_, nothing } may = May::nothing;
  EmailAddress email;
  std::optional<User> user{};  // absent when no account has the address
  std::int64_t generation = 0;
  std::string language{};
  bool told = true;  // whether a mail is really sent
  /// The recipient: the spelling that the account has (a disabled one too). What was typed only when no account has it.
  const std::string& to() const { return user ? user->email : email.shown(); }
};

Result<Addressee> find_addressee(const PhaseContext& context, std::string_view typed, const ByMail& options);

/// A mailed link or code that does what `addressee` may.
tokens::NewLink link_to(const PhaseContext& context, const Addressee& addressee, Purpose purpose,
                        std::chrono::seconds lifetime);

/// When the account was made, as text for mails. Only one letter shows it; all letters get it, so that all take the
/// same time.
std::string registered_at(const PhaseContext& context, const Addressee& addressee);

/// For the page that shows the button: `takes_over`, whether using the link here would take its account over, and
/// `registered_at`, when that account was made.
Result<Json> look_at_takeover(const PhaseContext& context, const tokens::Link& link);

/// Signs in, or registers, by a link or code of `link_to`. `use` consumes it inside the transaction; it answers false
/// when another request was faster.
Result<SignedIn> sign_in_by_mail(const PhaseContext& context, std::string method, const tokens::Link& link,
                                 std::function<Result<bool>(Transaction&)> use);

}  // namespace rowan
