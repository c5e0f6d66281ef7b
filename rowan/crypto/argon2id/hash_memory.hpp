#pragma once
// Internal. The memory that one hash slot fills.
#include <cstddef>
#include <span>

namespace rowan::crypto::argon2id {

/// A range of addresses that stays; its pages come with the first hash. Fresh pages cost half of a hash's time, so they
/// are kept for the next one, wiped. One thread at a time.
class HashMemory {
 public:
  HashMemory() = default;
  ~HashMemory();
  HashMemory(const HashMemory&) = delete;
  HashMemory& operator=(const HashMemory&) = delete;

  /// Memory of that many bytes, zero or what an earlier hash has left there; empty when the system has none. Asks for
  /// huge pages, and not to be in a core dump. A larger range than before takes its place.
  std::span<std::byte> take(std::size_t bytes);
  /// Overwrites everything that was taken since the last wipe.
  void wipe();
  /// Gives the pages to the system; the addresses stay. The next hash gets new ones.
  void give_back();
  /// Whether there may be pages to give back.
  bool has_pages() const { return has_pages_; }

 private:
  std::byte* begin_ = nullptr;  // of whole huge pages
  std::size_t size_ = 0, dirty_ = 0;
  void* mapped_ = nullptr;
  std::size_t mapped_size_ = 0;
  bool has_pages_ = false;
};

}  // namespace rowan::crypto::argon2id
