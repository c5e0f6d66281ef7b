#pragma once
// Not installed. The files of vectors/, made by others.
#include <filesystem>
#include <fstream>
#include <iterator>
#include <rowan/base/json.hpp>
#include <string>

namespace rowan::strategies::webauthn {

inline Json vectors(const char* name) {
  std::ifstream file(std::filesystem::path(ROWAN_CHECKOUT) / "rowan/strategies/webauthn/vectors" / name,
                     std::ios::binary);
  const std::string text((std::istreambuf_iterator<char>(file)), {});
  return Json::parse(text, {.depth = 8, .bytes = 1 << 20}).value();
}

inline std::string text_at(const Json& object, const char* name) {
  const auto member = object.find(name);
  return member ? std::string(member->as_text().value()) : std::string();
}

}  // namespace rowan::strategies::webauthn
