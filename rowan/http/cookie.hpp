#pragma once
// Not installed. Cookies (RFC 6265bis): one looked up in the field a browser sent, one written as a Set-Cookie field.
#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace rowan::http {

struct CookieLookup {
  std::optional<std::string_view> value{};  // as sent, quotes and all; nullopt when absent or repeated
  bool repeated = false;                    // sent more than once, so we cannot tell which one is ours (CK-06)
};

/// `cookie_header` is the Cookie field, several joined with "; ". The name's case counts, and blanks beside it belong
/// to it. No allocation; the value is a view into the header.
CookieLookup find_cookie(std::string_view cookie_header, std::string_view name) noexcept;

/// Name and value together; browsers drop a larger one without a word (CK-05).
inline constexpr std::size_t max_cookie_bytes = 4096;
/// What set_cookie caps max_age at (CK-07).
inline constexpr std::chrono::seconds max_cookie_age = std::chrono::hours(24 * 400);

enum class SameSite { lax, strict, none };

struct CookieAttributes {
  std::optional<std::chrono::seconds> max_age{};  // none: until the browser closes
  bool secure = true;                             // false only in development, over http
  bool http_only = true;
  SameSite same_site = SameSite::lax;
  std::string_view path = "/";
};

/// Whether set_cookie would take them: a token for a name, cookie octets for a value (RFC 6265bis section 4.1.1), and
/// within max_cookie_bytes. Check values whose size depends on what was stored; base64url text always consists of
/// cookie octets.
bool is_cookie(std::string_view name, std::string_view value);

/// The value of a Set-Cookie field. There is no Domain: a cookie belongs to this host.
/// Throws std::logic_error for what only a programming error brings about: !is_cookie(name, value); a "__Host-" name
/// that is not secure or has a path other than "/"; a "__Secure-" name or SameSite=None that is not secure; a negative
/// age.
std::string set_cookie(std::string_view name, std::string_view value, const CookieAttributes& attributes);

/// The Set-Cookie that removes it. The attributes must be those it was set with, or browsers ignore it (CK-07).
std::string expire_cookie(std::string_view name, CookieAttributes attributes);

}  // namespace rowan::http
