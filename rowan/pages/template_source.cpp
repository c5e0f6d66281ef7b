#include <algorithm>
#include <array>
#include <rowan/pages/template_source.hpp>

namespace rowan::pages {

namespace {

constexpr int deepest_include = 4;
constexpr std::string_view space = " \t\r\n";

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(space);
  if (begin == std::string_view::npos) return {};
  return text.substr(begin, text.find_last_not_of(space) - begin + 1);
}

// A long sentence may be wrapped and indented in the file; its key is one line.
std::string one_line(std::string_view text) {
  std::string line;
  for (const char c : trimmed(text)) {
    const bool blank = space.find(c) != std::string_view::npos;
    if (!blank)
      line += c;
    else if (line.back() != ' ')
      line += ' ';
  }
  return line;
}

std::string lower(std::string_view text) {
  std::string result(text);
  for (char& c : result)
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  return result;
}

bool is_name(std::string_view name) {
  const auto plain = [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; };
  return !name.empty() && name[0] >= 'a' && name[0] <= 'z' && std::ranges::all_of(name, plain);
}

class Reader {
 public:
  Reader(std::string_view name, const SourceLookups& lookups, std::vector<std::string>& problems)
      : name_(name), lookups_(lookups), problems_(problems) {
    source_.html = name.ends_with(".html");
  }

  TemplateSource read(std::string_view text) {
    source_.whole = lower(text.substr(0, 64)).find("<!doctype") != std::string::npos;
    read_text(text, {});
    return std::move(source_);
  }

 private:
  // An included file: how deep, and the words it was given. `takes` tells whether it shows them.
  struct Inside {
    int depth = 0;
    std::string_view words{};
    bool* takes = nullptr;
  };

  void read_text(std::string_view text, const Inside& inside) {
    while (!text.empty()) {
      const auto open = text.find("[[");
      literal(text.substr(0, open));
      if (open == std::string_view::npos) return;
      const auto close = text.find("]]", open);
      if (close == std::string_view::npos) return problem("\"[[\" without \"]]\"");
      marker(text.substr(open + 2, close - open - 2), inside);
      text.remove_prefix(close + 2);
    }
  }

  void literal(std::string_view text) {
    check_tags(text);
    if (source_.html) check_forms(text);
    append(text);
  }

  void marker(std::string_view written, const Inside& inside) {
    if (written.starts_with("form \"")) return form(argument(written));
    if (written.starts_with("asset \"")) return asset(argument(written).first);
    if (written.starts_with("title \"")) return title(argument(written).first);
    if (written.starts_with("include \"")) return include(argument(written), inside.depth);
    if (written == "{}") return given_words(inside);
    word(written);
  }

  // A part read by itself has none to show; only what includes it knows them.
  void given_words(const Inside& inside) {
    if (inside.takes != nullptr)
      *inside.takes = true;
    else if (!name_.contains("parts/"))
      problem("\"[[{}]]\" is for parts, which show the words they are included with");
    if (!inside.words.empty()) word(inside.words);
  }

  // `keyword "first" rest`
  static std::pair<std::string_view, std::string_view> argument(std::string_view inside) {
    inside.remove_prefix(inside.find('"') + 1);
    const auto end = inside.find('"');
    if (end == std::string_view::npos) return {inside, {}};
    return {inside.substr(0, end), inside.substr(end + 1)};
  }

  // BRW-09: the token cannot be forgotten, because there is no other way to open a form that posts. `novalidate`: our
  // own sentences, in the visitor's language, instead of the browser's bubbles.
  void form(std::pair<std::string_view, std::string_view> argument) {
    const auto [action, attributes] = argument;
    check_tags(action);
    check_tags(attributes);
    for (const char* name : {"csrf_token", "return_to", "has_return_to", "step_up", "has_step_up"})
      source_.names.insert(name);
    append("<form method=\"post\" action=\"");
    append(action);
    append("\"");
    append(attributes);
    append(
        " novalidate>\n<input type=\"hidden\" name=\"_csrf_token\" value=\"{{csrf_token}}\">\n"
        "{{#has_return_to}}<input type=\"hidden\" name=\"return_to\" value=\"{{return_to}}\">{{/has_return_to}}"
        "{{#has_step_up}}<input type=\"hidden\" name=\"need\" value=\"{{step_up}}\">{{/has_step_up}}");
  }

  void asset(std::string_view file) {
    const std::string path = lookups_.asset_path(file);
    if (path.empty()) return problem("there is no asset \"" + std::string(file) + "\"");
    source_.names.insert("mount");
    append("{{mount}}/" + path);
  }

  void title(std::string_view sentence) { source_.title = one_line(sentence); }

  // [[include "file"]], or [[include "file" "words"]] for a part that shows them at its [[{}]].
  void include(std::pair<std::string_view, std::string_view> argument, int depth) {
    const auto file = argument.first;
    auto words = trimmed(argument.second);
    if (words.size() >= 2 && words.front() == '"' && words.back() == '"') words = words.substr(1, words.size() - 2);
    auto text = lookups_.file(file);
    if (!text) return problem("includes \"" + std::string(file) + "\", which does not exist");
    if (depth == deepest_include) return problem("includes \"" + std::string(file) + "\" too deeply");
    // The line that includes it ends by itself: in a plain text another end would be an empty line.
    if (text->ends_with('\n')) text->remove_suffix(1);
    bool takes = false;
    read_text(*text, {.depth = depth + 1, .words = words, .takes = &takes});
    if (takes && words.empty()) problem("gives \"" + std::string(file) + "\" no words to show");
    if (!takes && !words.empty()) problem("gives \"" + std::string(file) + "\" words, which it does not show");
  }

  void word(std::string_view inside) {
    const std::string sentence = one_line(inside);
    if (sentence.empty()) return problem("\"[[]]\" without a sentence");
    check_tags(sentence);
    source_.pieces.push_back({.is_word = true, .text = sentence});
  }

  // Only {{name}}, {{#name}}, {{/name}}, {{>name}} and {{!comment}}: a modifier or pragma could switch escaping off
  // (INJ-02).
  void check_tags(std::string_view text) {
    for (auto open = text.find("{{"); open != std::string_view::npos; open = text.find("{{", open + 2)) {
      const auto close = text.find("}}", open);
      if (close == std::string_view::npos) return problem("\"{{\" without \"}}\"");
      auto tag = text.substr(open + 2, close - open - 2);
      if (tag.starts_with('!')) continue;
      if (tag.starts_with('#') || tag.starts_with('/') || tag.starts_with('>')) tag.remove_prefix(1);
      if (!is_name(tag))
        problem("\"{{" + std::string(tag) +
                "}}\" is not a variable or section: names are lower snake case, without modifiers or pragmas");
      else
        source_.names.insert(std::string(tag));
    }
  }

  void check_forms(std::string_view text) {
    const std::string html = lower(text);
    for (auto at = html.find("<form"); at != std::string::npos; at = html.find("<form", at + 5)) {
      const auto tag = std::string_view(html).substr(at, html.find('>', at) - at);
      if (tag.find(" method=\"get\"") == std::string_view::npos)
        problem("a raw <form>: write [[form \"{{…_action}}\"]], which carries the CSRF token");
    }
  }

  void append(std::string_view text) {
    if (source_.pieces.empty() || source_.pieces.back().is_word) source_.pieces.emplace_back();
    source_.pieces.back().text += text;
  }

  void problem(const std::string& what) { problems_.push_back("template " + std::string(name_) + ": " + what); }

  std::string_view name_;
  const SourceLookups& lookups_;
  std::vector<std::string>& problems_;
  TemplateSource source_{};
};

}  // namespace

TemplateSource read_template(std::string_view name, std::string_view text, const SourceLookups& lookups,
                             std::vector<std::string>& problems) {
  return Reader(name, lookups, problems).read(text);
}

std::vector<std::string> TemplateSource::words() const {
  std::vector<std::string> words;
  if (!title.empty()) words.push_back(title);
  for (const auto& piece : pieces)
    if (piece.is_word) words.push_back(piece.text);
  return words;
}

std::string public_name(std::string_view path) {
  for (const std::string_view folder : {"pages/", "mails/"}) {
    const auto at = path.starts_with(folder) ? 0 : path.find("/" + std::string(folder));
    if (at == std::string_view::npos) continue;
    const auto before = path.substr(0, at);
    const auto file = path.substr(at + (at == 0 ? 0 : 1) + folder.size());
    const auto room = before.substr(before.find_last_of('/') + 1);
    std::string name = room.empty() ? "" : std::string(room) + "/";
    if (folder == "mails/") name += folder;
    return name + std::string(file);
  }
  return {};
}

std::string escape_html(std::string_view text) {
  std::string escaped;
  escaped.reserve(text.size() + text.size() / 8);
  for (const char c : text) {
    switch (c) {
      case '&': escaped += "&amp;"; break;
      case '<': escaped += "&lt;"; break;
      case '>': escaped += "&gt;"; break;
      case '"': escaped += "&quot;"; break;
      case '\'': escaped += "&#39;"; break;
      default: escaped += c;
    }
  }
  return escaped;
}

std::set<std::string, std::less<>> variables_of(std::string_view sentence) {
  std::set<std::string, std::less<>> names;
  for (auto open = sentence.find("{{"); open != std::string_view::npos; open = sentence.find("{{", open + 2)) {
    const auto close = sentence.find("}}", open);
    names.insert(std::string(sentence.substr(open + 2, close == std::string_view::npos ? close : close - open - 2)));
  }
  return names;
}

}  // namespace rowan::pages
