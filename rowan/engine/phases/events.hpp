#pragma once
// Not installed. Telling the hooks what happened (Hooks::on_event).
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// Every hook of this subject, the application's last; of a subject that is no longer declared only the application's.
std::vector<const Hooks*> hooks_of(const Core& core, std::string_view subject);

/// In the transaction of what happened: an error rolls it back.
Result<> tell(Transaction& transaction, const Core& core, const AuthEvent& event);
/// In a transaction of its own, when a hook asks for such events: for what has none, or is done already. An error is
/// logged.
void tell_alone(Core& core, const AuthEvent& event);

/// An act on an account. `by`: AuthEvent::strategy.
AuthEvent act_on(const User& user, std::string_view act, std::string_view by = "administration");

}  // namespace rowan::engine
