#include <algorithm>
#include <rowan/strategies/webauthn/relying_party.hpp>

namespace rowan::strategies::webauthn {

std::string quoted(std::string_view text) {
  constexpr std::size_t most = 80;
  std::string shown(text.substr(0, most));
  std::ranges::replace_if(shown, [](char c) { return c < 0x20 || c > 0x7E || c == '"' || c == '\\'; }, '?');
  return '"' + shown + (text.size() > most ? "…\"" : "\"");
}

bool is_same(Bytes a, Bytes b) { return std::ranges::equal(a, b); }

}  // namespace rowan::strategies::webauthn
