#include <algorithm>
#include <array>
#include <cstdint>
#include <rowan/engine/parts/typed_code.hpp>

namespace rowan {

namespace {

struct Span {
  char32_t first, last;
};

// Unicode's White_Space, Dash and what it calls default ignorable, as far as mail programs, messengers and keyboards
// use them.
constexpr std::array decoration{
    Span{0x09, 0x0D},     Span{0x20, 0x20},     Span{0x2D, 0x2E},      // blanks and line ends; - and .
    Span{0x5F, 0x5F},     Span{0x85, 0x85},     Span{0xA0, 0xA0},      // _, next line, no-break space
    Span{0xAD, 0xAD},     Span{0x034F, 0x034F}, Span{0x061C, 0x061C},  // soft hyphen, joiner, Arabic letter mark
    Span{0x1680, 0x1680}, Span{0x180E, 0x180E},                        //
    Span{0x2000, 0x2015},                                              // spaces, zero-width marks, dashes
    Span{0x2028, 0x202F}, Span{0x2043, 0x2043}, Span{0x205F, 0x206F},  // line ends, directions, word joiner
    Span{0x2212, 0x2212}, Span{0x3000, 0x3000}, Span{0xFE00, 0xFE0F},  // minus, ideographic space, variations
    Span{0xFE58, 0xFE58}, Span{0xFE63, 0xFE63}, Span{0xFEFF, 0xFEFF},  // small dashes, byte order mark
};

bool is_decoration(char32_t c) {
  return std::ranges::any_of(decoration, [c](const Span& span) { return c >= span.first && c <= span.last; });
}

// The ASCII character that it stands for, else itself.
char32_t to_ascii(char32_t c) {
  if (c >= 0xFF01 && c <= 0xFF5E) c -= 0xFF01 - '!';     // full-width
  if (c >= 0x0660 && c <= 0x0669) c = c - 0x0660 + '0';  // Arabic-Indic digits
  if (c >= 0x06F0 && c <= 0x06F9) c = c - 0x06F0 + '0';  // extended ones
  return c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c;
}

// Takes the character at the front. A byte that begins none is taken alone, and stands for itself above U+10FFFF, where
// no character is.
char32_t take(std::string_view& text) {
  const auto lead = static_cast<unsigned char>(text[0]);
  const std::size_t length = lead < 0x80 ? 1 : lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : lead >= 0xC2 ? 2 : 0;
  char32_t c = length <= 1 ? lead : lead & (0x7FU >> length);
  bool whole = length > 0 && length <= text.size();
  for (std::size_t i = 1; whole && i < length; ++i) {
    const auto next = static_cast<unsigned char>(text[i]);
    whole = (next & 0xC0U) == 0x80;
    c = c << 6 | (next & 0x3FU);
  }
  text.remove_prefix(whole ? length : 1);
  return whole ? c : 0x110000 + lead;
}

constexpr std::array<std::string_view, 4> look_alikes{"0O", "1IL", "2Z", "5S"};

}  // namespace

std::string bare_code(std::string_view typed) {
  std::string bare;
  while (!typed.empty()) {
    const auto before = typed;
    const auto c = to_ascii(take(typed));
    if (is_decoration(c)) continue;
    if (c < 0x80)
      bare += static_cast<char>(c);
    else
      bare += before.substr(0, before.size() - typed.size());
  }
  return bare;
}

std::string without_look_alikes(std::string_view bare, std::string_view alphabet) {
  std::string code(bare);
  for (auto& c : code) {
    if (alphabet.contains(c)) continue;
    const auto group = std::ranges::find_if(look_alikes, [c](std::string_view all) { return all.contains(c); });
    if (group == look_alikes.end()) continue;
    std::string meant;
    std::ranges::copy_if(*group, std::back_inserter(meant), [&](char other) { return alphabet.contains(other); });
    if (meant.size() == 1) c = meant.front();
  }
  return code;
}

}  // namespace rowan
