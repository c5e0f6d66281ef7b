#include <algorithm>
#include <rowan/base/email_address.hpp>
#include <rowan/mail/address.hpp>

namespace rowan::mail {

bool MailAddress::needs_smtputf8() const {
  return std::ranges::any_of(local, [](char c) { return static_cast<unsigned char>(c) >= 0x80; });
}

// EmailAddress decides what an address is, here as everywhere: neither quotes nor brackets, commas, blanks or controls
// get through.
Result<MailAddress> parse_mail_address(std::string_view text) {
  const auto address = EmailAddress::parse(text);
  if (!address) return Error{.code = ErrorCode::invalid_input, .reason = address.error().reason};
  return MailAddress{.local = std::string(address->local_part()), .domain = std::string(address->domain())};
}

}  // namespace rowan::mail
