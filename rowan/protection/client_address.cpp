#include <algorithm>
#include <rowan/protection/client_address.hpp>

namespace rowan::protection {

namespace {

std::string_view trim(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

std::string_view unquoted(std::string_view text) {
  if (text.size() >= 2 && text.starts_with('"') && text.ends_with('"')) return text.substr(1, text.size() - 2);
  return text;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; });
}

// As proxies write it: "203.0.113.7", "203.0.113.7:4711", "2001:db8::7", "[2001:db8::7]", "[2001:db8::7]:4711". The
// port changes with every connection, and is no part of who it is.
std::optional<http::IpAddress> read_hop(std::string_view text) {
  text = unquoted(trim(text));
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    if (end == std::string_view::npos) return std::nullopt;
    const auto rest = text.substr(end + 1);
    if (!rest.empty() && (!rest.starts_with(':') || !is_port(rest.substr(1)))) return std::nullopt;
    const auto address = text.substr(1, end - 1);
    return address.contains(':') ? http::IpAddress::parse(address) : std::nullopt;
  }
  const auto colon = text.find(':');
  if (colon != std::string_view::npos && text.find(':', colon + 1) == std::string_view::npos) {
    if (!is_port(text.substr(colon + 1))) return std::nullopt;
    text = text.substr(0, colon);
  }
  return http::IpAddress::parse(text);
}

// The text in front of a separator that is not inside quotes (RFC 7239 section 4), from the right: `rest` keeps what is
// before it.
std::string_view take_last(std::string_view& rest, char separator) {
  bool quoted = false;
  std::size_t at = std::string_view::npos;
  for (std::size_t i = 0; i < rest.size(); ++i) {
    if (rest[i] == '"') quoted = !quoted;
    if (rest[i] == separator && !quoted) at = i;
  }
  const auto last = at == std::string_view::npos ? rest : rest.substr(at + 1);
  rest = at == std::string_view::npos ? std::string_view() : rest.substr(0, at);
  return last;
}

// `for=` of one element: "for=192.0.2.43;proto=https", "For=\"[2001:db8::7]:4711\"".
std::string_view for_of(std::string_view element) {
  while (!element.empty()) {
    const auto pair = trim(take_last(element, ';'));
    if (pair.size() > 4 && http::equal_without_case(pair.substr(0, 4), "for=")) return pair.substr(4);
  }
  return {};
}

std::string joined(const http::Request& request, std::string_view name) {
  std::string all;
  for (const auto& header : request.headers.all())
    if (http::equal_without_case(header.name, name)) all += (all.empty() ? "" : ",") + header.value;
  return all;
}

}  // namespace

http::IpAddress client_address(const http::Request& request, std::span<const http::IpRange> trusted_proxies) {
  const auto trusted = [&](const http::IpAddress& address) {
    return std::any_of(trusted_proxies.begin(), trusted_proxies.end(),
                       [&](const auto& range) { return range.contains(address); });
  };
  auto address = request.peer;
  if (!trusted(address)) return address;
  auto chain = joined(request, "X-Forwarded-For");
  // A proxy that writes the one passes the other on as the visitor sent it.
  const bool is_standard = chain.empty();
  if (is_standard) chain = joined(request, "Forwarded");
  std::string_view rest = chain;
  for (int hops = 0; !rest.empty() && hops < 32; ++hops) {
    const auto last = take_last(rest, ',');
    const auto hop = read_hop(is_standard ? for_of(last) : last);
    if (!hop) return address;  // nothing left of an unreadable one can be believed
    address = *hop;
    if (!trusted(address)) return address;
  }
  return address;
}

}  // namespace rowan::protection
