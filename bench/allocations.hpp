#pragma once
// Counts what a benchmark allocates. It replaces the global operator new, so exactly one file of a program includes it.
#include <atomic>
#include <cstdlib>
#include <new>

namespace bench {

inline std::atomic<long> allocations{0};

}  // namespace bench

void* operator new(std::size_t size) {
  bench::allocations.fetch_add(1, std::memory_order_relaxed);
  if (void* memory = std::malloc(size)) return memory;
  throw std::bad_alloc();
}
void operator delete(void* memory) noexcept { std::free(memory); }
void operator delete(void* memory, std::size_t) noexcept { std::free(memory); }
