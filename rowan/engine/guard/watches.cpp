#include <exception>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/watches.hpp>

namespace rowan {

void RevocationWatch::reset() noexcept {
  const auto watch = std::exchange(watch_, nullptr);
  if (!watch) return;
  const auto watches = std::move(watch->watches);  // one that is due is still held by them
  watches->remove(*watch);
}

}  // namespace rowan

namespace rowan::engine {

std::shared_ptr<Watch> Watches::add(const Claims& claims, ClaimsEnded callback) {
  auto watch = std::make_shared<Watch>();
  watch->watches = shared_from_this();
  watch->numbers = claims.numbers;
  watch->signing_key = claims.signing_key;
  watch->expires_at = claims.expires_at;
  watch->callback = std::move(callback);
  bool over = false;
  {
    const std::lock_guard lock(mutex_);
    link(*watch);
    // What is learnt from now on finds it; what was learnt before is in the index.
    over = is_dead(*watch);
    if (over) end(*watch, ClaimsEnd::revoked);
  }
  if (over) wake();
  return watch;
}

void Watches::remove(Watch& watch) {
  ClaimsEnded callback;  // destroyed without the lock: who knows what it captured
  std::unique_lock lock(mutex_);
  if (watch.state == Watch::State::running) {
    if (watch.runs_on == std::this_thread::get_id()) return;
    return finished_.wait(lock, [&] { return watch.state == Watch::State::done; });
  }
  if (watch.state == Watch::State::waiting) unlink(watch);
  watch.state = Watch::State::done;
  callback = std::move(watch.callback);
  lock.unlock();
}

void Watches::learnt(std::int64_t number) {
  std::size_t ended = 0;
  {
    const std::lock_guard lock(mutex_);
    ended = end_all_dead(by_token_, number) + end_all_dead(by_generation_, number);
  }
  if (ended > 0) wake();
}

std::size_t Watches::end_all_dead(By<std::int64_t>& by, std::int64_t number) {
  std::size_t ended = 0;
  for (auto next = by.lower_bound({number, nullptr}); next != by.end() && next->first == number;) {
    auto* const watch = next->second;
    ++next;
    if (!is_dead(*watch)) continue;
    end(*watch, ClaimsEnd::revoked);
    next = by.upper_bound({number, watch});  // what came next may have been a number of the same watch
    ++ended;
  }
  return ended;
}

// As the guard says it, however old what it knows may be: that is asked for in end_what_is_over.
bool Watches::is_dead(const Watch& watch) const {
  return revocation_->state(watch.numbers, bound_) == tokens::Revocation::State::dead ||
         (watch.signing_key != 0 && revocation_->is_dead(watch.signing_key));
}

void Watches::end(Watch& watch, ClaimsEnd why) {
  unlink(watch);
  watch.state = Watch::State::due;
  watch.why = why;
  due_.push_back(watch.shared_from_this());
}

void Watches::link(Watch& watch) {
  const auto& numbers = watch.numbers;
  by_token_.emplace(numbers.token, &watch);
  if (watch.signing_key != 0) by_token_.emplace(watch.signing_key, &watch);
  by_generation_.emplace(numbers.account_generation, &watch);
  by_generation_.emplace(numbers.tenant_generation, &watch);
  by_expiry_.emplace(watch.expires_at, &watch);
}

void Watches::unlink(Watch& watch) {
  const auto& numbers = watch.numbers;
  by_token_.erase({numbers.token, &watch});
  if (watch.signing_key != 0) by_token_.erase({watch.signing_key, &watch});
  by_generation_.erase({numbers.account_generation, &watch});
  by_generation_.erase({numbers.tenant_generation, &watch});
  by_expiry_.erase({watch.expires_at, &watch});
}

void Watches::end_what_is_over() {
  const auto now = clock_->now();
  while (!by_expiry_.empty() && by_expiry_.begin()->first <= now) end(*by_expiry_.begin()->second, ClaimsEnd::expired);
  // After a restored backup everything below the floor is dead, and the feed says none of it.
  const auto floor = numbers_->floor();
  while (!by_token_.empty() && by_token_.begin()->first < floor) end(*by_token_.begin()->second, ClaimsEnd::revoked);
  const auto elapsed = clock_->elapsed(), known_at = revocation_->watermark();
  if (known_at.count() >= 0 && elapsed - known_at <= bound_) {
    unknown_since_.reset();
    return;
  }
  // A request that comes now would wait for so long before it is refused. That also lets a machine that was asleep look
  // at the feed first.
  if (!unknown_since_) unknown_since_ = elapsed;
  if (elapsed - *unknown_since_ < longest_settling) return;
  if (!by_expiry_.empty()) logger_->warning("watches_end_unknown", {{"watches", by_expiry_.size()}});
  while (!by_expiry_.empty()) end(*by_expiry_.begin()->second, ClaimsEnd::unknown);
}

void Watches::run() {
  std::unique_lock lock(mutex_);
  end_what_is_over();
  while (!due_.empty()) {
    const auto watch = std::move(due_.front());
    due_.pop_front();
    if (watch->state != Watch::State::due) continue;  // removed meanwhile
    watch->state = Watch::State::running;
    watch->runs_on = std::this_thread::get_id();
    auto callback = std::move(watch->callback);
    const auto why = watch->why;
    lock.unlock();
    try {
      if (callback) callback(why);
    } catch (const std::exception& exception) {
      logger_->warning("on_revoked_threw", {{"cause", exception.what()}});
    } catch (...) {
      logger_->warning("on_revoked_threw", {{"cause", "not a std::exception"}});
    }
    callback = nullptr;  // before remove() returns: what it refers to may go then
    lock.lock();
    watch->state = Watch::State::done;
    finished_.notify_all();
  }
}

void Watches::wake_by(std::function<void()> wake) {
  const std::lock_guard lock(waking_);
  wake_ = std::move(wake);
}

void Watches::wake() {
  const std::lock_guard lock(waking_);
  if (wake_) wake_();
}

std::size_t Watches::waiting() const {
  const std::lock_guard lock(mutex_);
  return by_expiry_.size();
}

}  // namespace rowan::engine
