#include <rowan/base/email_address.hpp>

#include <idn2.h>
#include <algorithm>
#include <array>
#include <cstdint>
#include <memory>
#include <optional>
#include <rowan/base/try.hpp>
#include <rowan/base/unicode.hpp>
#include <rowan/base/utf8.hpp>

namespace rowan {

namespace {

constexpr std::size_t max_typed = 1024;  // 64 + '@' + 189 ASCII characters, each at most four bytes of UTF-8
constexpr std::size_t max_local = 64;
constexpr std::size_t max_label = 63;
constexpr std::size_t max_whole = 254;

Error invalid(std::string reason) {
  return {.code = ErrorCode::invalid_input,
          .reason = "e-mail address: " + std::move(reason),
          .fields = {{.code = "invalid"}}};
}

std::string lower_ascii(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

std::string_view trim_blanks(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

bool is_alphanumeric(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }

// RFC 5322 section 3.2.3: atext
bool is_atext(char c) { return is_alphanumeric(c) || std::string_view("!#$%&'*+-/=?^_`{|}~").contains(c); }

struct Range {
  std::uint32_t first, last;
};

// Blanks, format characters, variation selectors, private use, noncharacters, and the look-alikes of '@'.
constexpr std::array refused_ranges = std::to_array<Range>({
    {0x0080, 0x00A0},   {0x00AD, 0x00AD},   {0x034F, 0x034F},    {0x0600, 0x0605},   {0x061C, 0x061C},
    {0x06DD, 0x06DD},   {0x070F, 0x070F},   {0x0890, 0x0891},    {0x08E2, 0x08E2},   {0x115F, 0x1160},
    {0x1680, 0x1680},   {0x17B4, 0x17B5},   {0x180B, 0x180F},    {0x2000, 0x200F},   {0x2028, 0x202F},
    {0x205F, 0x206F},   {0x2800, 0x2800},   {0x3000, 0x3000},    {0x3164, 0x3164},   {0xE000, 0xF8FF},
    {0xFDD0, 0xFDEF},   {0xFE00, 0xFE0F},   {0xFE6B, 0xFE6B},    {0xFEFF, 0xFEFF},   {0xFF20, 0xFF20},
    {0xFFA0, 0xFFA0},   {0xFFF0, 0xFFFF},   {0x110BD, 0x110BD},  {0x110CD, 0x110CD}, {0x13430, 0x1345F},
    {0x1BCA0, 0x1BCA3}, {0x1D173, 0x1D17A}, {0xE0000, 0x10FFFF},
});

bool is_refused(std::uint32_t code_point) {
  if ((code_point & 0xFFFE) == 0xFFFE) return true;
  return std::any_of(refused_ranges.begin(), refused_ranges.end(),
                     [&](const Range& range) { return code_point >= range.first && code_point <= range.last; });
}

// The code point at the front of valid UTF-8, which it takes off.
std::uint32_t take_code_point(std::string_view& text) {
  const auto byte = [&](std::size_t i) { return static_cast<std::uint32_t>(static_cast<unsigned char>(text[i])); };
  const std::uint32_t lead = byte(0);
  const std::size_t size = lead < 0x80 ? 1 : lead < 0xE0 ? 2 : lead < 0xF0 ? 3 : 4;
  std::uint32_t code_point = size == 1 ? lead : lead & (0xFFU >> (size + 1));
  for (std::size_t i = 1; i < size; ++i) code_point = code_point << 6 | (byte(i) & 0x3F);
  text.remove_prefix(size);
  return code_point;
}

bool is_all_visible(std::string_view text) {
  while (!text.empty())
    if (is_refused(take_code_point(text))) return false;
  return true;
}

bool is_local_part(std::string_view local) {
  if (local.empty() || local.size() > max_local) return false;
  if (local.starts_with('.') || local.ends_with('.') || local.contains("..")) return false;
  return std::all_of(local.begin(), local.end(),
                     [](char c) { return c == '.' || is_atext(c) || static_cast<unsigned char>(c) >= 0x80; });
}

// RFC 1123 section 2.1: letters, digits, hyphens inside.
bool is_label(std::string_view label) {
  return !label.empty() && label.size() <= max_label && !label.starts_with('-') && !label.ends_with('-') &&
         std::all_of(label.begin(), label.end(), [](char c) { return is_alphanumeric(c) || c == '-'; });
}

bool is_host_name(std::string_view domain) {
  if (domain == "localhost") return true;
  std::size_t labels = 0;
  std::string_view label;
  for (std::string_view rest = domain;; ++labels) {
    const auto dot = rest.find('.');
    label = rest.substr(0, dot);
    if (!is_label(label)) return false;
    if (dot == std::string_view::npos) break;
    rest.remove_prefix(dot + 1);
  }
  // RFC 3696 section 2: a top-level domain is not all-numeric; else an address of the IPv4 kind would pass for a name.
  return labels > 0 && !std::all_of(label.begin(), label.end(), [](char c) { return c >= '0' && c <= '9'; });
}

// Lower-case A-labels of a domain in NFC, or nothing. Also undoes and checks "xn--" labels as typed: both spellings
// share a key.
std::optional<std::string> to_a_labels(const std::string& domain) {
  std::string lower = lower_ascii(domain);
  if (is_ascii(lower) && !lower.starts_with("xn--") && !lower.contains(".xn--")) return lower;
  std::uint8_t* raw = nullptr;
  const auto* input = reinterpret_cast<const std::uint8_t*>(lower.c_str());
  if (::idn2_lookup_u8(input, &raw, IDN2_NFC_INPUT | IDN2_NONTRANSITIONAL) != IDN2_OK) return std::nullopt;
  const std::unique_ptr<std::uint8_t, decltype(&::idn2_free)> owned(raw, &::idn2_free);
  std::string labels = lower_ascii(reinterpret_cast<const char*>(owned.get()));
  // UTS #46 maps other full stops to '.', and signs to several letters: the shape seen must be the shape kept.
  if (std::count(labels.begin(), labels.end(), '.') != std::count(domain.begin(), domain.end(), '.'))
    return std::nullopt;
  return labels;
}

}  // namespace

Result<EmailAddress> EmailAddress::parse(std::string_view typed) {
  if (typed.size() > max_typed) return invalid("too long");
  if (!is_storable_text(typed)) return invalid("not UTF-8");
  std::string shown = to_nfc(trim_blanks(typed));
  if (has_control_characters(shown) || !is_all_visible(shown)) return invalid("an invisible character");
  const auto at = shown.find('@');
  if (at == std::string::npos || shown.find('@', at + 1) != std::string::npos) return invalid("not exactly one @");
  const std::string local = shown.substr(0, at);
  if (!is_local_part(local)) return invalid("local part");
  const auto domain = to_a_labels(shown.substr(at + 1));
  if (!domain || !is_host_name(*domain)) return invalid("domain");
  if (local.size() + 1 + domain->size() > max_whole) return invalid("too long");
  // Once more NFC: "H" + U+0331 is, "h" + U+0331 is not.
  return EmailAddress(std::move(shown), to_nfc(lower_ascii(local)) + '@' + *domain);
}

}  // namespace rowan
