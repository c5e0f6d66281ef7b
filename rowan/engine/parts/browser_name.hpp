#pragma once
// Not installed. What people call their browser, out of a User-Agent header: "Firefox on Windows".
#include <string>
#include <string_view>

namespace rowan {

/// For mails and pages that say who asked. A guess for people to recognise, never something to decide by. The result is
/// made of names from our own list only: a User-Agent is a text of a stranger, and no part of it may be read by the
/// owner of an account. Empty when it names no browser that we know.
std::string browser_name(std::string_view user_agent);

}  // namespace rowan
