#pragma once
// Not installed. Unicode normal forms and case folding, by ICU through Boost.Locale.
// to_nfc and fold_case: `text` must be valid UTF-8 (is_valid_utf8) and bounded by the caller, because ordering a run of
// combining marks takes quadratic time (8 KiB of nothing else: 4 ms); thread-safe; they throw only when the machine is
// broken (no memory, no ICU data).
#include <string>
#include <string_view>

namespace rowan {

bool is_ascii(std::string_view text);

/// Normalization Form C (UAX #15): composed and decomposed spellings become one. Nothing else changes: no NFKC, no
/// trimming.
std::string to_nfc(std::string_view text);

/// Full case folding (Unicode 5.18, CaseFolding.txt C + F), for comparing without case: "Straße" and "STRASSE" fold
/// alike. The result is for comparing, never for showing; fold, then to_nfc, where a key is stored.
std::string fold_case(std::string_view text);

}  // namespace rowan
