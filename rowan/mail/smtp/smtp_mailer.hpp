#pragma once
// SMTP (RFC 5321) by libcurl: STARTTLS or TLS, authentication, timeouts.
#include <rowan/mail/mail_url.hpp>

namespace rowan::mail {

/// Certificates and host names are always verified, TLS 1.2 is the least (TLS-01). On smtp:// the server must
/// offer STARTTLS unless it is loopback or `require_tls` is off. A conversation takes at most `timeout`; connections
/// are kept open for the next mail. Answers: 5xx to the envelope or the mail → refused; 4xx, time-out, connection, TLS
/// or authentication trouble → try_again: those are the server's or the configuration's, not the mail's.
std::unique_ptr<Mailer> make_smtp_mailer(MailUrl url);

}  // namespace rowan::mail
