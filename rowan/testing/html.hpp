#pragma once
// Not installed. What a browser needs of a page that Rowan wrote itself: its forms and what a reader sees. No HTML
// parser: tags, attributes and the five entities we write.
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace rowan::testing {

struct HtmlField {
  std::string name{}, value{};
  std::string type = "text";  // of <input>; "submit" for a button with a name
  bool checked = false;       // of a checkbox or radio button; unchecked ones are not sent
};

struct HtmlForm {
  std::string id{}, action{}, method = "get";
  std::vector<HtmlField> fields{};
};

/// The forms of a page, in order. At most 64 forms of 256 fields; the rest is left out.
std::vector<HtmlForm> forms_in(std::string_view html);

/// The words between the tags, entities undone, blanks folded.
std::string text_of(std::string_view html);

}  // namespace rowan::testing
