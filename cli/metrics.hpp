#pragma once
// Internal. Metrics: what happened since the program started, counted; nothing of whom it happened to.
#include <atomic>
#include <map>
#include <mutex>
#include <optional>
#include <rowan/engine/auth.hpp>
#include <rowan/hosts/answerer.hpp>
#include <string>

namespace rowan::cli {

/// Thread-safe. Must outlive the Auth that has its hooks.
class Metrics {
 public:
  Metrics();
  Metrics(const Metrics&) = delete;
  Metrics& operator=(const Metrics&) = delete;

  /// The application's own: sign-ins and registrations count once they are committed, failures of phases with the code
  /// that was answered. They refer to this.
  Hooks hooks();
  /// The same answers; those for a full pool count. They refer to this.
  hosts::Answerer counted(hosts::Answerer answerer);

  /// The page. Reads the outbox, so it may block as long as a statement may; without the database it says the rest.
  std::string text(Auth& auth) const;

 private:
  // By label_text: declared names and error codes only, so there are never many.
  using Counts = std::map<std::string, std::uint64_t>;
  void count(Counts& in, const std::string& labels);
  Counts copy_of(const Counts& counts) const;

  mutable std::mutex mutex_{};
  Counts sign_ins_{}, failures_{}, registrations_{};  // under mutex_
  std::atomic<std::uint64_t> overloaded_{0};
  std::optional<double> started_{};  // seconds since 1970
};

}  // namespace rowan::cli
