#include <algorithm>
#include <fuzz/target.hpp>
#include <rowan/base/local_path.hpp>
#include <string>
#include <vector>

namespace rowan::fuzz {

namespace {

// RFC 3986 section 5.2.4 on a list, with "%2e" as a dot: slow, and written unlike the code under test.
std::string resolved(std::string path) {
  for (auto at = std::string::npos;
       (at = path.find("%2e")) != std::string::npos || (at = path.find("%2E")) != std::string::npos;)
    path.replace(at, 3, ".");
  std::vector<std::string> kept;
  std::size_t from = 1;
  while (true) {
    const auto slash = path.find('/', from);
    const bool last = slash == std::string::npos;
    const std::string segment = path.substr(from, slash - from);
    if (segment == ".." && !kept.empty()) kept.pop_back();
    if (segment != "." && segment != "..")
      kept.push_back(segment);
    else if (last)
      kept.emplace_back();
    if (last) break;
    from = slash + 1;
  }
  std::string text;
  for (const auto& segment : kept) text += '/' + segment;
  return text;
}

}  // namespace

bool run(std::string_view input) {
  const auto path = LocalPath::parse(input);
  if (!path) return false;
  require(path->str() == input && LocalPath::parse(path->str()) == path);
  require(input.starts_with('/') && !input.starts_with("//") && input.size() <= 2048);
  require(std::all_of(input.begin(), input.end(), [](char c) { return c > ' ' && c < 0x7F && c != '\\'; }));
  require(!resolved(std::string(input.substr(0, input.find_first_of("?#")))).starts_with("//"));
  return true;
}

}  // namespace rowan::fuzz
