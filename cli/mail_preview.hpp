#pragma once
// Internal. The mails of the declared rooms, filled with examples: for whoever translates them or changes their look.
#include <rowan/engine/core.hpp>

namespace rowan::cli {

/// "password/reset", "otp/sign_in" …, sorted.
std::vector<std::string> mail_names(const engine::Core& core);

/// Rendered with something in every place. `not_found` for a name that is not in mail_names().
Result<MailMessage> preview_mail(const engine::Core& core, const std::string& name, std::string_view language);

}  // namespace rowan::cli
