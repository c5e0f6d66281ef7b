#pragma once
// Internal. Reads the claims of a token (RFC 7519 section 4.1) strictly.
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/base/timestamp.hpp>
#include <string>
#include <vector>

namespace rowan::crypto::jose {

inline constexpr std::size_t most_audiences = 32;

/// No copy of the value; null when the claim is not there.
const Json* claim(const Json& claims, std::string_view name);
/// A text; empty when there is none or it is of another kind.
std::string_view text_claim(const Json& claims, std::string_view name);
/// A NumericDate, also with a fraction; nullopt when there is none, or it is before 1970 or after the year 9999.
std::optional<Timestamp> time_claim(const Json& claims, std::string_view name);
/// A text or an array of them; empty when there is none, something else is among them, or there are too many.
std::vector<std::string_view> audience_claim(const Json& claims);

}  // namespace rowan::crypto::jose
