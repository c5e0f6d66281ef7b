#pragma once
// Not installed. Who is told when claims end (docs/architecture.md#live-connections). The guard does not know of it.
#include <condition_variable>
#include <deque>
#include <mutex>
#include <optional>
#include <rowan/base/clock.hpp>
#include <rowan/base/logger.hpp>
#include <rowan/engine/revocation_watch.hpp>
#include <rowan/tokens/claims.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/revocation.hpp>
#include <set>
#include <thread>

namespace rowan::engine {

class Watches;

struct Watch : std::enable_shared_from_this<Watch> {
  enum class State : std::uint8_t { waiting, due, running, done };
  std::shared_ptr<Watches> watches{};  // of RevocationWatch alone
  // The rest belongs to `watches`, under its lock.
  TokenNumbers numbers{};
  std::int64_t signing_key = 0;
  Timestamp expires_at{};
  ClaimsEnded callback{};
  State state = State::waiting;
  ClaimsEnd why = ClaimsEnd::revoked;
  std::thread::id runs_on{};
};

/// Thread-safe. What becomes known is looked up by its number, so a change costs the same however many watch other
/// numbers. Callbacks run in run() only, with no lock held: never on the thread that learnt of a change, which may be
/// in the middle of a look at the feed or of somebody's request.
class Watches : public std::enable_shared_from_this<Watches> {
 public:
  /// All of them must live as long as anything but remove() is called.
  Watches(const tokens::Revocation& revocation, const tokens::Numbers& numbers, const Clock& clock, Logger& logger,
          std::chrono::nanoseconds bound)
      : revocation_(&revocation), numbers_(&numbers), clock_(&clock), logger_(&logger), bound_(bound) {}

  std::shared_ptr<Watch> add(const Claims& claims, ClaimsEnded callback);
  /// See ~RevocationWatch.
  void remove(Watch& watch);
  /// A number has become known to be dead, or its account has changed. Calls no callback.
  void learnt(std::int64_t number);
  /// Looks for what has expired and whether the revocations are still known, then calls every callback that is due.
  void run();
  /// Called when a callback became due; quick and without a lock that run() holds. Empty: nobody.
  void wake_by(std::function<void()> wake);
  std::size_t waiting() const;

 private:
  template <class Key>
  using By = std::set<std::pair<Key, Watch*>>;

  bool is_dead(const Watch& watch) const;
  std::size_t end_all_dead(By<std::int64_t>& by, std::int64_t number);
  void end(Watch& watch, ClaimsEnd why);  // it becomes due
  void link(Watch& watch);
  void unlink(Watch& watch);
  void end_what_is_over();
  void wake();

  const tokens::Revocation* revocation_;
  const tokens::Numbers* numbers_;
  const Clock* clock_;
  Logger* logger_;
  std::chrono::nanoseconds bound_;
  mutable std::mutex mutex_{};
  std::condition_variable finished_{};  // a callback
  By<std::int64_t> by_token_{};         // and by the key that signed it: these are below the floor after a restore
  By<std::int64_t> by_generation_{};    // of account and tenant
  By<Timestamp> by_expiry_{};           // every one that waits
  std::deque<std::shared_ptr<Watch>> due_{};
  std::optional<std::chrono::nanoseconds> unknown_since_{};  // elapsed time
  std::mutex waking_{};                                      // never while mutex_ is held
  std::function<void()> wake_{};
};

}  // namespace rowan::engine
