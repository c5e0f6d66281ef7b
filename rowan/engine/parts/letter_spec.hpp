#pragma once
// LetterSpec: a room's description of the mails it sends, so that each can be shown, translated and checked without
// being sent.
#include <rowan/engine/services.hpp>
#include <string>
#include <vector>

namespace rowan {

/// A name that a letter's templates may use.
struct LetterField {
  enum class Kind { text, moment, link_page, page, home };
  std::string name{};
  Kind kind = Kind::text;
  std::string example{};  // for a text: an example; for a link_page: the path that its room declares
  PageName page{};        // for a page
};

/// A mail of a room. Every mail also says when, from where and with which browser it was asked for; do not declare
/// those fields.
struct LetterSpec {
  std::string name{};      // "otp/sign_in": otp/mails/sign_in.txt and .html
  std::string sentence{};  // when it is sent
  std::vector<LetterField> fields{};
  /// It tells the owner what happened to the account: AuthOptions::notices_off may name it.
  bool is_notice = false;
};

namespace letter {

inline LetterField text(std::string name, std::string example) {
  return {.name = std::move(name), .kind = LetterField::Kind::text, .example = std::move(example), .page = {}};
}
inline LetterField moment(std::string name) {
  return {.name = std::move(name), .kind = LetterField::Kind::moment, .example = {}, .page = {}};
}
/// `link` leads, with a token, to the page of mailed links that is declared at this path; `expires_at` says until when
/// it works.
inline std::vector<LetterField> link_until(std::string_view declared) {
  return {{.name = "link", .kind = LetterField::Kind::link_page, .example = std::string(declared), .page = {}},
          moment("expires_at")};
}
/// `link` leads to a page of the application. It is empty when that page is not mounted.
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
