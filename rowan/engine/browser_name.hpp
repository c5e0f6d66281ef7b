#pragma once
// What people call their browser, out of a User-Agent header: "Firefox on Windows".
#include <string>
#include <string_view>

namespace rowan {

/// For mails and pages that say who asked. A guess for people to recognise, never something to decide by. Empty when
/// there is nothing to go by; of an unknown program its first word, at most 40 bytes ("curl/7.88.1").
std::string browser_name(std::string_view user_agent);

}  // namespace rowan
