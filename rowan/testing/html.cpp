#include <algorithm>
#include <array>
#include <cctype>
#include <rowan/testing/html.hpp>

namespace rowan::testing {

namespace {

constexpr std::size_t max_forms = 64, max_fields = 256;

std::string without_entities(std::string_view text) {
  static constexpr std::array<std::pair<std::string_view, char>, 6> entities{
      {{"&amp;", '&'}, {"&lt;", '<'}, {"&gt;", '>'}, {"&quot;", '"'}, {"&#39;", '\''}, {"&#x27;", '\''}}};
  std::string out;
  while (!text.empty()) {
    const auto* const entity =
        std::ranges::find_if(entities, [&](const auto& candidate) { return text.starts_with(candidate.first); });
    if (entity == entities.end()) {
      out += text.front();
      text.remove_prefix(1);
    } else {
      out += entity->second;
      text.remove_prefix(entity->first.size());
    }
  }
  return out;
}

bool is_blank(char c) { return c == ' ' || c == '\n' || c == '\t' || c == '\r'; }

struct Tag {
  std::string name{};  // "/form" for an end
  std::vector<std::pair<std::string, std::string>> attributes{};

  bool has(std::string_view attribute) const {
    return std::ranges::any_of(attributes, [&](const auto& pair) { return pair.first == attribute; });
  }
  std::string get(std::string_view attribute) const {
    for (const auto& [name, value] : attributes)
      if (name == attribute) return value;
    return {};
  }
};

// Goes from tag to tag and hands out the words in between.
class Scanner {
 public:
  explicit Scanner(std::string_view html) : rest_(html) {}

  bool next() {
    const auto start = rest_.find('<');
    words_ = rest_.substr(0, start);
    if (start == std::string_view::npos) {
      rest_ = {};
      return false;
    }
    rest_.remove_prefix(start + 1);
    tag_ = {};
    if (rest_.starts_with("!--")) {
      skip_to("-->");
      return true;
    }
    while (!rest_.empty() && rest_.front() != '>' && !is_blank(rest_.front())) tag_.name += take();
    read_attributes();
    if (!rest_.empty()) rest_.remove_prefix(1);  // '>'
    if (tag_.name == "script" || tag_.name == "style") skip_to("</" + tag_.name + ">");
    return true;
  }

  const Tag& tag() const { return tag_; }
  std::string_view words() const { return words_; }

 private:
  char take() {
    const char c = rest_.front();
    rest_.remove_prefix(1);
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
  }
  void skip_blanks() {
    while (!rest_.empty() && (is_blank(rest_.front()) || rest_.front() == '/')) rest_.remove_prefix(1);
  }
  void skip_to(std::string_view end) {
    const auto at = rest_.find(end);
    rest_ = at == std::string_view::npos ? std::string_view() : rest_.substr(at + end.size());
  }

  void read_attributes() {
    for (skip_blanks(); !rest_.empty() && rest_.front() != '>'; skip_blanks()) {
      std::string name, value;
      while (!rest_.empty() && rest_.front() != '=' && rest_.front() != '>' && !is_blank(rest_.front())) name += take();
      if (!rest_.empty() && rest_.front() == '=') {
        rest_.remove_prefix(1);
        value = read_value();
      }
      tag_.attributes.emplace_back(std::move(name), std::move(value));
    }
  }

  std::string read_value() {
    const char quote = rest_.empty() ? '\0' : rest_.front();
    std::size_t end = 0;
    if (quote == '"' || quote == '\'') {
      rest_.remove_prefix(1);
      end = std::min(rest_.find(quote), rest_.size());
    } else {
      end = std::min(rest_.find_first_of(" \n\t\r>"), rest_.size());
    }
    auto value = without_entities(rest_.substr(0, end));
    rest_.remove_prefix(end);
    if ((quote == '"' || quote == '\'') && !rest_.empty()) rest_.remove_prefix(1);
    return value;
  }

  std::string_view rest_, words_{};
  Tag tag_{};
};

}  // namespace

std::vector<HtmlForm> forms_in(std::string_view html) {
  std::vector<HtmlForm> forms;
  bool inside = false;
  Scanner scanner(html);
  while (scanner.next()) {
    const auto& tag = scanner.tag();
    if (tag.name == "form" && forms.size() < max_forms) {
      forms.push_back({.id = tag.get("id"), .action = tag.get("action"), .method = tag.get("method")});
      inside = true;
    } else if (tag.name == "/form") {
      inside = false;
    } else if (inside && (tag.name == "input" || tag.name == "button") && !tag.get("name").empty() &&
               forms.back().fields.size() < max_fields) {
      auto type = tag.has("type") ? tag.get("type") : std::string(tag.name == "button" ? "submit" : "text");
      auto value = tag.has("value") || type != "checkbox" ? tag.get("value") : std::string("on");
      forms.back().fields.push_back(
          {.name = tag.get("name"), .value = std::move(value), .type = std::move(type), .checked = tag.has("checked")});
    }
  }
  return forms;
}

std::string text_of(std::string_view html) {
  std::string text;
  Scanner scanner(html);
  const auto add = [&](std::string_view words) {
    for (const char c : without_entities(words)) {
      if (!is_blank(c))
        text += c;
      else if (!text.empty() && text.back() != ' ')
        text += ' ';
    }
    if (!text.empty() && text.back() != ' ') text += ' ';
  };
  while (scanner.next()) add(scanner.words());
  add(scanner.words());
  return text;
}

}  // namespace rowan::testing
