#pragma once
// Not installed. A mail as the bytes that SMTP carries: RFC 5322 headers and a multipart/alternative body of plain text
// and HTML.
#include <rowan/mail/address.hpp>
#include <rowan/mail/mailer.hpp>

namespace rowan::mail {

/// The sender of all mails; checked when the Mailer is opened.
struct Sender {
  MailAddress address{};
  std::string name{};
};

/// The bytes that go to SMTP. The same mail has the same bytes at every retry.
struct Envelope {
  MailAddress to{};
  std::string bytes{};  // CRLF lines of at most 998 characters, body lines of at most 76
};

/// Errors: `invalid_input` when the recipient, subject, sender's name or message id could break out of its header, or
/// when the mail is too large. The reason names the header without quoting it. Thread-safe.
Result<Envelope> write_mime(const OutgoingMail& mail, const Sender& sender);

}  // namespace rowan::mail
