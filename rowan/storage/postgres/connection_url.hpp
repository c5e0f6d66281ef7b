#pragma once
// Internal. The URL as libpq and SOCI both read it.
#include <chrono>
#include <optional>
#include <string>

namespace rowan::storage {

struct ConnectionUrl {
  std::string text{};
  std::chrono::milliseconds at_most{};  // all its hosts tried in turn, three addresses of each
};

/// The URL with every part as a percent-encoded query parameter, and with our settings where it says nothing else;
/// nullopt when libpq cannot read it. SOCI 4.0 takes a plain URL apart at '=' and ' ' and breaks it; this form comes
/// through unharmed. Only a server that can write is connected to, whatever `target_session_attrs` the URL has.
std::optional<ConnectionUrl> connection_url(const std::string& url, std::chrono::milliseconds connect_timeout,
                                            std::chrono::milliseconds statement_timeout);

}  // namespace rowan::storage
