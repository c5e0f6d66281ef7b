#include <algorithm>
#include <array>
#include <map>
#include <rowan/tokens/extra_claims.hpp>

namespace rowan::tokens {

namespace {

constexpr std::size_t most_name_bytes = 64;
constexpr int deepest = 8;

constexpr std::array<std::string_view, 32> reserved{
    "iss",       "sub",      "aud",     "exp",   "nbf",     "iat",       "jti",       "purpose",
    "auth_time", "amr",      "acr",     "sid",   "tenant",  "client_id", "scope",     "methods",
    "azp",       "act",      "cnf",     "nonce", "at_hash", "c_hash",    "s_hash",    "may_act",
    "active",    "username", "subject", "typ",   "alg",     "kid",       "token_use", "token_type"};

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= most_name_bytes && std::ranges::all_of(name, [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("_-.:/").contains(c);
  });
}

// Takes what follows off the front of a text; false when it is not there.
bool take(std::string_view& text, char c) {
  if (!text.starts_with(c)) return false;
  text.remove_prefix(1);
  return true;
}

bool take_text(std::string_view& text) {
  if (!take(text, '"')) return false;
  while (!text.empty()) {
    const char c = text.front();
    if (static_cast<unsigned char>(c) < 0x20) return false;
    text.remove_prefix(1);
    if (c == '"') return true;
    if (c == '\\' && !text.empty()) text.remove_prefix(1);
  }
  return false;
}

bool take_value(std::string_view& text, int depth);

bool take_members(std::string_view& text, char end, int depth) {
  if (take(text, end)) return true;
  do {
    if (end == '}' && !(take_text(text) && take(text, ':'))) return false;
    if (!take_value(text, depth)) return false;
  } while (take(text, ','));
  return take(text, end);
}

bool take_value(std::string_view& text, int depth) {
  if (depth <= 0) return false;
  if (text.starts_with('"')) return take_text(text);
  if (take(text, '{')) return take_members(text, '}', depth - 1);
  if (take(text, '[')) return take_members(text, ']', depth - 1);
  for (const std::string_view word : {"true", "false", "null"})
    if (text.starts_with(word)) {
      text.remove_prefix(word.size());
      return true;
    }
  const auto size = std::min(text.find_first_not_of("-+.0123456789eE"), text.size());
  text.remove_prefix(size);
  return size > 0;
}

int depth_of(const Json& value) {
  int deepest_inside = 0;
  if (value.kind() == Json::Kind::object)
    for (const auto& field : value.fields_view()) deepest_inside = std::max(deepest_inside, depth_of(field.second));
  if (value.kind() == Json::Kind::array)
    for (const auto& item : value.items_view()) deepest_inside = std::max(deepest_inside, depth_of(item));
  return deepest_inside + 1;
}

Error wrong(std::string reason) { return {.code = ErrorCode::invalid_input, .reason = "claims: " + std::move(reason)}; }

}  // namespace

bool is_reserved_claim(std::string_view name) { return std::ranges::find(reserved, name) != reserved.end(); }

Result<std::string> extra_claims_text(std::span<const Json> objects) {
  std::map<std::string, Json, std::less<>> all;
  for (const auto& object : objects) {
    if (object.kind() != Json::Kind::object) return wrong("an object of names and values is expected");
    for (const auto& [name, value] : object.fields_view()) {
      if (!is_name(name)) return wrong("\"" + name + "\" is not 1 to 64 letters, digits and _-.:/");
      if (is_reserved_claim(name)) return wrong("\"" + name + "\" is reserved; choose another name");
      if (depth_of(value) > deepest) return wrong("\"" + name + "\" is nested too deeply");
      all.insert_or_assign(name, value);
    }
  }
  std::string text;
  for (const auto& [name, value] : all) text += ",\"" + name + "\":" + value.text();
  if (text.size() > max_extra_claims_bytes)
    return wrong(std::to_string(text.size()) + " bytes; at most " + std::to_string(max_extra_claims_bytes) +
                 " fit into a token");
  return text;
}

bool is_extra_claims_text(std::string_view text) {
  if (text.size() > max_extra_claims_bytes) return false;
  std::string_view before;
  while (!text.empty()) {
    if (!take(text, ',') || !take(text, '"')) return false;
    const auto end = text.substr(0, most_name_bytes + 1).find('"');
    if (end == std::string_view::npos) return false;
    const auto name = text.substr(0, end);
    if (!is_name(name) || is_reserved_claim(name) || name <= before) return false;
    before = name;
    text.remove_prefix(end + 1);
    if (!take(text, ':') || !take_value(text, deepest)) return false;
  }
  return true;
}

}  // namespace rowan::tokens
