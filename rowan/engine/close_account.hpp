#pragma once
// Not installed. The end of an account (docs/architecture.md#our-tables): closed and anonymised, and the row gone when
// that is asked for.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// See Auth::close. `with` may be empty.
Result<> close_account(Core& core, AccountId id, const std::function<Result<>(Transaction&, const User&)>& with);
/// See Auth::erase.
Result<> erase_account(Core& core, AccountId id);

}  // namespace rowan::engine
