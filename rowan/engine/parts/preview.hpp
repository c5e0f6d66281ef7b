#pragma once
// Not installed. Previews of the declared letters, filled with their examples, for translators and designers; and the
// problems of their declarations.
#include <rowan/engine/core.hpp>

namespace rowan::engine {

/// "password/reset", "otp/sign_in" …, sorted.
std::vector<DeclaredLetter> declared_letters(const Core& core);
/// Rendered with an example in every place. `not_found` for a name that is not among them.
Result<MailMessage> preview_letter(const Core& core, std::string_view name, std::string_view language);
/// A letter without its templates, without a sentence or an example, or whose templates name what it does not declare.
std::vector<std::string> problems_of_letters(const Core& core);

}  // namespace rowan::engine
