#pragma once
// Internal. Watchdog: a deadline on our side for calls into libpq, which wait without one. A frozen server's kernel
// still acknowledges what we send, so neither TCP nor `statement_timeout` ends such a wait.
#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace rowan::storage {

/// Thread-safe. Its one thread starts with the first connection, sleeps while no call is under way, and ends with it.
class Watchdog {
 public:
  Watchdog() = default;
  ~Watchdog();
  Watchdog(const Watchdog&) = delete;
  Watchdog& operator=(const Watchdog&) = delete;

  class Call;

  /// One connection's socket, watched while a Call is alive. Not thread-safe but for what the watchdog does to it.
  class Watched {
   public:
    /// Keeps a duplicate of the socket: libpq may close its own at any moment, and the number may be another socket's
    /// by then. Throws std::system_error when there is no descriptor or no thread for it.
    Watched(std::shared_ptr<Watchdog> watchdog, int socket);
    ~Watched();
    Watched(const Watched&) = delete;
    Watched& operator=(const Watched&) = delete;
    /// A call took too long and its connection was shut down.
    bool was_late() const;

   private:
    friend class Watchdog;
    friend class Call;
    const std::shared_ptr<Watchdog> watchdog_;
    const int socket_;
    // Under the watchdog's mutex.
    std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
    bool was_late_ = false;
  };

  /// While it lives the socket has a deadline; when that passes, it is shut down and the call returns with an error.
  /// A Call within another leaves the outer deadline as it is.
  class Call {
   public:
    Call(Watched* watched, std::chrono::milliseconds at_most);
    ~Call();
    Call(const Call&) = delete;
    Call& operator=(const Call&) = delete;

   private:
    Watched* watched_;
  };

 private:
  using Time = std::chrono::steady_clock::time_point;
  void add(Watched& watched);
  void remove(Watched& watched);
  void watch();

  mutable std::mutex mutex_{};
  std::condition_variable changed_{};
  std::vector<Watched*> watched_{};
  unsigned calls_ = 0;
  bool asleep_ = false, ended_ = false;
  std::thread thread_{};
};

}  // namespace rowan::storage
