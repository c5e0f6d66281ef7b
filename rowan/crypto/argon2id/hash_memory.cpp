#include <sodium.h>
#include <sys/mman.h>

#include <algorithm>
#include <cstdint>
#include <rowan/crypto/argon2id/hash_memory.hpp>

namespace rowan::crypto::argon2id {

namespace {

constexpr std::size_t huge_page = std::size_t{2} << 20;

std::size_t whole_pages(std::size_t bytes) { return (bytes + huge_page - 1) / huge_page * huge_page; }

}  // namespace

HashMemory::~HashMemory() {
  wipe();
  if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
}

std::span<std::byte> HashMemory::take(std::size_t bytes) {
  if (bytes > size_) {
    wipe();
    if (mapped_ != nullptr) ::munmap(mapped_, mapped_size_);
    mapped_ = nullptr;
    begin_ = nullptr;
    size_ = 0;
    has_pages_ = false;
    // One huge page more than is needed, so that as many begin where a huge page does.
    const auto size = whole_pages(bytes) + huge_page;
    void* const mapped = ::mmap(nullptr, size, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) return {};
    mapped_ = mapped;
    mapped_size_ = size;
    const auto misplaced = reinterpret_cast<std::uintptr_t>(mapped) % huge_page;
    begin_ = static_cast<std::byte*>(mapped) + (misplaced == 0 ? 0 : huge_page - misplaced);
    size_ = whole_pages(bytes);
    // A kernel without either does without: it is slower, and a dump has what is there in that moment.
    ::madvise(begin_, size_, MADV_HUGEPAGE);
    ::madvise(begin_, size_, MADV_DONTDUMP);
  }
  dirty_ = std::max(dirty_, bytes);
  has_pages_ = true;
  return {begin_, bytes};
}

void HashMemory::wipe() {
  if (dirty_ > 0) sodium_memzero(begin_, dirty_);
  dirty_ = 0;
}

void HashMemory::give_back() {
  wipe();
  if (has_pages_) ::madvise(begin_, size_, MADV_DONTNEED);
  has_pages_ = false;
}

}  // namespace rowan::crypto::argon2id
