#pragma once
// Addressee: whom a sign-in mail goes to, and what its link or code may do. Every address costs the same reads and
// writes (THR-06).
#include <rowan/accounts/accounts.hpp>
#include <rowan/engine/letters.hpp>

namespace rowan {

struct ByMail {
  bool registration = false;  // an unknown address gets a mail that makes an account
  bool tell_unknown = true;   // else: an unknown address gets a mail that says so; false: none
};

struct Addressee {
  /// take_over: the account's address was never proven, so somebody else may know its credentials. The mail signs in
  /// all the same; unless the registrant uses it, completing it drops those credentials (Applied::proven_address).
  enum class May { sign_in, take_over, register_, nothing } may = May::nothing;
  EmailAddress email;
  std::optional<User> user{};  // absent when no account has the address
  std::int64_t generation = 0;
  std::string language{};
  bool told = true;  // whether a mail leaves
  /// Where it is sent: as an account has it, also a disabled one; as it was typed only when none has it.
  const std::string& to() const { return user ? user->email : email.shown(); }
};

Result<Addressee> find_addressee(const PhaseContext& context, std::string_view typed, const ByMail& options);

/// A mailed link or code that does what `addressee` may.
tokens::NewLink link_to(const PhaseContext& context, const Addressee& addressee, Purpose purpose,
                        std::chrono::seconds lifetime);

/// When the account was made, as mails say it. Every letter is given it, since one of them says it and all shall take
/// as long.
std::string registered_at(const PhaseContext& context, const Addressee& addressee);

/// Whether using the link here would take its account over, and since when that account stands: `takes_over`,
/// `registered_at`. For the page before the button.
Result<Json> look_at_takeover(const PhaseContext& context, const tokens::Link& link);

/// Signs in by a used link or code of `link_to`, or registers. `use` uses it up inside the transaction: false when
/// somebody was faster.
Result<SignedIn> sign_in_by_mail(const PhaseContext& context, std::string method, const tokens::Link& link,
                                 std::function<Result<bool>(Transaction&)> use);

}  // namespace rowan
