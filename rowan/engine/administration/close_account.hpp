#pragma once
// Not installed. The end of an account (docs/architecture.md#our-tables): closed and anonymised, and the row gone when
// that is asked for.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// Done to an open account under its row lock. False: it is so already, and nothing is to end.
using Act = std::function<Result<bool>(Transaction&, const accounts::Account&)>;
/// The act, and then everything of the account ends, in one transaction (see Services::end_everything). `not_found` for
/// an account that is closed or not there.
Result<> act_and_end(Core& core, AccountId id, const Act& act);
/// See Auth::close. `with` may be empty. `by`: AuthEvent::strategy, "administration" or "account" (its owner).
Result<> close_account(Core& core, AccountId id, const Services::With& with, std::string_view by);
/// See Auth::erase.
Result<> erase_account(Core& core, AccountId id);

}  // namespace rowan::engine
