#include <algorithm>
#include <rowan/http/media.hpp>
#include <rowan/http/token.hpp>

namespace rowan::http {

namespace {

constexpr std::size_t max_content_type = 512;
constexpr std::size_t max_accept = 2048;
constexpr std::size_t max_parameters = 16;
constexpr std::size_t max_languages = 16;
constexpr std::size_t max_language_tag = 35;

bool is_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool is_digit(char c) { return c >= '0' && c <= '9'; }

std::string to_lower(std::string_view text) {
  std::string lower(text);
  for (char& c : lower) c = c >= 'A' && c <= 'Z' ? static_cast<char>(c + ('a' - 'A')) : c;
  return lower;
}

std::string_view take_token(std::string_view& text) {
  const auto end = std::find_if_not(text.begin(), text.end(), is_token_character);
  const auto token = text.substr(0, static_cast<std::size_t>(end - text.begin()));
  text.remove_prefix(token.size());
  return token;
}

// RFC 9110 section 5.6.4: quoted-string, the opening quote already seen.
std::optional<std::string> take_quoted(std::string_view& text) {
  std::string value;
  for (std::size_t i = 1; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"') {
      text.remove_prefix(i + 1);
      return value;
    }
    if (c == '\\') {
      if (++i == text.size()) return std::nullopt;
      c = text[i];
    }
    const auto byte = static_cast<unsigned char>(c);
    if ((byte < 0x20 && c != '\t') || byte == 0x7F) return std::nullopt;
    value += c;
  }
  return std::nullopt;
}

std::optional<std::string> take_value(std::string_view& text) {
  if (text.starts_with('"')) return take_quoted(text);
  const auto token = take_token(text);
  if (token.empty()) return std::nullopt;
  return std::string(token);
}

// RFC 9110 section 12.4.2: "0" [ "." 0*3DIGIT ] / "1" [ "." 0*3("0") ], in thousandths.
std::optional<int> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  int quality = (text[0] - '0') * 1000;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  int scale = 100;
  for (const char c : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!is_digit(c)) return std::nullopt;
    quality += (c - '0') * scale;
    scale /= 10;
  }
  if (quality > 1000) return std::nullopt;
  return quality;
}

// The entries of a comma-separated field. Only for fields whose entries hold no quoted comma we would care for.
template <class Visit>
void for_each_entry(std::string_view list, Visit visit) {
  for (bool last = false; !last;) {
    const auto comma = list.find(',');
    last = comma == std::string_view::npos;
    visit(without_outer_whitespace(list.substr(0, comma)));
    if (!last) list.remove_prefix(comma + 1);
  }
}

// RFC 4647 section 2.1: 1*8ALPHA *("-" 1*8alphanum), or "*".
bool is_language_tag(std::string_view tag) {
  if (tag == "*") return true;
  if (tag.size() > max_language_tag) return false;
  for (bool first = true, last = false; !last; first = false) {
    const auto hyphen = tag.find('-');
    last = hyphen == std::string_view::npos;
    const auto part = tag.substr(0, hyphen);
    if (part.empty() || part.size() > 8) return false;
    if (!std::all_of(part.begin(), part.end(), [&](char c) { return is_letter(c) || (!first && is_digit(c)); }))
      return false;
    if (!last) tag.remove_prefix(hyphen + 1);
  }
  return true;
}

std::optional<LanguageRange> parse_language(std::string_view entry) {
  const auto semicolon = entry.find(';');
  const auto tag = without_outer_whitespace(entry.substr(0, semicolon));
  if (!is_language_tag(tag)) return std::nullopt;
  if (semicolon == std::string_view::npos) return LanguageRange{.tag = to_lower(tag)};
  const auto parameters = parse_parameters(entry.substr(semicolon));
  if (!parameters || parameters->size() != 1 || parameters->front().name != "q") return std::nullopt;
  const auto quality = parse_quality(parameters->front().value);
  if (!quality) return std::nullopt;
  return LanguageRange{.tag = to_lower(tag), .quality = *quality};
}

}  // namespace

std::optional<std::vector<Parameter>> parse_parameters(std::string_view text) {
  std::vector<Parameter> parameters;
  for (text = without_outer_whitespace(text); !text.empty(); text = without_outer_whitespace(text)) {
    if (!text.starts_with(';') || parameters.size() == max_parameters) return std::nullopt;
    text = without_outer_whitespace(text.substr(1));
    std::string name = to_lower(take_token(text));
    if (name.empty() || !text.starts_with('=')) return std::nullopt;
    text.remove_prefix(1);
    auto value = take_value(text);
    if (!value) return std::nullopt;
    if (std::any_of(parameters.begin(), parameters.end(), [&](const Parameter& p) { return p.name == name; }))
      return std::nullopt;
    parameters.push_back({std::move(name), *std::move(value)});
  }
  return parameters;
}

std::optional<std::string_view> MediaType::parameter(std::string_view lower_case_name) const {
  for (const auto& parameter : parameters)
    if (parameter.name == lower_case_name) return parameter.value;
  return std::nullopt;
}

std::optional<MediaType> parse_media_type(std::string_view content_type) {
  if (content_type.size() > max_content_type) return std::nullopt;
  content_type = without_outer_whitespace(content_type);
  const auto type = take_token(content_type);
  if (type.empty() || !content_type.starts_with('/')) return std::nullopt;
  content_type.remove_prefix(1);
  const auto subtype = take_token(content_type);
  if (subtype.empty()) return std::nullopt;
  auto parameters = parse_parameters(content_type);
  if (!parameters) return std::nullopt;
  return MediaType{.name = to_lower(type) + '/' + to_lower(subtype), .parameters = *std::move(parameters)};
}

bool accepts_json(std::string_view accept) {
  if (accept.size() > max_accept) return false;
  int json = 0, html = 0;
  for_each_entry(accept, [&](std::string_view entry) {
    const auto type = parse_media_type(entry);
    if (!type) return;
    const auto quality = parse_quality(type->parameter("q").value_or("1"));
    if (!quality) return;
    if (type->name == "application/json") json = std::max(json, *quality);
    if (type->name == "text/html") html = std::max(html, *quality);
  });
  return json > 0 && json >= html;
}

std::vector<LanguageRange> parse_accept_language(std::string_view accept_language) {
  std::vector<LanguageRange> ranges;
  if (accept_language.size() > max_accept) return ranges;
  for_each_entry(accept_language, [&](std::string_view entry) {
    auto range = parse_language(entry);
    if (range && range->quality > 0 && ranges.size() < max_languages) ranges.push_back(*std::move(range));
  });
  std::stable_sort(ranges.begin(), ranges.end(), [](const auto& a, const auto& b) { return a.quality > b.quality; });
  return ranges;
}

}  // namespace rowan::http
