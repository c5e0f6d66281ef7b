#pragma once
// Not installed. How a browser's or a program's answer comes in, and an owner's name for a passkey.
#include <rowan/engine/strategy.hpp>

namespace rowan::strategies::webauthn {

/// The credential's toJSON(): as one field (an object, or its text, which is what a form has), or its members as fields
/// of their own.
std::vector<Input> credential_inputs();
/// The text that read_registration and read_assertion take; `invalid_input` when there is none.
Result<std::string> credential_text(const PhaseContext& context);

Input label_input();
/// Without the blanks around it; `invalid_input` when it is too long.
Result<std::string> label_of(const PhaseContext& context);

}  // namespace rowan::strategies::webauthn
