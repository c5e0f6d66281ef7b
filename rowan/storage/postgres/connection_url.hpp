#pragma once
// Internal. The URL as libpq and SOCI both read it.
#include <chrono>
#include <optional>
#include <string>

namespace rowan::storage {

/// The URL with every part as a percent-encoded query parameter, and with our settings where it says nothing else;
/// nullopt when libpq cannot read it. SOCI 4.0 takes a plain URL apart at '=' and ' ' and breaks it; this form comes
/// through unharmed.
std::optional<std::string> connection_url(const std::string& url, std::chrono::milliseconds connect_timeout,
                                          std::chrono::milliseconds statement_timeout);

}  // namespace rowan::storage
