#include <algorithm>
#include <fuzz/target.hpp>
#include <rowan/http/outgoing_url.hpp>

namespace rowan::fuzz {

using http::OutgoingUrl;

bool run(std::string_view input) {
  const auto url = OutgoingUrl::parse(input);
  if (!url) return false;
  // What is called is what the next reader makes of it.
  const auto text = url->text();
  const auto again = OutgoingUrl::parse(text);
  require(again && again->text() == text && again->host == url->host && again->port == url->port);
  require(again->address == url->address && again->secure == url->secure && again->target == url->target);
  require(url->port != 0 && url->target.starts_with('/') && !url->host.empty() && url->host.size() <= 253);
  require(std::ranges::none_of(text, [](char c) { return c <= ' ' || c >= 127 || c == '\\' || c == '#'; }));
  // One authority: no user in front, and an address has its one spelling.
  const auto slashes = text.find("//") + 2;
  require(text.find('@', slashes) >= text.find('/', slashes));
  if (url->address) require(url->address->text() == url->host);
  // What ends in a number is read as an address by others (WHATWG), so it must be one here.
  const auto last = url->host.substr(url->host.rfind('.') + 1);
  const bool number = std::ranges::all_of(last, [](char c) { return c >= '0' && c <= '9'; }) || last.starts_with("0x");
  require(!number || url->address);
  return true;
}

}  // namespace rowan::fuzz
