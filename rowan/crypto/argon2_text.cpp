#include <algorithm>
#include <charconv>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/argon2_text.hpp>

namespace rowan::crypto {

namespace {

constexpr std::size_t most_text = 256;  // the longest form has 238 characters

/// Takes `prefix` off the front.
bool skip(std::string_view& text, std::string_view prefix) {
  if (!text.starts_with(prefix)) return false;
  text.remove_prefix(prefix.size());
  return true;
}

/// A number from `least` to `most` without sign or leading zero.
std::optional<std::uint32_t> take_number(std::string_view& text, std::uint32_t least, std::uint32_t most) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || text.front() == '0' || number < least || number > most) return std::nullopt;
  text.remove_prefix(static_cast<std::size_t>(end - text.data()));
  return number;
}

/// PHC strings use the alphabet of RFC 4648 section 4 without padding.
std::optional<std::vector<std::byte>> from_phc_base64(std::string_view text) {
  if (text.find_first_of("-_") != std::string_view::npos) return std::nullopt;
  std::string url(text);
  std::ranges::replace(url, '+', '-');
  std::ranges::replace(url, '/', '_');
  return from_base64url(url);
}

std::string to_phc_base64(std::span<const std::byte> bytes) {
  auto text = to_base64(bytes);
  while (text.ends_with('=')) text.pop_back();
  return text;
}

bool is_between(std::size_t value, std::size_t least, std::size_t most) { return value >= least && value <= most; }

}  // namespace

std::optional<Argon2Text> read_argon2_text(std::string_view stored) {
  if (stored.size() > most_text || !skip(stored, "$argon2id$v=19$m=")) return std::nullopt;
  const auto memory = take_number(stored, least_argon2_memory_kib, most_argon2_memory_kib);
  if (!memory || !skip(stored, ",t=")) return std::nullopt;
  const auto passes = take_number(stored, 1, most_argon2_passes);
  if (!passes || !skip(stored, ",p=")) return std::nullopt;
  const auto lanes = take_number(stored, 1, most_argon2_lanes);
  if (!lanes || *memory < least_argon2_memory_kib * *lanes || !skip(stored, "$")) return std::nullopt;
  const auto dollar = stored.find('$');
  if (dollar == std::string_view::npos) return std::nullopt;
  auto salt = from_phc_base64(stored.substr(0, dollar));
  auto hash = from_phc_base64(stored.substr(dollar + 1));
  if (!salt || !hash || !is_between(salt->size(), 8, 64) || !is_between(hash->size(), 16, 64)) return std::nullopt;
  return Argon2Text{*memory, *passes, *lanes, std::move(*salt), std::move(*hash)};
}

std::string to_text(const Argon2Text& argon2) {
  return "$argon2id$v=19$m=" + std::to_string(argon2.memory_kib) + ",t=" + std::to_string(argon2.passes) +
         ",p=" + std::to_string(argon2.lanes) + "$" + to_phc_base64(argon2.salt) + "$" + to_phc_base64(argon2.hash);
}

}  // namespace rowan::crypto
