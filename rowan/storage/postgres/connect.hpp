#pragma once
// Internal. Connecting with a deadline: looking up names, the handshake and SOCI's first statement all block without
// one.
#include <atomic>
#include <chrono>
#include <memory>
#include <rowan/base/result.hpp>
#include <string>

namespace soci {
class session;
}

namespace rowan::storage {

/// Attempts that took too long go on, on threads of their own, until the system gives up on them; so they are counted.
struct LeftBehind {
  static constexpr int most = 8;
  std::atomic<int> count{0};
};

/// `unavailable`, with what kept us from connecting in our own words: after `at_most`, or at once while too many
/// earlier attempts still wait.
Result<std::unique_ptr<soci::session>> connect(const std::string& url, std::chrono::milliseconds at_most,
                                               const std::shared_ptr<LeftBehind>& left_behind);

}  // namespace rowan::storage
