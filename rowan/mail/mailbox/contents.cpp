#include <algorithm>
#include <rowan/mail/mailbox/contents.hpp>

namespace rowan::mail {

namespace {

constexpr std::size_t max_links = 100;

bool ends_a_url(char c) {
  return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F || std::string_view("<>\"`{}|\\^").contains(c);
}

std::string_view without_punctuation(std::string_view url) {
  // Not '-' and '_': a secret in base64url may end with them.
  while (!url.empty() && std::string_view(".,;:!?'*)]").contains(url.back())) {
    if (url.back() == ')' && url.contains('(')) break;
    if (url.back() == ']' && url.contains('[')) break;
    url.remove_suffix(1);
  }
  return url;
}

std::size_t find_url(std::string_view text) {
  for (std::size_t at = 0; (at = text.find("http", at)) != std::string_view::npos; ++at) {
    const auto rest = text.substr(at + 4);
    if (rest.starts_with("://") || rest.starts_with("s://")) return at;
  }
  return std::string_view::npos;
}

bool is_code_character(char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-'; }

std::string_view trimmed(std::string_view line) {
  while (!line.empty() && (line.front() == ' ' || line.front() == '\t')) line.remove_prefix(1);
  while (!line.empty() && (line.back() == ' ' || line.back() == '\t' || line.back() == '\r')) line.remove_suffix(1);
  return line;
}

}  // namespace

std::vector<std::string> links_in(std::string_view text) {
  std::vector<std::string> links;
  for (auto at = find_url(text); at != std::string_view::npos && links.size() < max_links; at = find_url(text)) {
    text.remove_prefix(at);
    const auto end = static_cast<std::size_t>(std::ranges::find_if(text, ends_a_url) - text.begin());
    const auto url = without_punctuation(text.substr(0, end));
    const bool has_host = url.size() > url.find("//") + 2;
    if (has_host && std::ranges::find(links, url) == links.end()) links.emplace_back(url);
    text.remove_prefix(end);
  }
  return links;
}

std::optional<std::string> code_in(std::string_view text) {
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = trimmed(text.substr(0, end));
    if (line.size() >= 4 && line.size() <= 13 && std::ranges::all_of(line, is_code_character) && line.front() != '-' &&
        line.back() != '-') {
      return std::string(line);
    }
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return std::nullopt;
}

}  // namespace rowan::mail
