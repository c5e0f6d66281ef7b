#pragma once
// Sign in by a short code from a mail, bound to the browser or program that asked for it.
#include <rowan/engine/parts/addressee.hpp>
#include <rowan/engine/parts/mailed_code.hpp>

namespace rowan {

struct OtpOptions {
  std::string name = "otp";
  std::chrono::seconds lifetime = std::chrono::minutes{10};  // at most 10 minutes (MFA-05)
  CodeShape code{};                                          // must allow at least 1,000,000 different codes
  // Unknown addresses.
  bool registration = false;  // true: an unknown address gets a code that makes an account
  bool tell_unknown = true;   // without registration: it gets a mail that says there is no account; false: no mail
  // Limits.
  std::int64_t requests_per_client = 20;   // in five minutes
  std::int64_t attempts_per_client = 30;   // in five minutes
  std::int64_t attempts_per_account = 10;  // in a quarter of an hour, over all its codes; right ones are given back.
                                           // A browser that signed in before has its own count
  std::int64_t attempts_per_code = 5;
};

/// Phases: request, sign_in.
Strategy otp(OtpOptions options = {});

}  // namespace rowan
