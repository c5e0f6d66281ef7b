#pragma once
// What strategies with factors share: the owner again before one changes, and the notice afterwards.
#include <rowan/engine/parts/phase_parts.hpp>

namespace rowan {

/// What the account has set up, of every strategy of this subject.
Result<std::vector<Factor>> factors_of(const PhaseContext& context, SqlConnection& connection, AccountId account);
Result<std::vector<Factor>> factors_of(const PhaseContext& context, AccountId account);  // in a read of its own
bool has_second_factor(const std::vector<Factor>& factors);

/// The owner of the account shows who they are, before a factor or the only way in changes (REC-08, REC-10). With a
/// second factor: this session has shown it no longer than `recent` ago, else `insufficient_user_authentication`, which
/// leads people to the page that asks for it and back. Without one: confirm_identity, whose field `current_password`
/// the phase declares. A sign-in that enrols has just shown its first factor, and is asked for nothing more.
Result<> confirm_owner(const PhaseContext& context, std::chrono::seconds recent);

/// Tells the owner that something about the account's factors changed, in the transaction that does it (THR-11).
/// `letter` says so; it is declared with letter::link_to(PageName::reset) and what `more` has.
Result<> put_notice(Transaction& transaction, const PhaseContext& context, const std::string& letter, const User& owner,
                    const Json& more = Json({}));

/// How a change of a factor is taken back by who reads the mail about it, and did not make it.
struct Undoing {
  std::string strategy{};  // the room's own: its Strategy::undo is called
  std::string what{};  // the change, as a sentence of the catalogue: "An authenticator app was added to your account."
  Json data = Json({});  // what undo needs; stored in the clear, so no secret
  std::chrono::seconds lifetime = std::chrono::days(2);
};
/// The same with a link to a page that takes the change back and ends everything of the account. Declare the letter
/// with fields_of_undo_notice() and what `more` has.
Result<> put_undo_notice(Transaction& transaction, const PhaseContext& context, const std::string& letter,
                         const User& owner, const Undoing& undoing, const Json& more = Json({}));
std::vector<LetterField> fields_of_undo_notice();

}  // namespace rowan
