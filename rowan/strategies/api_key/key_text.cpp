#include <algorithm>
#include <array>
#include <rowan/base/base62.hpp>
#include <rowan/base/crc32.hpp>
#include <rowan/strategies/api_key/key_text.hpp>

namespace rowan::strategies::api_key {

namespace {

constexpr std::size_t secret_bytes = 32, id_bytes = 16, sum_bytes = 4;
constexpr std::size_t body_size = base62_size(secret_bytes + id_bytes), sum_size = base62_size(sum_bytes);

std::array<std::byte, sum_bytes> sum_of(std::string_view text) {
  const auto sum = crc32(text);
  return {static_cast<std::byte>(sum >> 24U), static_cast<std::byte>(sum >> 16U & 255U),
          static_cast<std::byte>(sum >> 8U & 255U), static_cast<std::byte>(sum & 255U)};
}

using Body = std::array<std::byte, secret_bytes + id_bytes>;

// Empty when `into` has the secret and the id.
std::string_view read_key(std::string_view prefix, std::string_view text, Body& into) {
  if (!looks_like_key(prefix, text)) return "an API key of another prefix";
  if (text.size() != prefix.size() + 1 + body_size + 1 + sum_size) return "an API key of a wrong length";
  const auto sum_text = text.substr(text.size() - sum_size);
  const auto before = text.substr(0, text.size() - sum_size - 1);
  if (text[before.size()] != '_') return "an API key without its checksum";
  std::array<std::byte, sum_bytes> sum{};
  if (!from_base62(sum_text, sum) || sum != sum_of(before)) return "an API key with a wrong checksum";
  if (!from_base62(before.substr(prefix.size() + 1), into)) return "an API key that is not base62";
  return {};
}

}  // namespace

std::string write_key(std::string_view prefix, const Uuid& id, Random& random) {
  Body body{};
  random.fill(std::span(body).first(secret_bytes));
  std::ranges::copy(id.bytes, body.begin() + secret_bytes);
  auto text = std::string(prefix) + "_" + to_base62(body);
  text += "_" + to_base62(sum_of(text));
  return text;
}

bool looks_like_key(std::string_view prefix, std::string_view text) {
  return text.size() > prefix.size() && text.starts_with(prefix) && text[prefix.size()] == '_';
}

std::string_view fault_of_key(std::string_view prefix, std::string_view text) {
  Body body{};
  return read_key(prefix, text, body);
}

std::optional<Uuid> id_of_key(std::string_view prefix, std::string_view text) {
  Body body{};
  if (!read_key(prefix, text, body).empty()) return std::nullopt;
  Uuid id;
  std::copy(body.begin() + secret_bytes, body.end(), id.bytes.begin());
  return id;
}

std::string hint_of_key(std::string_view prefix, std::string_view text) {
  return std::string(prefix) + "_…" + std::string(text.substr(text.size() - std::min(text.size(), sum_size)));
}

}  // namespace rowan::strategies::api_key
