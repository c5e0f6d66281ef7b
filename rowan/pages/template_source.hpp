#pragma once
// Not installed. TemplateSource: a template file as it is written, before a language is chosen. Markers in [[ ]] are
// ours, {{ }} are ctemplate's.
//   [[Sign in]]                       a sentence, replaced by the catalogue's; {{variables}} inside it stay
//   [[form "{{action}}" class="x"]]   a POST form with its CSRF token, return_to and need; no other way to write one is
//   accepted
//   [[asset "rowan.css"]]             the address of an asset
//   [[title "Sign in"]]               the page's title
//   [[include "parts/summary.html"]]  another file's text
//   [[include "mails/parts/button.html" "Sign in"]]  the same, with a sentence that the file shows at its [[{}]]
#include <functional>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::pages {

struct TemplateSource {
  struct Piece {
    bool is_word = false;
    std::string text{};
  };
  bool html = false;    // by the ending of its name; text is not escaped
  bool whole = false;   // has its own <!doctype>: not put inside the layout
  std::string title{};  // a sentence
  std::vector<Piece> pieces{};
  std::set<std::string, std::less<>> names{};  // every variable and section it mentions

  std::vector<std::string> words() const;
};

struct SourceLookups {
  std::function<std::optional<std::string_view>(std::string_view)> file{};  // by public name
  std::function<std::string(std::string_view)> asset_path{};                // empty: there is none
};

/// Reads one template. What is wrong with it is appended to `problems`, each naming the template.
TemplateSource read_template(std::string_view name, std::string_view text, const SourceLookups& lookups,
                             std::vector<std::string>& problems);

/// The name people use for a template file: "strategies/password/pages/reset.html" → "password/reset.html",
/// "pages/layout.html" → "layout.html", "strategies/password/mails/reset.txt" → "password/mails/reset.txt". Empty when
/// it lies in no such folder.
std::string public_name(std::string_view path);

/// `&<>"'` as character references; {{variables}} have none of these.
std::string escape_html(std::string_view text);

/// The names in the {{variables}} of a sentence.
std::set<std::string, std::less<>> variables_of(std::string_view sentence);

}  // namespace rowan::pages
