#pragma once
// Not installed. What the engine declares beside strategies with second factors: the page /second-factor, the way out
// of a sign-in that waits, and the browsers that are trusted.
#include <rowan/engine/auth.hpp>

namespace rowan::engine {

/// What a subject with these strategies gets as well; empty when none of them knows factors. Their names,
/// "second_factor" and "browsers", are taken then.
std::vector<Strategy> beside_second_factors(const std::vector<Strategy>& strategies, const SecondFactorPolicy& policy);
inline constexpr std::string_view second_factor_name = "second_factor", browsers_name = "browsers";
/// Page::path of that page.
inline constexpr std::string_view path_of_second_factor = "/second-factor";

}  // namespace rowan::engine
