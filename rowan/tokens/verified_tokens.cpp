#include <algorithm>
#include <cstring>
#include <rowan/tokens/verified_tokens.hpp>

namespace rowan::tokens {

namespace {

crypto::Key256 random_key(Random& random) {
  crypto::Key256 key;
  random.fill(key.writable());
  return key;
}

}  // namespace

VerifiedTokens::VerifiedTokens(Random& random, std::size_t capacity)
    : capacity_of_part_(std::max<std::size_t>(1, (capacity + parts_.size() - 1) / parts_.size())),
      fingerprint_(random_key(random)) {}

std::size_t VerifiedTokens::HashOfKey::operator()(const Key& key) const noexcept {
  std::size_t hash = 0;
  std::memcpy(&hash, key.data(), sizeof hash);
  return hash;
}

std::optional<VerifiedTokens::Entry> VerifiedTokens::find(const Key& key, std::uint64_t keys_version) const {
  auto& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  const auto found = part.by_key.find(key);
  if (found == part.by_key.end() || found->second->entry.keys_version != keys_version) return std::nullopt;
  part.entries.splice(part.entries.begin(), part.entries, found->second);
  return found->second->entry;
}

void VerifiedTokens::put(const Key& key, const Entry& entry) {
  auto& part = part_of(key);
  const std::lock_guard lock(part.mutex);
  if (const auto old = part.by_key.find(key); old != part.by_key.end()) {
    old->second->entry = entry;
    part.entries.splice(part.entries.begin(), part.entries, old->second);
    return;
  }
  if (part.entries.size() >= capacity_of_part_) {
    part.by_key.erase(part.entries.back().key);
    part.entries.pop_back();
  }
  part.entries.push_front({.key = key, .entry = entry});
  part.by_key.emplace(key, part.entries.begin());
}

}  // namespace rowan::tokens
