#pragma once
// Not installed. SMTP (RFC 5321) by libcurl: STARTTLS or TLS, authentication, timeouts.
#include <rowan/mail/mail_url.hpp>

namespace rowan::mail {

/// Certificates and host names are always verified, and TLS is at least 1.2 (TLS-01). On smtp:// the server must
/// offer STARTTLS unless it is loopback or `require_tls` is off. A conversation takes at most `timeout`; connections
/// are kept open for the next mail. A 5xx answer to the envelope or the mail gives `refused`. A 4xx answer, a time-out,
/// or an error of the connection, TLS or authentication gives `try_again`, because the mail itself is not the cause.
std::unique_ptr<Mailer> make_smtp_mailer(MailUrl url);

}  // namespace rowan::mail
