#pragma once
// Not installed. Which of our languages a visitor reads best.
#include <span>
#include <string>
#include <string_view>

namespace rowan::pages {

/// `wishes` in order, then the ranges of Accept-Language by their quality (RFC 9110 section 12.5.4), each looked up as
/// RFC 4647 section 3.4 says ("de-AT" finds "de"); `otherwise` when none fits. Only the first 32 ranges of the header
/// are read.
std::string choose_language(std::span<const std::string> ours, std::span<const std::string_view> wishes,
                            std::string_view accept_language, std::string_view otherwise);

}  // namespace rowan::pages
