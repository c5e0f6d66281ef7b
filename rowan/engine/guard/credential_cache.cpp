#include <rowan/base/base64.hpp>
#include <rowan/engine/guard/credential_cache.hpp>
#include <utility>

namespace rowan::engine {

namespace {

constexpr std::size_t most_uses_of_gone = 1000;  // of one part, between two looks
constexpr std::chrono::minutes between_uses{1};

}  // namespace

CredentialCache::Key CredentialCache::key_of(std::string_view credential) const { return mac_(as_bytes(credential)); }

std::optional<Claims> CredentialCache::find(const Key& key, Timestamp now) const {
  const auto elapsed = clock_->elapsed();
  auto& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  const auto found = part.by_key.find(key);
  if (found == part.by_key.end() || elapsed - found->second->read_at >= lifetime_) return std::nullopt;
  auto& entry = *found->second;
  part.entries.splice(part.entries.begin(), part.entries, found->second);
  if (entry.claims.expires_at > now) {
    entry.used_at = now;
    entry.is_untold = true;
  }
  return entry.claims;
}

void CredentialCache::put(const Key& key, const Strategy& strategy, const Claims& claims,
                          std::chrono::nanoseconds read_at, Timestamp now) {
  auto& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  if (const auto old = part.by_key.find(key); old != part.by_key.end()) {
    auto& entry = *old->second;
    entry.claims = claims;
    entry.read_at = read_at;
    entry.used_at = now;
    entry.is_untold = true;
    part.entries.splice(part.entries.begin(), part.entries, old->second);
    return;
  }
  if (part.entries.size() >= capacity_of_part_) drop(part, std::prev(part.entries.end()));
  part.entries.push_front(
      {.key = key, .strategy = &strategy, .claims = claims, .read_at = read_at, .used_at = now, .is_untold = true});
  part.by_key.emplace(key, part.entries.begin());
}

void CredentialCache::forget(const Key& key) {
  auto& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  if (const auto found = part.by_key.find(key); found != part.by_key.end()) drop(part, found->second);
}

void CredentialCache::drop(Part& part, Entries::iterator entry) {
  if (entry->is_untold && part.of_gone.size() < most_uses_of_gone)
    part.of_gone.push_back({.strategy = entry->strategy, .use = {.id = entry->claims.key.id(), .at = entry->used_at}});
  part.by_key.erase(entry->key);
  part.entries.erase(entry);
}

std::vector<CredentialCache::Use> CredentialCache::take_uses(Timestamp now, bool all) {
  std::vector<Use> uses;
  for (auto& part : parts_) {
    const std::lock_guard lock(part.mutex);
    for (auto& use : std::exchange(part.of_gone, {})) uses.push_back(use);
    for (auto& entry : part.entries) {
      // A clock that was set back makes no use wait for longer than that.
      const bool is_due = all || now < entry.told_at || now - entry.told_at >= between_uses;
      if (!entry.is_untold || !is_due) continue;
      entry.told_at = now;
      entry.is_untold = false;
      uses.push_back({.strategy = entry.strategy, .use = {.id = entry.claims.key.id(), .at = entry.used_at}});
    }
  }
  return uses;
}

}  // namespace rowan::engine
