#pragma once
#include <string>
#include <vector>

namespace rowan {

/// A mail as it is stored in the outbox: rendered, with one recipient.
struct MailMessage {
  std::string to{};       // an address in its stored spelling; never what a visitor typed
  std::string subject{};  // stored and listed in plain text, so it must not contain a code or a link
  std::string text{};
  std::string html{};
  std::string kind{};   // "password/reset": for `rowan mail list` and for limits; never shown
  std::string scope{};  // the tenant and subject it belongs to, for Outbox::forget; empty: your own, never forgotten
};

}  // namespace rowan
