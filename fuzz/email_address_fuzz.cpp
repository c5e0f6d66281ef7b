#include <fuzz/target.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/unicode.hpp>
#include <rowan/base/utf8.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) {
  const auto address = EmailAddress::parse(input);
  if (!address) return false;
  const auto& key = address->key().text();
  require(!has_control_characters(address->shown()) && is_valid_utf8(address->shown()));
  require(address->shown() == to_nfc(address->shown()) && key == to_nfc(key));
  require(!address->shown().contains(' ') && key.find('@') == key.rfind('@'));
  require(address->local_part().size() <= 64 && address->local_part().size() + 1 + address->domain().size() <= 254);
  for (const char c : address->domain())
    require((c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.');
  const auto again = EmailAddress::parse(address->shown());
  require(again && again->key() == address->key() && again->shown() == address->shown());
  const auto by_key = EmailAddress::parse(key);
  require(by_key && by_key->key() == address->key());
  return true;
}

}  // namespace rowan::fuzz
