// What a hash leaves behind, and where it may be.
#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstring>
#include <fstream>
#include <memory>
#include <rowan/crypto/argon2id/argon2id.hpp>
#include <rowan/crypto/argon2id/core.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/hash_threads.hpp>
#include <semaphore>
#include <string>
#include <thread>
#include <unordered_set>
#include <vector>

namespace rowan::crypto::argon2id {
namespace {

using namespace std::chrono_literals;

constexpr std::uint32_t memory_kib = 64;

bool is_zero(std::span<const std::byte> bytes) {
  return std::ranges::all_of(bytes, [](std::byte byte) { return byte == std::byte{0}; });
}
void write_to(std::span<std::byte> bytes) { std::ranges::fill(bytes, std::byte{0xA5}); }

TEST(HashMemory, IsZeroAfterAWipeAndTheSameRange) {
  HashMemory memory;
  const auto first = memory.take(100'000);
  ASSERT_EQ(first.size(), 100'000U);
  write_to(first);
  const auto second = memory.take(50'000);
  write_to(second);
  memory.wipe();
  EXPECT_EQ(second.data(), first.data());
  EXPECT_TRUE(is_zero(first)) << "all that was taken, not only the last";
}

TEST(HashMemory, GrowsAndBeginsWhereAHugePageDoes) {
  HashMemory memory;
  write_to(memory.take(100'000));
  const auto larger = memory.take(5'000'000);
  ASSERT_EQ(larger.size(), 5'000'000U);
  EXPECT_EQ(reinterpret_cast<std::uintptr_t>(larger.data()) % (2U << 20), 0U);
  EXPECT_TRUE(is_zero(larger));
  write_to(larger);
}

// The flags of the mapping that has this address, as /proc/self/smaps writes them.
std::string flags_of(const void* address) {
  std::ifstream maps("/proc/self/smaps");
  const auto wanted = reinterpret_cast<std::uintptr_t>(address);
  bool is_here = false;
  for (std::string line; std::getline(maps, line);) {
    std::uintptr_t from = 0, to = 0;
    if (std::sscanf(line.c_str(), "%lx-%lx ", &from, &to) == 2) is_here = from <= wanted && wanted < to;
    if (is_here && line.starts_with("VmFlags:")) return line + " ";
  }
  return {};
}

TEST(HashMemory, IsInNoCoreDumpAndAsksForHugePages) {
  HashMemory memory;
  const auto flags = flags_of(memory.take(100'000).data());
  EXPECT_TRUE(flags.contains(" dd ")) << flags;
  EXPECT_TRUE(flags.contains(" hg ")) << flags;
}

bool is_resident(const void* address) {
  unsigned char page = 0;
  const auto size = static_cast<std::uintptr_t>(::sysconf(_SC_PAGESIZE));
  auto* const begin = reinterpret_cast<void*>(reinterpret_cast<std::uintptr_t>(address) / size * size);
  return ::mincore(begin, size, &page) == 0 && (page & 1) != 0;
}

TEST(HashMemory, GivesItsPagesBackWiped) {
  HashMemory memory;
  const auto bytes = memory.take(100'000);
  write_to(bytes);
  ASSERT_TRUE(is_resident(bytes.data()));
  memory.give_back();
  EXPECT_FALSE(memory.has_pages());
  EXPECT_FALSE(is_resident(bytes.data()));
  EXPECT_EQ(memory.take(100'000).data(), bytes.data());
  EXPECT_TRUE(is_zero(bytes));
}

TEST(HashThreads, WipeTheMemoryBetweenTwoCalls) {
  HashThreads threads(1);
  for (int i = 0; i < 3; ++i) {
    bool was_zero = false;
    ASSERT_TRUE(threads.run(1min, [&](HashMemory& memory) {
      const auto bytes = memory.take(100'000);
      was_zero = is_zero(bytes);
      write_to(bytes);
    }));
    EXPECT_TRUE(was_zero) << i;
  }
}

TEST(HashThreads, GiveTheMemoryBackWhenTheyHaveNothingToDo) {
  HashThreads threads(1, 20ms);
  const std::byte* bytes = nullptr;
  ASSERT_TRUE(threads.run(1min, [&](HashMemory& memory) {
    write_to(memory.take(100'000));
    bytes = memory.take(100'000).data();
  }));
  for (int tries = 0; tries < 1000 && is_resident(bytes); ++tries) std::this_thread::sleep_for(10ms);
  EXPECT_FALSE(is_resident(bytes));
  bool was_zero = false;
  ASSERT_TRUE(threads.run(1min, [&](HashMemory& memory) { was_zero = is_zero(memory.take(100'000)); }));
  EXPECT_TRUE(was_zero) << "and go on with new ones";
}

Argon2Text a_text() {
  return {.memory_kib = memory_kib,
          .passes = 2,
          .salt = std::vector<std::byte>(16, std::byte{3}),
          .hash = std::vector<std::byte>(32)};
}

TEST(HashMemory, SaysSoWhenTheSystemHasNone) {
  const auto child = ::fork();
  if (child == 0) {
    const rlimit nothing_more{.rlim_cur = 1, .rlim_max = 1};
    ::setrlimit(RLIMIT_AS, &nothing_more);
    HashMemory memory;
    const bool is_empty = memory.take(64 * 1024).empty();
    ::_exit(is_empty ? 0 : 1);
  }
  int status = -1;
  ::waitpid(child, &status, 0);
  EXPECT_EQ(WEXITSTATUS(status), 0);
}

// Reads what this process has in its memory, except what was never touched.
class OwnMemory {
 public:
  /// Calls `found` with each word that is aligned as one.
  template <class Found>
  void each_word(const Found& found) {
    std::ifstream maps("/proc/self/maps");
    std::vector<std::array<std::uintptr_t, 2>> ranges;
    for (std::string line; std::getline(maps, line);) {
      std::uintptr_t from = 0, to = 0;
      std::array<char, 5> rights{};
      if (std::sscanf(line.c_str(), "%lx-%lx %4s", &from, &to, rights.data()) != 3) continue;
      // A sanitizer reserves ranges of terabytes for itself.
      if (rights[0] == 'r' && rights[1] == 'w' && to - from < std::uintptr_t{1} << 32) ranges.push_back({from, to});
    }
    for (const auto& [from, to] : ranges) {
      for (auto at = from; at < to; at += page) {
        if (!is_resident(reinterpret_cast<const void*>(at))) continue;
        if (::pread(memory_, buffer_.data(), page, static_cast<off_t>(at)) != static_cast<ssize_t>(page)) continue;
        for (std::size_t i = 0; i < page; i += sizeof(std::uint64_t)) {
          std::uint64_t word = 0;
          std::memcpy(&word, buffer_.data() + i, sizeof word);
          found(word, at + i);
        }
        buffer_.fill(std::byte{0});
      }
    }
  }
  OwnMemory() : memory_(::open("/proc/self/mem", O_RDONLY | O_CLOEXEC)) {}
  ~OwnMemory() { ::close(memory_); }
  OwnMemory(const OwnMemory&) = delete;
  OwnMemory& operator=(const OwnMemory&) = delete;

 private:
  static constexpr std::size_t page = 4096;
  int memory_;
  std::array<std::byte, page> buffer_{};
};

class WhatAHashLeaves : public ::testing::TestWithParam<Kernel> {
 protected:
  static constexpr std::uint64_t mask = 0x5A5A5A5AA5A5A5A5;  // so that the list itself is not found
  void remember(std::span<const std::byte> blocks) {
    for (std::size_t i = 0; i < blocks.size(); i += sizeof(std::uint64_t)) {
      std::uint64_t word = 0;
      std::memcpy(&word, blocks.data() + i, sizeof word);
      words_.insert(word ^ mask);
    }
  }
  std::size_t found() {
    std::size_t count = 0;
    OwnMemory().each_word([&](std::uint64_t word, std::uintptr_t) { count += words_.contains(word ^ mask) ? 1U : 0U; });
    return count;
  }
  std::unordered_set<std::uint64_t> words_{};
};
INSTANTIATE_TEST_SUITE_P(Kernels, WhatAHashLeaves, ::testing::ValuesIn(kernels()),
                         [](const auto& kernel) { return std::string(kernel.param.name); });

// In memory, or where the dynamic linker saves the registers.
TEST_P(WhatAHashLeaves, IsNoWordOfItsBlocks) {
  const Core core(std::span(&GetParam(), 1));
  const auto hash_into = [&core](HashMemory& memory) {
    auto text = a_text();
    EXPECT_TRUE(core.compute(text, "correct horse battery staple", memory));
  };
  {
    HashMemory memory;
    hash_into(memory);
    remember(memory.take(memory_kib * 1024));  // the blocks of the last pass
    EXPECT_GE(found(), memory_kib * 1024 / sizeof(std::uint64_t)) << "they are seen while they are there";
  }
  // The thread stays as the hash has left it: whatever it called now would write over its stack.
  std::binary_semaphore hashed{0}, go_on{0};
  std::jthread thread([&] {
    HashMemory memory;
    hash_into(memory);
    memory.wipe();
    hashed.release();
    go_on.acquire();
  });
  hashed.acquire();
  EXPECT_EQ(found(), 0U);
  go_on.release();
}

constexpr std::size_t painted = 64 * 1024;
constexpr std::uint64_t paint = 0xA5A5A5A5A5A5A5A5;

[[gnu::noinline]] void paint_the_stack() {
  std::array<volatile std::uint64_t, painted / sizeof paint> below;
  for (auto& word : below) word = paint;
}

// How many words of a thread's stack `work` has written over, and not with zeros.
template <class Work>
std::size_t words_left_by(const Work& work) {
  std::binary_semaphore worked{0}, go_on{0};
  std::uintptr_t frame = 0;
  std::jthread thread([&] {
    HashMemory memory;
    auto text = a_text();
    frame = reinterpret_cast<std::uintptr_t>(__builtin_frame_address(0));
    paint_the_stack();
    work(text, memory);
    worked.release();
    go_on.acquire();
  });
  worked.acquire();
  std::size_t left = 0, seen = 0;
  OwnMemory().each_word([&](std::uint64_t word, std::uintptr_t at) {
    if (at < frame - painted || at >= frame) return;
    ++seen;
    left += word != 0 && word != paint ? 1U : 0U;
  });
  go_on.release();
  EXPECT_GT(seen, painted / sizeof paint / 2);
  return left;
}

// The compiler keeps values on the stack that it has no register for. They are not words of a block, but lead to one.
TEST_P(WhatAHashLeaves, IsNothingOnTheStack) {
  const Core core(std::span(&GetParam(), 1));
  // Return addresses and the like, and what a sanitizer keeps there: 80 to 130 words. Without wiping it is 900 and
  // more.
  const auto without = words_left_by([](Argon2Text&, HashMemory&) {});
  const auto left = words_left_by([&core](Argon2Text& text, HashMemory& memory) {
    EXPECT_TRUE(core.compute(text, "correct horse battery staple", memory));
  });
  EXPECT_LT(left, without + 3 * words_in_block);
}

}  // namespace
}  // namespace rowan::crypto::argon2id
