#pragma once
// What a program wants to find in a mail: its links and its one-time code.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::mail {

/// The absolute http(s) URLs of a plain text, in order, each once, without the punctuation of the sentence around them.
std::vector<std::string> links_in(std::string_view text);

/// The first line that is nothing but 4 to 13 of A–Z, 0–9 and inner hyphens: how our templates write a code of up
/// to 12.
std::optional<std::string> code_in(std::string_view text);

}  // namespace rowan::mail
