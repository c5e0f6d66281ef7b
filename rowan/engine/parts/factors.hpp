#pragma once
// What strategies with factors share: the owner again before one changes, and the notice afterwards.
#include <rowan/engine/parts/phase_parts.hpp>

namespace rowan {

/// What the account has set up, of every strategy of this subject.
Result<std::vector<Factor>> factors_of(const PhaseContext& context, AccountId account);

/// The owner of the account shows who they are, before a factor or the only way in changes (REC-08, REC-10). With a
/// second factor: this session has shown it no longer than `recent` ago, else `insufficient_user_authentication`, which
/// leads people to the page that asks for it and back. Without one: confirm_identity, whose field `current_password`
/// the phase declares. A sign-in that enrols has just shown its first factor, and is asked for nothing more.
Result<> confirm_owner(const PhaseContext& context, std::chrono::seconds recent);

/// Tells the owner that something about the account's factors changed, in the transaction that does it (THR-11).
/// `letter` says so; it is declared with letter::link_to(PageName::reset) and what `more` has.
Result<> put_notice(Transaction& transaction, const PhaseContext& context, const std::string& letter, const User& owner,
                    const Json& more = Json({}));

}  // namespace rowan
