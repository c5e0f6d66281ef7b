#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/protection/forms.hpp>

namespace rowan::protection {

std::string form_token(std::span<const std::byte, 16> secret, Random& random) {
  auto bytes = random.bytes<32>();
  for (std::size_t i = 0; i < 16; ++i) bytes[16 + i] = bytes[i] ^ secret[i];
  return to_base64url(bytes);
}

bool form_token_matches(std::string_view token, std::span<const std::byte, 16> secret) {
  std::array<std::byte, 32> bytes{};
  if (from_base64url(token, bytes) != bytes.size()) return false;
  for (std::size_t i = 0; i < 16; ++i) bytes[16 + i] ^= bytes[i];
  return crypto::equal_in_constant_time(std::span(bytes).last(16), secret);
}

Result<> check_origin(const http::Request& request, std::string_view origin, std::span<const std::string> allowed) {
  const auto refuse = [](std::string why) { return Error{.code = ErrorCode::forbidden, .reason = std::move(why)}; };
  // Single: a repeated header is refused below.
  if (const auto sent = request.headers.single("Origin"); sent && std::ranges::find(allowed, *sent) != allowed.end())
    return {};
  if (request.headers.count("Sec-Fetch-Site") > 0) {
    const auto site = request.headers.single("Sec-Fetch-Site");
    if (!site || (*site != "same-origin" && *site != "none")) return refuse("cross-site request (Sec-Fetch-Site)");
  }
  if (request.headers.count("Origin") > 0) {
    const auto sent = request.headers.single("Origin");
    // A page with `Referrer-Policy: no-referrer` posts `Origin: null` to its own site too (Fetch, "append a request
    // Origin header"); then only the browser's own word counts that it was the same site. A sandboxed or foreign frame
    // says cross-site.
    const bool from_a_token_page = sent && *sent == "null" && request.headers.single("Sec-Fetch-Site") == "same-origin";
    if (!from_a_token_page && (!sent || *sent != origin))
      return refuse("foreign Origin; base_url allows " + std::string(origin));
  }
  return {};
}

}  // namespace rowan::protection
