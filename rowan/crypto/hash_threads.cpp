#include <algorithm>
#include <exception>
#include <rowan/crypto/hash_threads.hpp>
#include <system_error>

namespace rowan::crypto {

/// Lives in its caller's frame: it is touched, and its caller woken, under the mutex only.
struct HashThreads::Job {
  const Work& work;
  bool accepted = false, done = false;
  std::exception_ptr thrown{};
  std::condition_variable finished{};
};

HashThreads::~HashThreads() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  came_.notify_all();
  threads_.clear();  // joins
}

Result<> HashThreads::run(std::chrono::milliseconds wait, const Work& work) {
  using namespace std::chrono_literals;
  Job job{.work = work};
  std::unique_lock lock(mutex_);
  if (threads_.empty()) start();
  waiting_.push_back(&job);
  accept();
  const auto done = [&] { return job.done; };
  if (!job.finished.wait_for(lock, wait, done) && !job.accepted) {
    std::erase(waiting_, &job);
    return Error{.code = ErrorCode::unavailable, .reason = "every password hash slot is busy", .retry_after = 1s};
  }
  job.finished.wait(lock, done);
  if (job.thrown) std::rethrow_exception(job.thrown);
  return {};
}

// When the system gives fewer threads than asked for, those must do; without any nothing is ever accepted.
void HashThreads::start() {
  threads_.reserve(count_);
  try {
    while (threads_.size() < count_) threads_.emplace_back([this] { serve(); });
  } catch (const std::system_error&) {
    if (threads_.empty()) return;
    count_ = static_cast<unsigned>(threads_.size());
  }
}

/// The longest waiting, as long as there are threads for them.
void HashThreads::accept() {
  if (threads_.empty()) return;
  for (auto* const job : waiting_) {
    if (busy_ == count_) return;
    if (job->accepted) continue;
    job->accepted = true;
    ++busy_;
    came_.notify_one();
  }
}

void HashThreads::serve() {
  argon2id::HashMemory memory;
  // Accepted calls are at the front.
  const auto has_work = [this] { return stopping_ || (!waiting_.empty() && waiting_.front()->accepted); };
  std::unique_lock lock(mutex_);
  for (;;) {
    if (memory.has_pages() && !came_.wait_for(lock, kept_for_, has_work)) {
      lock.unlock();
      memory.give_back();
      lock.lock();
    }
    came_.wait(lock, has_work);
    if (stopping_) return;
    auto& job = *waiting_.front();
    waiting_.pop_front();
    lock.unlock();
    try {
      job.work(memory);
    } catch (...) {
      job.thrown = std::current_exception();  // only this thread looks at it until done
    }
    lock.lock();
    job.done = true;
    job.finished.notify_one();  // and then the job is gone
    lock.unlock();
    memory.wipe();
    lock.lock();
    --busy_;
    accept();
  }
}

}  // namespace rowan::crypto
