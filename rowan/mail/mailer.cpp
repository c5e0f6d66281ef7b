#include <rowan/base/config_error.hpp>
#include <rowan/mail/mail_url.hpp>
#include <rowan/mail/mailbox/memory_mailbox.hpp>
#include <rowan/mail/mailer.hpp>
#include <rowan/mail/smtp/smtp_mailer.hpp>

namespace rowan {

std::unique_ptr<Mailer> open_mailer(std::string_view url, MailerOptions options) {
  auto read = mail::read_mail_url(url, std::move(options));
  if (read.transport == mail::Transport::mailbox) return mail::make_memory_mailbox(std::move(read.sender));
#ifdef ROWAN_HAS_MAIL_SMTP
  return mail::make_smtp_mailer(std::move(read));
#else
  throw ConfigError("mail: this build has no SMTP; install libcurl and build with ROWAN_MAIL_SMTP=ON");
#endif
}

std::unique_ptr<Mailer> open_mailer(std::string_view url) { return open_mailer(url, MailerOptions{}); }

}  // namespace rowan
