#pragma once
// Not installed. The development mailbox: a Mailer that keeps mails in memory, for `rowan serve --dev` and for tests.
#include <rowan/mail/mime.hpp>

namespace rowan::mail {

/// Refuses mails that SMTP could not carry, so that you notice them in development.
std::unique_ptr<Mailer> make_memory_mailbox(Sender sender);

}  // namespace rowan::mail
