// Counts every operator new of this program and every allocation inside OpenSSL.
#include <gtest/gtest.h>
#include <openssl/crypto.h>

#include <array>
#include <atomic>
#include <cstdlib>
#include <new>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/block.hpp>
#include <rowan/crypto/hash.hpp>
#include <thread>
#include <vector>

namespace {

constinit std::atomic<std::size_t> allocations = 0;

void* counted_malloc(std::size_t size, const char*, int) {
  ++allocations;
  return std::malloc(size);
}
void* counted_realloc(void* old, std::size_t size, const char*, int) {
  ++allocations;
  return std::realloc(old, size);
}
void plain_free(void* old, const char*, int) { std::free(old); }

// Before main, for OpenSSL takes these only until its first allocation.
const bool openssl_counts = CRYPTO_set_mem_functions(counted_malloc, counted_realloc, plain_free) == 1;

}  // namespace

// Not inlined, or g++ sees malloc meet delete and new meet free, and warns.
[[gnu::noinline]] void* operator new(std::size_t size) {
  ++allocations;
  if (void* const place = std::malloc(size == 0 ? 1 : size)) return place;
  throw std::bad_alloc();
}
[[gnu::noinline]] void* operator new[](std::size_t size) { return ::operator new(size); }
[[gnu::noinline]] void operator delete(void* place) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete[](void* place) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete(void* place, std::size_t) noexcept { std::free(place); }
[[gnu::noinline]] void operator delete[](void* place, std::size_t) noexcept { std::free(place); }

namespace rowan::crypto {
namespace {

template <class Work>
std::size_t allocations_of(const Work& work) {
  const auto before = allocations.load();
  work();
  return allocations.load() - before;
}

Key256 small_key(unsigned number) {
  Key256 key;
  key.writable()[0] = static_cast<std::byte>(number);
  return key;
}

/// A key for each engine, and a block's.
struct Keys {
  explicit Keys(unsigned number)
      : aeads{AeadKey(small_key(number)), AeadKey(small_key(number), AeadEngine::openssl)}, block(small_key(number)) {}
  std::array<AeadKey, 2> aeads;
  BlockKey block;
};

/// With each engine one seal, one open, one refusal; a block there and back.
void use(const Keys& keys) {
  std::array<std::byte, nonce_size> nonce{};
  std::array<std::byte, 200> plain{};
  std::array<std::byte, plain.size() + tag_size> sealed;
  for (const auto& aead : keys.aeads) {
    aead.seal(nonce, as_bytes("header"), plain, sealed);
    EXPECT_TRUE(aead.open(nonce, as_bytes("header"), sealed, plain));
    EXPECT_FALSE(aead.open(nonce, as_bytes("Header"), sealed, plain));
  }
  EXPECT_EQ(keys.block.decrypt(keys.block.encrypt(Block{})), Block{});
}

TEST(HotPaths, AreCounted) {
  ASSERT_TRUE(openssl_counts);
  const Keys keys(1);
  std::size_t first_use = 0;
  std::thread([&] { first_use = allocations_of([&] { use(keys); }); }).join();
  EXPECT_GE(first_use, 4U);  // four contexts of a new thread: so the next tests can fail
  EXPECT_GE(allocations_of([] { std::vector<int> one(1); }), 1U);
}

TEST(HotPaths, SealAndOpenWithoutAllocation) {
  const Keys keys(1);
  use(keys);
  EXPECT_EQ(allocations_of([&] {
              for (int i = 0; i < 1'000; ++i) use(keys);
            }),
            0U);
}

TEST(HotPaths, PushKeysOutWithoutAllocation) {
  std::vector<Keys> all;
  for (unsigned i = 0; i < 100; ++i) use(all.emplace_back(i));
  EXPECT_EQ(allocations_of([&] {
              for (const auto& keys : all) use(keys);
            }),
            0U);
}

TEST(HotPaths, HashWithoutAllocation) {
  const std::array<std::byte, 300> data{};
  EXPECT_EQ(allocations_of([&] {
              const HmacSha256 mac(data);
              std::array<std::byte, 64> key;
              for (int i = 0; i < 100; ++i) {
                EXPECT_EQ(mac(data), mac(std::span(data).first(100), std::span(data).subspan(100)));
                EXPECT_TRUE(equal_in_constant_time(sha256(data), sha256(data)));
                hkdf_sha256(data, data, "rowan/test/v1", key);
              }
            }),
            0U);
}

}  // namespace
}  // namespace rowan::crypto
