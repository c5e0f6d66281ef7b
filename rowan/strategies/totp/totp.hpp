#pragma once
// Codes of an authenticator app (RFC 6238): the second factor of a sign-in, or of a session that has to show more.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct TotpOptions {
  /// What is mixed with the time. Most apps know SHA-1 only, and some ignore what an address says of another one.
  enum class Algorithm : std::uint8_t { sha1, sha256, sha512 };
  std::string name = "totp";
  std::string issuer{};  // what apps show beside the account's address; empty: AuthOptions::pages.app_name
  // How codes are made. An authenticator keeps what it was set up with.
  Algorithm algorithm = Algorithm::sha1;
  std::int64_t digits = 6;  // 6 or 8
  std::chrono::seconds period{30};
  // Setting up.
  std::chrono::seconds setup_lifetime = std::chrono::minutes{10};  // from the QR code to the first right code
  std::chrono::seconds recent = std::chrono::minutes{10};  // how old a sign-in may be that counts as a fresh one
  std::int64_t authenticators = 5;                         // of one account
  // Limits.
  std::int64_t attempts_per_client = 30;   // in five minutes
  std::int64_t attempts_per_account = 10;  // in a quarter of an hour, over all sign-ins that wait; right ones are given
                                           // back. A browser that signed in before has its own count
  std::int64_t attempts_per_flow = 5;      // wrong codes after which a sign-in that waits has to begin again
};

/// Phases: setup, confirm_setup, sign_in, verify, remove.
Strategy totp(TotpOptions options = {});

}  // namespace rowan
