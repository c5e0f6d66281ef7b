#pragma once
// Codes as people type and paste them: one lenient reader for all of them.
#include <string>
#include <string_view>

namespace rowan {

/// What is left of a code (UTF-8) when everything is dropped that programs put around and into it: blanks and line ends
/// of every kind, dashes, dots, underscores, and marks that are not seen, such as zero-width ones and those of writing
/// direction. ASCII letters become capitals; full-width letters and digits, and digits of Arabic and Persian keyboards,
/// become ASCII. Any other character stays, so what is no code does not become one.
std::string bare_code(std::string_view typed);

/// A bare code in which each character that `alphabet` lacks is the one of it that it is mistaken for: 0 and O, 1, I
/// and L, 2 and Z, 5 and S. Where the alphabet has none or several of these, the character stays.
std::string without_look_alikes(std::string_view bare, std::string_view alphabet);

}  // namespace rowan
