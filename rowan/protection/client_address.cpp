#include <algorithm>
#include <rowan/protection/client_address.hpp>

namespace rowan::protection {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

}  // namespace

http::IpAddress client_address(const http::Request& request, std::span<const http::IpRange> trusted_proxies) {
  const auto trusted = [&](const http::IpAddress& address) {
    return std::any_of(trusted_proxies.begin(), trusted_proxies.end(),
                       [&](const auto& range) { return range.contains(address); });
  };
  auto address = request.peer;
  if (!trusted(address)) return address;
  std::string chain;
  for (const auto& header : request.headers.all())
    if (http::equal_without_case(header.name, "X-Forwarded-For")) chain += (chain.empty() ? "" : ",") + header.value;
  std::string_view rest = chain;
  for (int hops = 0; !rest.empty() && hops < 32; ++hops) {
    const auto comma = rest.rfind(',');
    const auto hop = http::IpAddress::parse(trim(comma == std::string_view::npos ? rest : rest.substr(comma + 1)));
    if (!hop) return address;  // nothing left of an unreadable one can be believed
    address = *hop;
    if (!trusted(address)) return address;
    rest = comma == std::string_view::npos ? std::string_view() : rest.substr(0, comma);
  }
  return address;
}

}  // namespace rowan::protection
