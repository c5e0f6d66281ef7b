#pragma once
// Not installed. The mail URL of a configuration. It is parsed once, at start-up.
#include <cstdint>
#include <rowan/mail/mailer.hpp>
#include <rowan/mail/mime.hpp>

namespace rowan::mail {

enum class Transport { smtp, smtps, mailbox };

struct MailUrl {
  Transport transport = Transport::mailbox;
  std::string host{};  // a name or an address; an IPv6 address without its brackets
  std::uint16_t port = 0;
  Sender sender{};
  bool sender_given = false;
  MailerOptions options{};  // completed from the URL
  /// "localhost", 127.0.0.0/8 or ::1. Mail to it never leaves the machine, so it may be sent without TLS.
  bool is_loopback() const;
};

/// Throws ConfigError with every problem. None of them contains the URL, because it may hold a password.
MailUrl read_mail_url(std::string_view url, MailerOptions options);

}  // namespace rowan::mail
