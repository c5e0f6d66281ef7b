#include <fuzz/target.hpp>
#include <rowan/http/ip_address.hpp>

namespace rowan::fuzz {

bool run(std::string_view input) {
  if (const auto address = http::IpAddress::parse(input)) {
    require(http::IpAddress::parse(address->text()) == address);
    require(http::IpRange::parse(address->text())->contains(*address));
    require(http::IpRange::parse(address->bucket())->contains(*address));
  }
  const auto range = http::IpRange::parse(input);
  if (!range) return false;
  if (const auto network = http::IpAddress::parse(input.substr(0, input.find('/')))) require(range->contains(*network));
  return true;
}

}  // namespace rowan::fuzz
