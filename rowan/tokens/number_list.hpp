#pragma once
// Not installed. A list of numbers as one parameter of a statement.
#include <rowan/storage/sql.hpp>
#include <string>
#include <vector>

namespace rowan::tokens {

/// As each database reads it: a JSON array, an array literal.
inline std::string list_of(const std::vector<std::int64_t>& numbers, Dialect dialect) {
  std::string text;
  for (const auto number : numbers) text += (text.empty() ? "" : ",") + std::to_string(number);
  return dialect == Dialect::sqlite ? "[" + text + "]" : "{" + text + "}";
}

}  // namespace rowan::tokens
