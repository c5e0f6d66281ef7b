#include <zxcvbn.h>
#include <rowan/base/email_address.hpp>
#include <rowan/base/unicode.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/strategies/password/policy.hpp>

namespace rowan::strategies::password {

namespace {

constexpr std::size_t hashed_bytes = 4096;

// What an attacker tries first: one entry of zxcvbn's lists (which hold the most common passwords, some 10,000 of them,
// common words and names), or a pattern as easy to guess as the 65,536th guess: a repeated word, a keyboard row, a
// count from one.
constexpr double least_bits = 16;
constexpr std::size_t judged_bytes = 64;  // no entry is longer; and the judge's work grows faster than its input

bool same_word(std::string_view folded, std::string_view word) {
  return !word.empty() && is_valid_utf8(word) && folded == fold_case(word);
}

}  // namespace

std::optional<std::string> normalised(std::string_view typed) {
  if (typed.size() > hashed_bytes || !is_valid_utf8(typed)) return std::nullopt;
  return to_nfc(typed);
}

bool is_common(std::string_view password) {
  const std::string text(password.substr(0, judged_bytes));
  if (text.find('\0') != std::string::npos) return false;
  const char* no_words[] = {nullptr};
  ZxcMatch_t* parts = nullptr;
  const double bits = ZxcvbnMatch(text.c_str(), no_words, &parts);
  const bool whole =
      parts != nullptr && parts->Next == nullptr && parts->Type == DICTIONARY_MATCH && password.size() <= judged_bytes;
  ZxcvbnFreeInfo(parts);
  return whole || bits < least_bits;
}

std::optional<FieldError> fault_of(std::string_view password, std::string_view email, const PasswordOptions& options) {
  const auto length = count_code_points(password);
  if (length < options.minimum_length)
    return FieldError{
        .field = "password", .code = "too_short", .limit = static_cast<std::int64_t>(options.minimum_length)};
  if (length > options.maximum_length)
    return FieldError{
        .field = "password", .code = "too_long", .limit = static_cast<std::int64_t>(options.maximum_length)};
  const auto folded = fold_case(password);
  if (same_word(folded, email) || same_word(folded, email.substr(0, email.find('@'))))
    return FieldError{.field = "password", .code = "contains_identifier"};
  for (const auto& word : options.forbidden_words)
    if (same_word(folded, word)) return FieldError{.field = "password", .code = "common"};
  if (is_common(password)) return FieldError{.field = "password", .code = "common"};
  return std::nullopt;
}

}  // namespace rowan::strategies::password
