#pragma once
// Sign in by a link in a mail. Opening the link changes nothing; a button on its page signs in.
#include <rowan/engine/parts/addressee.hpp>

namespace rowan {

struct MagicLinkOptions {
  std::string name = "magic_link";
  std::chrono::seconds lifetime = std::chrono::minutes{10};  // at most 10 minutes (MFA-05)
  // Unknown addresses.
  bool registration = false;  // true: an unknown address gets a link that makes an account
  bool tell_unknown = true;   // without registration: it gets a mail that says there is no account; false: no mail
  // Browsers.
  /// True: the link works only in the browser that asked for it; the mail's code, typed there, works too.
  bool same_browser = false;
  // Limits.
  std::int64_t requests_per_client = 20;  // in five minutes
  std::int64_t attempts_per_client = 30;  // in five minutes
  std::int64_t guesses_per_account = 10;  // wrong codes, in a quarter of an hour
};

/// Phases: request, sign_in; with same_browser also sign_in_with_code.
Strategy magic_link(MagicLinkOptions options = {});

}  // namespace rowan
