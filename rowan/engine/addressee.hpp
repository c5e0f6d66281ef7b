#pragma once
// Addressee: whom a sign-in mail goes to, and what its link or code may do. Every address costs the same reads and
// writes (SECURITY THR-06).
#include <rowan/accounts/accounts.hpp>
#include <rowan/engine/letters.hpp>

namespace rowan {

/// An account whose address was never proven may have been made by somebody else, who then knows its password
/// (inventory O7). What a sign-in by mail does with it, where the add-on confirmation is declared; without it nobody
/// ever confirms, and the mail simply signs in.
enum class OnUnconfirmed {
  refuse,  // the mail confirms instead: its page says that there is an account, since when, and what to do if it is not
           // theirs
  take_over,  // the mail signs in: every credential from before is dropped, every session ended, and the page says so
};

struct ByMail {
  bool registration = false;  // an unknown address gets a mail that makes an account
  bool tell_unknown = true;   // else: an unknown address gets a mail that says so; false: none
  OnUnconfirmed on_unconfirmed = OnUnconfirmed::refuse;
};

struct Addressee {
  enum class May { sign_in, take_over, register_, confirm, nothing } may = May::nothing;
  EmailAddress email;
  std::optional<User> user{};  // absent unless the mail may sign in or confirm
  std::int64_t generation = 0;
  std::string language{};
  bool told = true;  // whether a mail leaves
  /// Where it is sent: as its owner writes it.
  const std::string& to() const { return user ? user->email : email.shown(); }
};

Result<Addressee> find_addressee(const PhaseContext& context, std::string_view typed, const ByMail& options);

/// A mailed link or code that does what `addressee` may.
tokens::NewLink link_to(const PhaseContext& context, const Addressee& addressee, std::string_view purpose,
                        std::chrono::seconds lifetime);

/// Every letter a request could send: the room's own, and that of the add-on that proves addresses, if there is one.
std::vector<std::string> letters_with(const PhaseContext& context, std::vector<std::string> own);

/// When the account was made, as mails say it. Every letter is given it, since one of them says it and all shall take
/// as long.
std::string registered_at(const PhaseContext& context, const Addressee& addressee);

/// In the case `confirm`: the mail of the add-on that proves addresses.
Result<> ask_to_confirm(Transaction& transaction, const PhaseContext& context, const Addressee& addressee,
                        const std::vector<std::string>& instead);

/// Signs in by a used link or code of `link_to`, or registers. `use` uses it up inside the transaction: false when
/// somebody was faster.
Result<SignedIn> sign_in_by_mail(const PhaseContext& context, std::string method, const tokens::Link& link,
                                 std::function<Result<bool>(Transaction&)> use);

/// Guesses at a mailed code, by client and by the account of input `email`; they outlive any one code (SECURITY THR-02,
/// THR-12). After a hundred wrong ones in a row no code is taken for the rest of a day; a day and not for good, because
/// where codes are the only way in nothing else would open the account again (SECURITY THR-04).
std::vector<RateLimit> guess_limits(std::int64_t per_client, std::int64_t per_account);

}  // namespace rowan
