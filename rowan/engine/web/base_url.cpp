#include <algorithm>
#include <rowan/engine/web/base_url.hpp>
#include <rowan/http/ip_address.hpp>

namespace rowan::engine {

std::optional<BaseUrl> BaseUrl::parse(std::string_view text) {
  BaseUrl url;
  auto rest = text;
  if (rest.starts_with("https://"))
    url.https = true;
  else if (!rest.starts_with("http://"))
    return std::nullopt;
  rest.remove_prefix(url.https ? 8 : 7);
  while (rest.ends_with('/')) rest.remove_suffix(1);
  const auto slash = rest.find('/');
  std::string authority(rest.substr(0, slash));
  std::transform(authority.begin(), authority.end(), authority.begin(), [](unsigned char c) {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : static_cast<char>(c);
  });
  if (authority.ends_with(url.https ? ":443" : ":80")) authority.erase(authority.rfind(':'));
  if (authority.empty() || authority.find_first_of("@?#\\ ") != std::string::npos) return std::nullopt;
  if (slash != std::string_view::npos) url.path = rest.substr(slash);
  if (url.path.find_first_of("?#\\ ") != std::string::npos) return std::nullopt;
  auto host = authority.starts_with('[') ? authority.substr(1, authority.find(']') - 1)
                                         : authority.substr(0, authority.find(':'));
  const auto address = http::IpAddress::parse(host);
  url.loopback = host == "localhost" || host.ends_with(".localhost") || (address && address->is_loopback());
  url.origin = (url.https ? "https://" : "http://") + authority;
  url.text = url.origin + url.path;
  return url;
}

}  // namespace rowan::engine
