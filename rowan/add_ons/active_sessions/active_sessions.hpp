#pragma once
// The sessions add-on: people see where they are signed in and end what they don't know; how many sessions an account
// may have.
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct ActiveSessionsOptions {
  /// How many sessions and bearer tokens of an account can work at once; 0: any number. A new sign-in is never refused:
  /// those that were unused for longest end. 1: one session for each account.
  int max_sessions = 0;
  /// How old a sign-in may be by which other sessions are ended; 0: any session may.
  std::chrono::seconds recent = std::chrono::minutes{10};
};

/// Phases: list, delete, end, log_out_everywhere.
AddOn active_sessions(ActiveSessionsOptions options = {});

}  // namespace rowan
