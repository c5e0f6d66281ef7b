#pragma once
// Project Wycheproof's files, which are not part of the repository. ROWAN_VECTORS names the folder that holds
// wycheproof/; its default lies beside the checkout. Without them the tests are skipped, by name.
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <rowan/base/base64.hpp>

namespace rowan::crypto::for_tests {

namespace json = boost::json;
using Bytes = std::vector<std::byte>;

inline std::optional<json::value> vectors(const char* name) {
  const char* const folder = std::getenv("ROWAN_VECTORS");
  const auto checkout = std::filesystem::path(ROWAN_CHECKOUT);
  const auto root = folder != nullptr ? std::filesystem::path(folder) : checkout / ".." / "shared" / "vectors";
  std::ifstream file(root / "wycheproof" / name, std::ios::binary);
  if (!file) return std::nullopt;
  return json::parse(std::string(std::istreambuf_iterator<char>(file), {}));
}

inline Bytes bytes_at(const json::value& test, const char* key) {
  return from_hex(std::string_view(test.at(key).as_string())).value();
}

/// Calls check(group, test, must it hold) for every test; answers how many there were.
template <class Check>
std::size_t each_test(const json::value& file, const Check& check) {
  std::size_t count = 0;
  for (const auto& group : file.at("testGroups").as_array())
    for (const auto& test : group.at("tests").as_array()) {
      SCOPED_TRACE("tcId " + std::to_string(test.at("tcId").as_int64()));
      count += check(group, test, test.at("result").as_string() == "valid") ? 1 : 0;
    }
  return count;
}

}  // namespace rowan::crypto::for_tests
