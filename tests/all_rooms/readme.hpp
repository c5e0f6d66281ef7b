#pragma once
// The README of a room, for tests that compare it with what the room declares.
#include <fstream>
#include <iterator>
#include <string>

namespace rowan {

inline std::string text_of_document(const std::string& path) {
  std::ifstream file(ROWAN_SOURCE_FOLDER "/" + path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

struct Readme {
  std::string path{};  // "rowan/strategies/otp/README.md"
  std::string text{};  // empty: there is none

  // What stands below `## HEADING`, up to the next heading.
  std::string below(const std::string& heading) const {
    const auto line = "\n## " + heading + "\n\n";
    const auto begin = text.find(line);
    if (begin == std::string::npos) return {};
    auto part = text.substr(begin + line.size());
    if (const auto end = part.find("\n#"); end != std::string::npos) part.resize(end);
    return part;
  }
};

// A room's folder is among the strategies or among the add-ons.
inline Readme readme_of(const std::string& room) {
  Readme readme;
  for (const auto* rooms : {"strategies", "add_ons"}) {
    if (!readme.text.empty()) break;
    readme.path = std::string("rowan/") + rooms + "/" + room + "/README.md";
    readme.text = text_of_document(readme.path);
  }
  return readme;
}

}  // namespace rowan
