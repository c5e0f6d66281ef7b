#pragma once
// Recovery codes: a list to keep on paper, for when the other second factors are out of reach. Each works once.
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/strategy.hpp>

namespace rowan {

struct RecoveryCodeOptions {
  std::string name = "recovery_code";
  std::int64_t codes = 10;  // of one account
  /// How codes are made; those that people have keep working when you change it. At least 2^112 different ones
  /// (MFA-02): then a plain hash keeps them safe, however long they lie in a drawer. Shown in groups of four.
  CodeShape code{.length = 24, .alphabet = CodeShape::unambiguous_alphanumeric};
  std::chrono::seconds recent = std::chrono::minutes{10};  // how old the second factor of the session may be that makes
                                                           // new codes
  // Limits.
  std::int64_t attempts_per_client = 30;   // in five minutes
  std::int64_t attempts_per_account = 10;  // in a quarter of an hour, over all sign-ins that wait; right ones are given
                                           // back. A browser that signed in before has its own count
  std::int64_t attempts_per_flow = 5;      // wrong codes after which a sign-in that waits has to begin again
};

/// Phases: generate, verify.
Strategy recovery_code(RecoveryCodeOptions options = {});

}  // namespace rowan
