#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <rowan/storage/postgres/watchdog.hpp>
#include <system_error>

namespace rowan::storage {

Watchdog::~Watchdog() {
  {
    const std::lock_guard lock(mutex_);
    ended_ = true;
  }
  changed_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Watchdog::add(Watched& watched) {
  const std::lock_guard lock(mutex_);
  if (!thread_.joinable()) thread_ = std::thread([this] { watch(); });
  watched_.push_back(&watched);
}

void Watchdog::remove(Watched& watched) {
  const std::lock_guard lock(mutex_);
  std::erase(watched_, &watched);
}

// Deadlines are seconds away: it looks now and then while calls are under way, so that a call costs it no wake-up.
void Watchdog::watch() {
  constexpr std::chrono::milliseconds between_looks{200};
  std::unique_lock lock(mutex_);
  while (!ended_) {
    asleep_ = calls_ == 0;
    if (asleep_) {
      changed_.wait(lock, [this] { return ended_ || calls_ > 0; });
      asleep_ = false;
    }
    changed_.wait_for(lock, between_looks, [this] { return ended_; });
    const auto now = std::chrono::steady_clock::now();
    for (auto* const watched : watched_) {
      if (watched->deadline_ > now) continue;
      ::shutdown(watched->socket_, SHUT_RDWR);
      watched->was_late_ = true;
      watched->deadline_ = Time::max();
      --calls_;
    }
  }
}

Watchdog::Watched::Watched(std::shared_ptr<Watchdog> watchdog, int socket)
    : watchdog_(std::move(watchdog)), socket_(::fcntl(socket, F_DUPFD_CLOEXEC, 0)) {
  if (socket_ < 0) throw std::system_error(errno, std::generic_category());
  try {
    watchdog_->add(*this);
  } catch (...) {
    ::close(socket_);
    throw;
  }
}

Watchdog::Watched::~Watched() {
  watchdog_->remove(*this);
  ::close(socket_);
}

bool Watchdog::Watched::was_late() const {
  const std::lock_guard lock(watchdog_->mutex_);
  return was_late_;
}

Watchdog::Call::Call(Watched* watched, std::chrono::milliseconds at_most) : watched_(watched) {
  if (!watched_) return;
  auto& watchdog = *watched_->watchdog_;
  bool was_asleep = false;
  {
    const std::lock_guard lock(watchdog.mutex_);
    if (watched_->deadline_ != Time::max() || watched_->was_late_) {
      watched_ = nullptr;
      return;
    }
    watched_->deadline_ = std::chrono::steady_clock::now() + at_most;
    ++watchdog.calls_;
    was_asleep = watchdog.asleep_;
  }
  if (was_asleep) watchdog.changed_.notify_one();
}

Watchdog::Call::~Call() {
  if (!watched_) return;
  auto& watchdog = *watched_->watchdog_;
  const std::lock_guard lock(watchdog.mutex_);
  if (watched_->deadline_ == Time::max()) return;  // it was late
  watched_->deadline_ = Time::max();
  --watchdog.calls_;
}

}  // namespace rowan::storage
