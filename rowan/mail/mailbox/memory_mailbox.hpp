#pragma once
// The development mailbox: a Mailer that keeps what it is given, for `rowan serve --dev` and for tests.
#include <rowan/mail/mime.hpp>

namespace rowan::mail {

/// Refuses what SMTP could not carry either, so that a broken mail is seen in development.
std::unique_ptr<Mailer> make_memory_mailbox(Sender sender);

}  // namespace rowan::mail
