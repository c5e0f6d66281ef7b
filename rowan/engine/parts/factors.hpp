#pragma once
// What strategies with factors share: the owner again before one changes. The notice afterwards: notices.hpp.
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

}  // namespace rowan
