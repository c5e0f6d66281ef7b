#pragma once
// Not installed. Claims that an application adds to its tokens: behind ours, sorted by name, in one spelling.
#include <rowan/base/json.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::tokens {

/// All of them together as text. A token has at most max_bearer_bytes.
inline constexpr std::size_t max_extra_claims_bytes = 1024;

/// Those that RFC 7519 and OpenID Connect define and that a token says itself or a reader would trust.
bool is_reserved_claim(std::string_view name);

/// Of objects of claims, those of a later one going before those of an earlier: `,"plan":"gold","roles":["editor"]`;
/// empty for none. `invalid_input` for what is no object, a reserved name, one that is not 1 to 64 letters, digits and
/// _-.:/, or more than max_extra_claims_bytes.
Result<std::string> extra_claims_text(std::span<const Json> objects);

/// Whether a text can be one that extra_claims_text wrote: sorted names that are not reserved, each once, with a value
/// whose brackets and quotation marks match. No allocation.
bool is_extra_claims_text(std::string_view text);

}  // namespace rowan::tokens
