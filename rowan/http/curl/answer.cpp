#include <rowan/base/utf8.hpp>
#include <rowan/http/curl/answer.hpp>

namespace rowan::http {

namespace {

constexpr std::size_t most_fields = 128;

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

/// "HTTP/1.1 200 OK"; 0 for anything else.
int status_in(std::string_view line) {
  const auto at = line.find(' ');
  if (at == std::string_view::npos || line.size() < at + 4) return 0;
  int status = 0;
  for (const char c : line.substr(at + 1, 3)) {
    if (c < '0' || c > '9') return 0;
    status = status * 10 + (c - '0');
  }
  return line.size() == at + 4 || line[at + 4] == ' ' ? status : 0;
}

}  // namespace

bool Answer::refuse(const char* why) {
  refusal_ = why;
  return false;
}

bool Answer::take_header(std::string_view line) {
  header_bytes_ += line.size();
  if (header_bytes_ > most_header_ || ++fields_ > most_fields) return refuse("a header longer than may be");
  while (line.ends_with('\n') || line.ends_with('\r')) line.remove_suffix(1);
  if (line.starts_with("HTTP/")) {
    response_.status = status_in(line);
    response_.headers = {};
    return response_.status >= 100 || refuse("no status");
  }
  // RFC 9112 section 6.3: which of two lengths is meant cannot be known.
  if (line.empty()) return response_.headers.count("Content-Length") <= 1 || refuse("two lengths");
  const auto colon = line.find(':');
  if (colon == std::string_view::npos || colon == 0 || line.front() == ' ' || line.front() == '\t')
    return refuse("a broken header");
  const auto name = line.substr(0, colon), value = trimmed(line.substr(colon + 1));
  if (!is_valid_utf8(line) || has_control_characters(name) || has_control_characters(value))
    return refuse("a broken header");
  response_.headers.add(std::string(name), std::string(value));
  return true;
}

bool Answer::take_body(std::string_view bytes) {
  if (bytes.size() > most_body_ - response_.body.size()) return refuse("a body longer than may be");
  response_.body.append(bytes);
  return true;
}

}  // namespace rowan::http
