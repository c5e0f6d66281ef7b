#include <rowan/engine/guard/account_cache.hpp>

namespace rowan::engine {

std::optional<accounts::Account> AccountCache::find(AccountId id) const {
  const auto now = clock_->elapsed();
  const std::lock_guard lock(mutex_);
  const auto found = by_id_.find(id);
  if (found == by_id_.end() || now - found->second.read_at >= lifetime_) return std::nullopt;
  return found->second.account;
}

void AccountCache::put(const accounts::Account& account, std::chrono::nanoseconds read_at,
                       const std::function<bool()>& unchanged) {
  const std::lock_guard lock(mutex_);
  if (!unchanged()) return;
  if (by_id_.size() >= capacity) {  // simple and bounded; what is in use comes back with its next request
    by_id_.clear();
    by_generation_.clear();
  }
  if (const auto old = by_id_.find(account.user.id); old != by_id_.end())
    by_generation_.erase(old->second.account.generation);
  by_id_.insert_or_assign(account.user.id, Entry{account, read_at});
  by_generation_.insert_or_assign(account.generation, account.user.id);
}

void AccountCache::forget(std::int64_t generation) {
  const std::lock_guard lock(mutex_);
  const auto found = by_generation_.find(generation);
  if (found == by_generation_.end()) return;
  by_id_.erase(found->second);
  by_generation_.erase(found);
}

void AccountCache::forget_all() {
  const std::lock_guard lock(mutex_);
  by_id_.clear();
  by_generation_.clear();
}

}  // namespace rowan::engine
