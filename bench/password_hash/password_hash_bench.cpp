// bench_password_hash [rounds]: Argon2id at Rowan's defaults by every way we could compute it, interleaved in one run,
// as ratios.
#include <argon2.h>
#include <sodium.h>
#include <sys/mman.h>
#include <sys/resource.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <memory>
#include <numeric>
#include <random>
#include <rowan/base/random.hpp>
#include <rowan/crypto/argon2id/argon2id.hpp>
#include <rowan/crypto/argon2id/hash_memory.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <string>
#include <thread>
#include <vector>

namespace {

namespace argon2id = rowan::crypto::argon2id;

constexpr std::uint32_t memory_kib = 19456, passes = 2;
constexpr std::size_t huge_page = 2U << 20;
const std::string password = "correct horse battery staple";
using Hash = std::array<unsigned char, 32>;
using Salt = std::array<unsigned char, 16>;
constexpr Salt salt{1, 2, 3};

/// Pages touched once and kept: what a hash slot could own.
class Arena {
 public:
  explicit Arena(bool huge) {
    void* const mapped = ::mmap(nullptr, size_ + huge_page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    if (mapped == MAP_FAILED) std::abort();
    void* start = mapped;
    std::size_t space = size_ + huge_page;
    memory_ = static_cast<unsigned char*>(std::align(huge_page, size_, start, space));
    if (huge && ::madvise(memory_, size_, MADV_HUGEPAGE) != 0) std::perror("madvise");
    std::memset(memory_, 1, size_);
  }
  unsigned char* memory() const { return memory_; }

 private:
  std::size_t size_ = (std::size_t{memory_kib} * 1024 + huge_page - 1) / huge_page * huge_page;
  unsigned char* memory_;
};

thread_local unsigned char* arena_of_thread = nullptr;  // argon2_context's callbacks take no user data

int lend(std::uint8_t** memory, std::size_t) {
  *memory = arena_of_thread;
  return 0;
}
void take_back(std::uint8_t*, std::size_t) {}

Hash by_sodium() {
  Hash hash;
  if (crypto_pwhash_argon2id(hash.data(), hash.size(), password.data(), password.size(), salt.data(), passes,
                             std::size_t{memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    std::abort();
  return hash;
}

Hash by_libargon2(unsigned char* arena) {
  Hash hash;
  std::string copy = password;
  Salt salt_copy = salt;
  argon2_context context{};
  context.out = hash.data();
  context.outlen = hash.size();
  context.pwd = reinterpret_cast<std::uint8_t*>(copy.data());
  context.pwdlen = static_cast<std::uint32_t>(copy.size());
  context.salt = salt_copy.data();
  context.saltlen = salt_copy.size();
  context.t_cost = passes;
  context.m_cost = memory_kib;
  context.lanes = context.threads = 1;
  context.version = ARGON2_VERSION_13;
  if (arena != nullptr) {
    arena_of_thread = arena;
    context.allocate_cbk = lend;
    context.free_cbk = take_back;
  }
  if (argon2_ctx(&context, Argon2_id) != ARGON2_OK) std::abort();
  return hash;
}

/// RFC 9106 section 5.3: has a secret and associated data, so only libargon2 can compute it.
bool rfc_9106_holds() {
  std::array<std::uint8_t, 32> tag, pwd;
  std::array<std::uint8_t, 16> salt_bytes;
  std::array<std::uint8_t, 8> secret;
  std::array<std::uint8_t, 12> data;
  pwd.fill(1), salt_bytes.fill(2), secret.fill(3), data.fill(4);
  argon2_context context{};
  context.out = tag.data(), context.outlen = tag.size();
  context.pwd = pwd.data(), context.pwdlen = pwd.size();
  context.salt = salt_bytes.data(), context.saltlen = salt_bytes.size();
  context.secret = secret.data(), context.secretlen = secret.size();
  context.ad = data.data(), context.adlen = data.size();
  context.t_cost = 3, context.m_cost = 32, context.lanes = context.threads = 4, context.version = ARGON2_VERSION_13;
  constexpr std::array<std::uint8_t, 32> expected{0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37,
                                                  0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75,
                                                  0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59};
  return argon2_ctx(&context, Argon2_id) == ARGON2_OK && tag == expected;
}

struct Way {
  std::string name;
  std::function<void()> once;
  std::vector<double> wall_ms{}, cpu_ms{}, system_ms{};
};

double in_ms(const timeval& time) {
  return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_usec) / 1e3;
}

rusage used() {
  rusage usage{};
  ::getrusage(RUSAGE_SELF, &usage);
  return usage;
}

double median(std::vector<double> values) {
  std::ranges::nth_element(values, values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2));
  return values[values.size() / 2];
}

double mean(const std::vector<double>& values) {
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

/// `threads` of one way at a time; the ways take turns, so that what disturbs the machine disturbs all. In a new order
/// each round: who comes after an arena finds its fresh pages out of the cache, which is worth a third.
void compare(std::vector<Way> ways, unsigned threads, int rounds) {
  std::vector<std::size_t> order(ways.size());
  std::iota(order.begin(), order.end(), 0U);
  std::mt19937 shuffle(threads);
  for (int round = -1; round < rounds; ++round) {  // the first is a warm-up
    std::ranges::shuffle(order, shuffle);
    for (const auto index : order) {
      auto& way = ways[index];
      const auto used_before = used();
      const auto before = std::chrono::steady_clock::now();
      {
        std::vector<std::jthread> running;
        for (unsigned i = 0; i < threads; ++i) running.emplace_back(way.once);
      }
      const std::chrono::duration<double, std::milli> wall = std::chrono::steady_clock::now() - before;
      if (round < 0) continue;
      way.wall_ms.push_back(wall.count());
      const auto used_after = used();
      way.system_ms.push_back(in_ms(used_after.ru_stime) - in_ms(used_before.ru_stime));
      way.cpu_ms.push_back(in_ms(used_after.ru_utime) - in_ms(used_before.ru_utime) + way.system_ms.back());
    }
  }
  std::printf("%u thread%s, %d rounds\n", threads, threads == 1 ? "" : "s", rounds);
  for (const auto& way : ways)
    std::printf("  %-32s median %6.2f ms (%.2f of libsodium's), CPU %6.2f ms (%.2f), of that system %5.2f ms\n",
                way.name.c_str(), median(way.wall_ms), median(way.wall_ms) / median(ways.front().wall_ms),
                median(way.cpu_ms), median(way.cpu_ms) / median(ways.front().cpu_ms), mean(way.system_ms));
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::atoi(argv[1]) : 60;
  auto hasher = rowan::make_argon2id_hasher({}, rowan::system_random());  // also initialises libsodium
  const auto stored = hasher->hash(password);
  if (rounds < 1 || !stored || by_sodium() != by_libargon2(nullptr) || !rfc_9106_holds()) {
    std::fprintf(stderr, "the implementations do not agree, or RFC 9106's vector does not hold\n");
    return 1;
  }
  // One arena for each of at most two threads, taken by whoever starts.
  const std::array<Arena, 2> small{Arena(false), Arena(false)}, huge{Arena(true), Arena(true)};
  std::atomic<unsigned> turn = 0;
  const auto arena_of = [&turn](const std::array<Arena, 2>& arenas) { return arenas[turn++ % 2].memory(); };

  // As a hash slot has it: kept, and wiped after each hash.
  std::array<argon2id::HashMemory, 2> kept;
  const auto by_kernel = [&](const argon2id::Kernel& kernel) {
    auto& memory = kept[turn++ % 2];
    const argon2id::Cost cost{.memory_kib = memory_kib, .passes = passes};
    Hash hash;
    if (!argon2id::compute(kernel, std::as_writable_bytes(std::span(hash)),
                           {.password = std::as_bytes(std::span(password)), .salt = std::as_bytes(std::span(salt))},
                           cost, memory.take(memory_size(cost))))
      std::abort();
    memory.wipe();
    return hash;
  };

  std::vector<Way> ways = {
      {"libsodium", [] { by_sodium(); }},
      {"libargon2, malloc", [] { by_libargon2(nullptr); }},
      {"libargon2, arena of small pages", [&] { by_libargon2(arena_of(small)); }},
      {"libargon2, arena of huge pages", [&] { by_libargon2(arena_of(huge)); }},
      {"Rowan hash",
       [&] {
         if (!hasher->hash(password)) std::abort();
       }},
      {"Rowan verify",
       [&] {
         if (!hasher->verify(password, *stored)->matches) std::abort();
       }},
      {"Rowan verify, no such account",
       [&] {
         if (!hasher->verify_nobody(password)) std::abort();
       }},
  };
  const auto kernels = argon2id::kernels();
  for (const auto& kernel : kernels) {
    if (by_kernel(kernel) != by_sodium()) {
      std::fprintf(stderr, "%.*s does not compute what libsodium does\n", static_cast<int>(kernel.name.size()),
                   kernel.name.data());
      return 1;
    }
    ways.push_back({"own kernel " + std::string(kernel.name), [&by_kernel, &kernel] { by_kernel(kernel); }});
  }
  for (const unsigned threads : {1U, 2U}) compare(ways, threads, rounds);
  return 0;
}
