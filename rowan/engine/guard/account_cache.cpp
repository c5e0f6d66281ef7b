#include <rowan/engine/guard/account_cache.hpp>
#include <utility>

namespace rowan::engine {

AccountCache::Shared AccountCache::find(std::int64_t generation) const {
  const auto now = clock_->elapsed();
  auto& part = part_of(generation);
  const std::lock_guard lock(part.mutex);
  const auto found = part.by_generation.find(generation);
  if (found == part.by_generation.end() || now - found->second->read_at >= lifetime_) return nullptr;
  part.entries.splice(part.entries.begin(), part.entries, found->second);
  return found->second->account;
}

void AccountCache::put(Shared account, std::chrono::nanoseconds read_at, const std::function<bool()>& unchanged) {
  const auto generation = account->generation;
  Shared gone;  // destroyed after the lock
  auto& part = part_of(generation);
  const std::lock_guard lock(part.mutex);
  if (!unchanged()) return;
  if (const auto old = part.by_generation.find(generation); old != part.by_generation.end()) {
    gone = std::exchange(old->second->account, std::move(account));
    old->second->read_at = read_at;
    part.entries.splice(part.entries.begin(), part.entries, old->second);
    return;
  }
  if (part.entries.size() >= capacity_of_part_) {
    auto& longest_unused = part.entries.back();
    part.by_generation.erase(longest_unused.account->generation);
    gone = std::move(longest_unused.account);
    part.entries.pop_back();
  }
  part.entries.push_front({.account = std::move(account), .read_at = read_at});
  part.by_generation.emplace(generation, part.entries.begin());
}

void AccountCache::forget(std::int64_t generation) {
  auto& part = part_of(generation);
  const std::lock_guard lock(part.mutex);
  const auto found = part.by_generation.find(generation);
  if (found == part.by_generation.end()) return;
  part.entries.erase(found->second);
  part.by_generation.erase(found);
}

void AccountCache::forget_all() {
  for (auto& part : parts_) {
    const std::lock_guard lock(part.mutex);
    part.entries.clear();
    part.by_generation.clear();
  }
}

}  // namespace rowan::engine
