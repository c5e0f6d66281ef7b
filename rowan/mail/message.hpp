#pragma once
#include <string>
#include <vector>

namespace rowan {

/// A mail as it is written into the outbox: already rendered, one recipient.
struct MailMessage {
  std::string to{};       // an address in its stored spelling; never what a visitor typed
  std::string subject{};  // kept and listed in the clear: no code, no link in it
  std::string text{};
  std::string html{};
  std::string kind{};   // "password/reset": for `rowan mail list` and for limits; never shown
  std::string scope{};  // whose it is, for Outbox::forget; empty: the application's, and never forgotten
};

}  // namespace rowan
