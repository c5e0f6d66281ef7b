#pragma once
// Notices: the mails that tell the owner of an account what happened to it (THR-11), each with a way out for who did
// not do it.
#include <rowan/engine/parts/letters.hpp>

namespace rowan {

/// Tells the owner, in the transaction that does it. `letter` says what; it is declared with `is_notice`,
/// letter::link_to(PageName::reset) and what `more` has.
Result<> put_notice(Transaction& transaction, const Requester& requester, const std::string& letter, const User& owner,
                    const Json& more = Json({}));

/// What happened, and how it is taken back by who reads the mail about it, and did not do it.
struct Undoing {
  std::string strategy{};  // the room's own, whose Strategy::undo is called; empty: there is nothing to take back
  std::string
      what{};  // what happened, as a sentence of the catalogue: "An authenticator app was added to your account."
  Json data = Json({});  // what undo needs; stored in the clear, so no secret
  std::chrono::seconds lifetime = std::chrono::days(2);
  bool restores = true;  // false: what came of it ends, and nothing comes back, as of a password
};
/// The same with a link to a page that takes it back, ends everything of the account and leads to a new password.
/// Declare the letter with fields_of_undo_notice() and what `more` has; its template includes mails/parts/undo, or
/// mails/parts/not_me where there is nothing to take back.
Result<> put_undo_notice(Transaction& transaction, const Requester& requester, const std::string& letter,
                         const User& owner, const Undoing& undoing, const Json& more = Json({}));
std::vector<LetterField> fields_of_undo_notice();

}  // namespace rowan
