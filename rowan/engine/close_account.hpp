#pragma once
// Not installed. The end of an account (docs/architecture.md#our-tables): closed and anonymised, and the row gone when
// that is asked for.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// See Services::end_everything.
Result<> end_everything(Core& core, AccountId id, const Services::With& with);
/// See Auth::close. `with` may be empty. Answers whose account it was; nullopt: it was closed already.
Result<std::optional<User>> close_account(Core& core, AccountId id, const Services::With& with);
/// See Auth::erase. Nullopt: it was gone already.
Result<std::optional<User>> erase_account(Core& core, AccountId id);

}  // namespace rowan::engine
