#pragma once
// Not installed. Whether a sign-in that has shown so much needs more, and by what that can be shown.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// What the account has set up, in the order of the declaration, the application's own hook last.
Result<std::vector<Factor>> find_factors(const Core& core, const Subject& subject, SqlConnection& connection,
                                         AccountId account);

/// The strategies that can show what is missing, the one used last first, backups last; empty when nothing is to be
/// asked. A second factor is another kind of evidence. Where the account has none of another kind, another strategy is
/// asked, which is better than none.
std::vector<std::string> factors_to_ask(const std::vector<Factor>& factors, const Methods& shown);
/// Those that a session which has to show `needed` once more can use: anything the account has that shows it.
std::vector<std::string> factors_to_step_up(const std::vector<Factor>& factors, const Methods& shown,
                                            const Assurance& needed);
/// Whether it has a second factor: something that a sign-in which waits can be finished by.
bool asks_after_others(const Strategy& strategy);
/// The strategies by which a second factor can be set up while a sign-in waits: those with a phase for it.
std::vector<std::string> enrolling_strategies(const Subject& subject);
/// Whether the account must have a second factor by now.
bool must_enrol(const Core& core, const User& user, Timestamp now);

}  // namespace rowan::engine
