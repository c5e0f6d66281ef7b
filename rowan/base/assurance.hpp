#pragma once
// Assurance: what a route or an action asks of a session besides being signed in.
#include <chrono>
#include <optional>

namespace rowan {

struct Assurance {
  bool second_factor = false;                    // two kinds of evidence were shown (Proves::kinds)
  std::optional<std::chrono::seconds> within{};  // the last credential must not be older than this; with second_factor
                                                 // the one that is not a password, with phishing_resistant that one
  bool phishing_resistant = false;               // a passkey was shown

  bool asks_nothing() const { return !second_factor && !within && !phishing_resistant; }
  friend bool operator==(const Assurance&, const Assurance&) = default;
};

}  // namespace rowan
