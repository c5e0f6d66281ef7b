#pragma once
// Not installed. Lists of words as one text.
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

/// "a, b" of "a" and "b" with ", " between them.
std::string join(std::span<const std::string> texts, std::string_view between);
/// What stands between blanks; none is empty.
std::vector<std::string> words_of(std::string_view text);

}  // namespace rowan
