#pragma once
// Not installed. Finds the links and the one-time code in a mail, for programs and tests.
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::mail {

/// The absolute http(s) URLs of a plain text, in order, each once, without the punctuation of the sentence around them.
std::vector<std::string> links_in(std::string_view text);

/// The first line that consists of 4 to 13 of A–Z, 0–9 and inner hyphens, as our templates write a code of up to 12
/// characters.
std::optional<std::string> code_in(std::string_view text);

}  // namespace rowan::mail
