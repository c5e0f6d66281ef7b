#include <rowan/base/scheduler.hpp>

#include <pthread.h>
#include <condition_variable>
#include <mutex>
#include <thread>

namespace rowan {

namespace {

class ThreadTask final : public Scheduler::Task {
 public:
  ThreadTask(std::chrono::nanoseconds period, std::string name, std::function<void()> work)
      : thread_([this, period, name = std::move(name), work = std::move(work)](std::stop_token stop) {
          ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
          while (!stop.stop_requested()) {
            work();
            std::unique_lock lock(mutex_);
            wakes_.wait_for(lock, stop, period, [this] { return woken_; });
            woken_ = false;
          }
        }) {}
  void wake() override {
    {
      const std::lock_guard lock(mutex_);
      woken_ = true;
    }
    wakes_.notify_one();
  }

 private:
  std::mutex mutex_{};
  std::condition_variable_any wakes_{};
  bool woken_ = false;
  std::jthread thread_;  // last: it uses the others
};

class ThreadScheduler final : public Scheduler {
 public:
  std::unique_ptr<Task> every(std::chrono::nanoseconds period, std::string name, std::function<void()> work) override {
    return std::make_unique<ThreadTask>(period, std::move(name), std::move(work));
  }
  void sleep_for(std::chrono::nanoseconds duration) override { std::this_thread::sleep_for(duration); }
};

}  // namespace

std::unique_ptr<Scheduler> make_thread_scheduler() { return std::make_unique<ThreadScheduler>(); }

}  // namespace rowan
