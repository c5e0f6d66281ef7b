#include <cmath>
#include <cstdlib>
#include <rowan/crypto/jose/claims.hpp>

namespace rowan::crypto::jose {

const Json* claim(const Json& claims, std::string_view name) {
  for (const auto& [key, value] : claims.fields_view())
    if (key == name) return &value;
  return nullptr;
}

std::string_view text_claim(const Json& claims, std::string_view name) {
  const auto* value = claim(claims, name);
  return value != nullptr ? value->as_text().value_or(std::string_view()) : std::string_view();
}

std::optional<Timestamp> time_claim(const Json& claims, std::string_view name) {
  constexpr std::int64_t end_of_time = 253402300800;  // the year 10000
  const auto* value = claim(claims, name);
  if (value == nullptr || value->kind() != Json::Kind::number) return std::nullopt;
  if (const auto seconds = value->as_integer()) {
    if (*seconds < 0 || *seconds >= end_of_time) return std::nullopt;
    return Timestamp(std::chrono::seconds(*seconds));
  }
  const double seconds = std::strtod(value->text().c_str(), nullptr);
  if (!(seconds >= 0 && seconds < static_cast<double>(end_of_time))) return std::nullopt;
  return Timestamp(std::chrono::microseconds(static_cast<std::int64_t>(std::floor(seconds * 1e6))));
}

std::vector<std::string_view> audience_claim(const Json& claims) {
  const auto* value = claim(claims, "aud");
  if (value == nullptr) return {};
  if (const auto one = value->as_text()) return {*one};
  const auto& all = value->items_view();
  if (all.size() > most_audiences) return {};
  std::vector<std::string_view> audiences;
  audiences.reserve(all.size());
  for (const auto& item : all) {
    const auto text = item.as_text();
    if (!text) return {};
    audiences.push_back(*text);
  }
  return audiences;
}

}  // namespace rowan::crypto::jose
