#pragma once
// Not installed. The owner of the account again, before something that a session alone must not do: another address,
// closing the account (REC-08).
#include <rowan/engine/parts/phase_parts.hpp>

namespace rowan {

/// The optional field that such a phase declares.
inline Input current_password_input() {
  return {.name = "current_password",
          .kind = Input::Kind::password,
          .required = false,
          .max_bytes = 4096,
          .description = "Of an account that has one"};
}

/// Input `current_password` is the signed-in account's own secret; an account without one must have signed in no longer
/// than `recent` ago. A wrong one is `invalid_input` of that field, a session that is too old `authentication_failed`.
Result<> confirm_identity(const PhaseContext& context, std::chrono::seconds recent);

}  // namespace rowan
