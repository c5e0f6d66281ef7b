#include <rowan/base/local_path.hpp>

#include <algorithm>

namespace rowan {

namespace {

constexpr std::size_t max_size = 2048;

// Tabs and line breaks vanish in a browser's URL parser, '\' becomes '/', and the others would need encoding anyway.
bool is_allowed(char c) { return c > 0x20 && c < 0x7F && !std::string_view("\\\"<>`").contains(c); }

bool is_hex(char c) { return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F'); }

bool has_whole_escapes(std::string_view text) {
  for (auto at = text.find('%'); at != std::string_view::npos; at = text.find('%', at + 1))
    if (at + 2 >= text.size() || !is_hex(text[at + 1]) || !is_hex(text[at + 2])) return false;
  return true;
}

// WHATWG URL section 4.1: "%2e" counts as a dot. The number of dots a segment consists of; 0 for any other segment.
std::size_t dots(std::string_view segment) {
  std::size_t count = 0;
  while (!segment.empty()) {
    if (segment.starts_with('.'))
      segment.remove_prefix(1);
    else if (segment.starts_with("%2e") || segment.starts_with("%2E"))
      segment.remove_prefix(3);
    else
      return 0;
    ++count;
  }
  return count;
}

// Whether the path with its dot segments removed begins with "//": "/.//evil.example", "/a/..//evil.example".
bool resolves_to_another_host(std::string_view path) {
  std::size_t depth = 0;
  bool first_is_empty = false;
  const auto push = [&](bool empty) {
    if (depth++ == 0) first_is_empty = empty;
  };
  for (bool last = false; !last;) {
    path.remove_prefix(1);
    const auto slash = path.find('/');
    last = slash == std::string_view::npos;
    const auto segment = path.substr(0, slash);
    const auto count = dots(segment);
    if (count == 2 && depth > 0) --depth;
    if (count != 1 && count != 2)
      push(segment.empty());
    else if (last)
      push(true);
    if (!last) path.remove_prefix(slash);
  }
  return depth > 1 && first_is_empty;
}

}  // namespace

std::optional<LocalPath> LocalPath::parse(std::string_view text) {
  if (text.size() > max_size || !text.starts_with('/') || text.starts_with("//")) return std::nullopt;
  if (!std::all_of(text.begin(), text.end(), is_allowed) || !has_whole_escapes(text)) return std::nullopt;
  if (resolves_to_another_host(text.substr(0, text.find_first_of("?#")))) return std::nullopt;
  return LocalPath(text);
}

}  // namespace rowan
