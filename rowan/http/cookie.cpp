#include <algorithm>
#include <rowan/http/cookie.hpp>
#include <rowan/http/token.hpp>
#include <stdexcept>

namespace rowan::http {

namespace {

// RFC 6265bis section 4.1.1: US-ASCII without controls, blank, '"', ',', ';' and '\'.
bool is_cookie_octet(char c) { return c > 0x20 && c < 0x7F && !std::string_view("\",;\\").contains(c); }

bool is_path_char(char c) { return c >= 0x20 && c < 0x7F && c != ';'; }

void check(bool holds, const char* complaint) {
  if (!holds) throw std::logic_error(complaint);
}

}  // namespace

CookieLookup find_cookie(std::string_view cookie_header, std::string_view name) noexcept {
  CookieLookup found;
  while (!cookie_header.empty()) {
    const auto semicolon = cookie_header.find(';');
    auto pair = cookie_header.substr(0, semicolon);
    cookie_header.remove_prefix(semicolon == std::string_view::npos ? cookie_header.size() : semicolon + 1);
    while (pair.starts_with(' ') || pair.starts_with('\t')) pair.remove_prefix(1);
    while (pair.ends_with(' ') || pair.ends_with('\t')) pair.remove_suffix(1);
    if (pair.size() <= name.size() || !pair.starts_with(name) || pair[name.size()] != '=') continue;
    if (found.value || found.repeated) {
      found = {.repeated = true};
    } else {
      found.value = pair.substr(name.size() + 1);
    }
  }
  return found;
}

bool is_cookie(std::string_view name, std::string_view value) {
  return is_token(name) && name.size() + value.size() <= max_cookie_bytes &&
         std::all_of(value.begin(), value.end(), is_cookie_octet);
}

std::string set_cookie(std::string_view name, std::string_view value, const CookieAttributes& attributes) {
  const bool host_only = name.starts_with("__Host-");
  const bool needs_secure = host_only || name.starts_with("__Secure-") || attributes.same_site == SameSite::none;
  check(is_cookie(name, value), "set_cookie: browsers would reject this name or value");
  check(attributes.secure || !needs_secure, "set_cookie: a prefix or SameSite=None without Secure");
  check(!host_only || attributes.path == "/", "set_cookie: __Host- with another path");
  check(attributes.path.starts_with('/') && std::all_of(attributes.path.begin(), attributes.path.end(), is_path_char),
        "set_cookie: path");
  std::string cookie;
  cookie.reserve(name.size() + value.size() + attributes.path.size() + 80);
  cookie.append(name).append("=").append(value).append("; Path=").append(attributes.path);
  if (attributes.max_age) {
    check(attributes.max_age->count() >= 0, "set_cookie: a negative age");
    cookie += "; Max-Age=" + std::to_string(std::min(*attributes.max_age, max_cookie_age).count());
  }
  if (attributes.secure) cookie += "; Secure";
  if (attributes.http_only) cookie += "; HttpOnly";
  switch (attributes.same_site) {
    case SameSite::lax: return cookie += "; SameSite=Lax";
    case SameSite::strict: return cookie += "; SameSite=Strict";
    case SameSite::none: return cookie += "; SameSite=None";
  }
  return cookie;
}

std::string expire_cookie(std::string_view name, CookieAttributes attributes) {
  attributes.max_age = std::chrono::seconds(0);
  return set_cookie(name, "", attributes);
}

}  // namespace rowan::http
