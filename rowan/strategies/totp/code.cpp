#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/hotp.hpp>
#include <rowan/engine/parts/typed_code.hpp>
#include <rowan/http/url.hpp>
#include <rowan/strategies/totp/code.hpp>

namespace rowan::strategies::totp {

namespace {

using Algorithm = TotpOptions::Algorithm;

constexpr std::string_view base32 = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

bool is_decoration(char c) { return c == ' ' || c == '-' || c == '\t'; }

crypto::HotpHash hash_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha1: return crypto::HotpHash::sha1;
    case Algorithm::sha256: return crypto::HotpHash::sha256;
    case Algorithm::sha512: return crypto::HotpHash::sha512;
  }
  return crypto::HotpHash::sha1;
}

}  // namespace

Shape shape_of(const TotpOptions& options) {
  return {.algorithm = options.algorithm, .digits = options.digits, .period = options.period};
}

std::int64_t step_at(Timestamp time, std::chrono::seconds period) {
  const auto seconds = to_seconds(time), length = std::max<std::int64_t>(period.count(), 1);
  return seconds / length - (seconds % length < 0 ? 1 : 0);
}

std::string code_of(std::string_view seed, std::int64_t step, const Shape& shape) {
  auto number = crypto::hotp(hash_of(shape.algorithm), as_bytes(seed), static_cast<std::uint64_t>(step));
  std::string code(static_cast<std::size_t>(std::clamp<std::int64_t>(shape.digits, 6, 9)), '0');
  for (auto digit = code.rbegin(); digit != code.rend(); ++digit, number /= 10)
    *digit = static_cast<char>('0' + number % 10);
  return code;
}

std::optional<std::int64_t> step_of(std::string_view code, std::string_view seed, Timestamp now, std::int64_t last,
                                    const Shape& shape) {
  const auto here = step_at(now, shape.period);
  std::optional<std::int64_t> found;
  for (const auto step : {here - 1, here}) {
    const bool right = crypto::equal_in_constant_time(as_bytes(code), as_bytes(code_of(seed, step, shape)));
    if (right && step > last && !found) found = step;
  }
  return found;
}

std::string normalised(std::string_view typed) {
  auto code = bare_code(typed);
  const bool fits = code.size() >= 6 && code.size() <= 8 && code.find_first_not_of("0123456789") == std::string::npos;
  return fits ? code : std::string();
}

std::string_view name_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::sha1: return "SHA1";
    case Algorithm::sha256: return "SHA256";
    case Algorithm::sha512: return "SHA512";
  }
  return "SHA1";
}

std::optional<Algorithm> algorithm_of(std::string_view name) {
  for (const auto algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512})
    if (name_of(algorithm) == name) return algorithm;
  return std::nullopt;
}

std::string to_base32(std::string_view bytes) {
  std::string text;
  std::uint32_t held = 0, bits = 0;
  for (const char byte : bytes) {
    held = held << 8 | static_cast<unsigned char>(byte);
    for (bits += 8; bits >= 5; bits -= 5) text += base32[held >> (bits - 5) & 31];
    held &= (1U << bits) - 1;
  }
  if (bits > 0) text += base32[held << (5 - bits) & 31];
  return text;
}

std::optional<std::string> from_base32(std::string_view text) {
  std::string bytes;
  std::uint32_t held = 0, bits = 0;
  while (text.ends_with('=')) text.remove_suffix(1);
  for (char c : text) {
    if (is_decoration(c)) continue;
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    const auto value = base32.find(c);
    if (value == std::string_view::npos) return std::nullopt;
    held = held << 5 | static_cast<std::uint32_t>(value);
    bits += 5;
    if (bits >= 8) {
      bits -= 8;
      bytes += static_cast<char>(held >> bits & 0xFF);
      held &= (1U << bits) - 1;
    }
  }
  if (bits >= 5 || held != 0) return std::nullopt;  // a character too many, or bits that belong to no byte
  return bytes;
}

std::string otpauth_url(std::string_view issuer, std::string_view account, std::string_view seed, const Shape& shape) {
  const Shape usual;
  const auto issuer_text = http::percent_encode(issuer);
  auto url = "otpauth://totp/" + issuer_text + ":" + http::percent_encode(account) + "?secret=" + to_base32(seed) +
             "&issuer=" + issuer_text;
  if (shape.algorithm != usual.algorithm) url += "&algorithm=" + std::string(name_of(shape.algorithm));
  if (shape.digits != usual.digits) url += "&digits=" + std::to_string(shape.digits);
  if (shape.period != usual.period) url += "&period=" + std::to_string(shape.period.count());
  return url;
}

}  // namespace rowan::strategies::totp
