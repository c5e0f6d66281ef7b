#include <gtest/gtest.h>

#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/block.hpp>
#include <thread>
#include <vector>

namespace rowan::crypto {
namespace {

Block block_of(std::string_view hex) {
  Block block;
  std::ranges::copy(from_hex(hex).value(), block.begin());
  return block;
}

BlockKey block_key_of(std::string_view hex) {
  Key256 key;
  std::ranges::copy(from_hex(hex).value(), key.writable().begin());
  return BlockKey(key);
}

// FIPS 197 appendix C.3
constexpr std::string_view fips_key = "000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f";
constexpr std::string_view fips_plain = "00112233445566778899aabbccddeeff";
constexpr std::string_view fips_cipher = "8ea2b7ca516745bfeafc49904b496089";

TEST(BlockKey, EncryptsAndDecryptsTheVectorOfFips197) {
  const auto key = block_key_of(fips_key);
  for (int round = 0; round < 3; ++round) {
    EXPECT_EQ(to_hex(key.encrypt(block_of(fips_plain))), fips_cipher);
    EXPECT_EQ(to_hex(key.decrypt(block_of(fips_cipher))), fips_plain);
  }
}

TEST(BlockKey, KeepsNoStateBetweenBlocks) {
  const auto key = block_key_of(fips_key);
  Block counted{};
  for (int i = 0; i < 256; ++i) {
    counted[15] = static_cast<std::byte>(i);
    EXPECT_EQ(key.decrypt(key.encrypt(counted)), counted);
  }
  EXPECT_EQ(to_hex(key.encrypt(block_of(fips_plain))), fips_cipher);
}

TEST(BlockKey, ServesManyThreadsAtOnce) {
  const auto key = block_key_of(fips_key);
  std::array<int, 8> good{};
  {
    std::vector<std::jthread> threads;
    for (auto& count : good)
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) count += to_hex(key.encrypt(block_of(fips_plain))) == fips_cipher;
      });
  }
  for (const int count : good) EXPECT_EQ(count, 500);
}

}  // namespace
}  // namespace rowan::crypto
