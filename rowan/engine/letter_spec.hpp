#pragma once
// What a room says about the mails it sends, so that each can be shown, translated and checked without being sent.
#include <rowan/engine/services.hpp>
#include <string>
#include <vector>

namespace rowan {

/// Something a letter's templates may name.
struct LetterField {
  enum class Kind { text, moment, link_page, page, home };
  std::string name{};
  Kind kind = Kind::text;
  std::string example{};  // of a text; of a link_page the path that its room declares
  PageName page{};        // of a page
};

/// A mail of a room. When, from where and with which browser it was asked for is in every one of them.
struct LetterSpec {
  std::string name{};      // "otp/sign_in": otp/mails/sign_in.txt and .html
  std::string sentence{};  // when it is sent
  std::vector<LetterField> fields{};
};

namespace letter {

inline LetterField text(std::string name, std::string example) {
  return {.name = std::move(name), .kind = LetterField::Kind::text, .example = std::move(example), .page = {}};
}
inline LetterField moment(std::string name) {
  return {.name = std::move(name), .kind = LetterField::Kind::moment, .example = {}, .page = {}};
}
/// `link` leads to the page of mailed links declared at this path, with a token; and `expires_at` says until when.
inline std::vector<LetterField> link_until(std::string_view declared) {
  return {{.name = "link", .kind = LetterField::Kind::link_page, .example = std::string(declared), .page = {}},
          moment("expires_at")};
}
/// `link` leads to a page of the application, if it is mounted.
inline LetterField link_to(PageName page) {
  return {.name = "link", .kind = LetterField::Kind::page, .example = {}, .page = page};
}
inline LetterField link_home() { return {.name = "link", .kind = LetterField::Kind::home, .example = {}, .page = {}}; }

inline std::vector<LetterField> fields(std::vector<LetterField> first, const std::vector<LetterField>& more) {
  first.insert(first.end(), more.begin(), more.end());
  return first;
}

}  // namespace letter

}  // namespace rowan
