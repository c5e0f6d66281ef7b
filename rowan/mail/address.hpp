#pragma once
// Not installed. MailAddress: an address in the only form that may be written into a header or an SMTP command (RFC
// 5321 section 4.1.2).
#include <rowan/base/result.hpp>
#include <string>
#include <string_view>

namespace rowan::mail {

/// local@domain without quotes, comments, routes or controls; the domain in A-labels. Made by parse_mail_address.
struct MailAddress {
  std::string local{};   // dot-atom (RFC 5322 section 3.2.3), perhaps with UTF-8 (RFC 6531)
  std::string domain{};  // ASCII
  bool needs_smtputf8() const;
  std::string text() const { return local + '@' + domain; }
};

/// Accepts what EmailAddress accepts. Errors: `invalid_input`; the reason never contains the address.
Result<MailAddress> parse_mail_address(std::string_view text);

}  // namespace rowan::mail
