#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/mail/header.hpp>
#include <rowan/mail/mime.hpp>
#include <rowan/mail/transfer_encoding.hpp>

namespace rowan::mail {

namespace {

constexpr std::size_t max_bodies = 1024 * 1024;

Result<> check_message_id(std::string_view id) {
  const bool fits = !id.empty() && id.size() <= 250 && std::ranges::all_of(id, [](char c) {
    return c > 0x20 && c < 0x7F && !std::string_view("<>()[]\\,;:\"").contains(c);
  });
  if (!fits) return Error{.code = ErrorCode::invalid_input, .reason = "mail header: Message-ID"};
  return {};
}

Result<> check_bodies(const MailMessage& message) {
  if (message.text.size() + message.html.size() > max_bodies) {
    return Error{.code = ErrorCode::invalid_input, .reason = "mail: too large"};
  }
  if (!is_valid_utf8(message.text) || !is_valid_utf8(message.html)) {
    return Error{.code = ErrorCode::invalid_input, .reason = "mail: not UTF-8"};
  }
  return {};
}

// RFC 5322 section 3.3 wants the zone as a number; to_http_date says "GMT".
std::string date_header(Timestamp time) {
  std::string date = to_http_date(time);
  date.replace(date.size() - 3, 3, "+0000");
  return date;
}

// RFC 2045 section 6.7: "=_" can never appear in quoted-printable, nor in base64.
std::string boundary_of(std::string_view message_id) {
  std::string boundary = "=_rowan_";
  for (const char c : message_id.substr(0, std::min(message_id.find('@'), std::size_t{40}))) {
    const bool safe = (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-';
    boundary += safe ? c : '_';
  }
  return boundary;
}

std::string body_part(std::string_view type, std::string_view text) {
  const auto body = encode_body(text);
  return "Content-Type: " + std::string(type) +
         "; charset=utf-8\r\nContent-Transfer-Encoding: " + std::string(body.encoding) + "\r\n\r\n" + body.bytes;
}

std::string bodies(const OutgoingMail& mail) {
  if (mail.message.html.empty()) return body_part("text/plain", mail.message.text);
  const std::string boundary = boundary_of(mail.message_id);
  const std::string delimiter = "--" + boundary;
  return "Content-Type: multipart/alternative; boundary=\"" + boundary + "\"\r\n\r\n"  //
         + delimiter + "\r\n" + body_part("text/plain", mail.message.text)  // the plainest first (RFC 2046, 5.1.4)
         + "\r\n" + delimiter + "\r\n" + body_part("text/html", mail.message.html)  //
         + "\r\n" + delimiter + "--\r\n";
}

}  // namespace

Result<Envelope> write_mime(const OutgoingMail& mail, const Sender& sender) {
  ROWAN_TRY(auto to, parse_mail_address(mail.message.to));
  ROWAN_TRY(const auto subject, header_text(mail.message.subject));
  ROWAN_CHECK(check_message_id(mail.message_id));
  ROWAN_CHECK(check_bodies(mail.message));
  std::string from = "<" + sender.address.text() + ">";
  if (!sender.name.empty()) {
    ROWAN_TRY(const auto name, display_name(sender.name));
    from = name + "\r\n " + from;
  }
  // No List-Unsubscribe: these are not subscriptions. RFC 3834 section 5: Auto-Submitted keeps vacation answers away.
  std::string bytes = "From: " + from + "\r\nTo: <" + to.text() + ">\r\nSubject: " + subject +
                      "\r\nDate: " + date_header(mail.created) + "\r\nMessage-ID: <" + mail.message_id +
                      ">\r\nAuto-Submitted: auto-generated\r\nMIME-Version: 1.0\r\n" + bodies(mail);
  return Envelope{.to = std::move(to), .bytes = std::move(bytes)};
}

}  // namespace rowan::mail
