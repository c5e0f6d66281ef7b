#pragma once
// Not installed. What the acts of administrators have in common.
#include <rowan/engine/administration/close_account.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/engine/parts/phase_parts.hpp>

namespace rowan::engine {

/// `not_found`: no such account.
Error gone();
/// `not_found` for a subject that is not declared; `internal` for a tenant without an address.
Result<> check_realm(const Core& core, const Realm& realm);
bool is_good_extra(const Json& extra);
/// One line `administration`, after the act was committed.
void log_act(const Core& core, std::string_view act, const User& user);
/// The same when something was done, and when the answer of the COMMIT was lost: it may be done, and doing it again
/// says nothing then (LOG-01).
void log_outcome(const Core& core, std::string_view act, const User& user, const Result<>& ended, bool done);
/// The act, the end of everything of the account, and a line in the log.
Result<> act_and_tell(Core& core, AccountId id, std::string_view name, const Act& act);
/// `not_found` for one that is closed or not there; the second under its row lock.
Result<accounts::Account> find_open(const Core& core, AccountId id);
Result<accounts::Account> lock_open(Transaction& transaction, AccountId id);
/// The first of the subject's strategies that does it; null when none does.
const Strategy* strategy_that(const Core& core, const SubjectName& subject, bool (*does)(const Strategy&));
Error no_strategy(const SubjectName& subject, std::string_view what);

}  // namespace rowan::engine
