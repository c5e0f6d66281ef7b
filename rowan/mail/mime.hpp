#pragma once
// A mail as the bytes that SMTP carries: RFC 5322 headers and a multipart/alternative body of plain text
// and HTML.
#include <rowan/mail/address.hpp>
#include <rowan/mail/mailer.hpp>

namespace rowan::mail {

/// Who all mails come from; checked when the Mailer is opened.
struct Sender {
  MailAddress address{};
  std::string name{};
};

/// What SMTP is given. The same mail makes the same bytes at every retry.
struct Envelope {
  MailAddress to{};
  std::string bytes{};  // CRLF lines of at most 998 characters, body lines of at most 76
};

/// Errors: `invalid_input` when the recipient, subject, sender's name or message id could break out of its header, or
/// when the mail is too large; the reason names the header and repeats nothing of it. Thread-safe.
Result<Envelope> write_mime(const OutgoingMail& mail, const Sender& sender);

}  // namespace rowan::mail
