#include <gtest/gtest.h>

#include <array>
#include <rowan/base/base62.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/crc32.hpp>
#include <stdexcept>
#include <vector>

namespace rowan {
namespace {

// Made by whole-number division in another language.
constexpr std::pair<std::string_view, std::string_view> base62_vectors[] = {
    {"", ""},
    {"00", "00"},
    {"ff", "47"},
    {"00000000", "000000"},
    {"00000100", "000048"},
    {"ffffffff", "4gfFC3"},
    {"726f77616e", "8eUOfF8"},
    {"000102030405060708090a0b0c0d0e0f", "000SYW7RiJxkEgOGusQGwp"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f",
     "000RxY9kz6ouWMJLgFtBDiUPCkeK8fsOOHCGbYdCUyWx6xd2ivh2DOxR816N56NAd"},
    {"000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000000",
     "00000000000000000000000000000000000000000000000000000000000000000"},
    {"ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
     "7cyhQvv5axdeihmOzIHjs85TcUIYiWHdsxNz50GTerEOR5ucj2TITPXxyaCUli1oF"}};

std::string read_base62(std::string_view text, std::size_t bytes) {
  std::vector<std::byte> into(bytes);
  return from_base62(text, into) ? to_hex(into) : "refused";
}

TEST(Base62, WritesAndReadsTheVectors) {
  for (const auto& [hex, text] : base62_vectors) {
    EXPECT_EQ(to_base62(*from_hex(hex)), text);
    EXPECT_EQ(read_base62(text, hex.size() / 2), hex);
  }
}

TEST(Base62, HasTheLengthThatEveryValueFitsIn) {
  // The least L with 62^L >= 256^bytes.
  constexpr std::pair<std::size_t, std::size_t> sizes[] = {{0, 0},  {1, 2},   {2, 3},   {3, 5},   {4, 6},
                                                           {8, 11}, {16, 22}, {32, 43}, {48, 65}, {64, 86}};
  for (const auto& [bytes, characters] : sizes) EXPECT_EQ(base62_size(bytes), characters) << bytes;
}

TEST(Base62, RefusesEverySpellingButOne) {
  EXPECT_EQ(read_base62("4gfFC4", 4), "refused") << "one more than fits";
  EXPECT_EQ(read_base62("zzzzzz", 4), "refused");
  EXPECT_EQ(read_base62("7cyhQvv5axdeihmOzIHjs85TcUIYiWHdsxNz50GTerEOR5ucj2TITPXxyaCUli1oG", 48), "refused");
  for (const auto* text : {"", "00000", "0000000", " 00000", "00000 ", "+00000", "00-000", "00_000", "0000\xc3\xa9"})
    EXPECT_EQ(read_base62(text, 4), "refused") << text;
  EXPECT_EQ(read_base62(std::string_view("00000\0", 6), 4), "refused");
}

TEST(Base62, TakesNoMoreThanSixtyFourBytes) {
  const std::vector<std::byte> many(65);
  EXPECT_THROW(to_base62(many), std::length_error);
  std::vector<std::byte> into(65);
  EXPECT_FALSE(from_base62(std::string(base62_size(65), '0'), into));
}

// "123456789" is the check of the catalogue of CRC algorithms.
TEST(Crc32, ComputesTheVectors) {
  EXPECT_EQ(crc32(""), 0U);
  EXPECT_EQ(crc32("123456789"), 0xcbf43926U);
  EXPECT_EQ(crc32("a"), 0xe8b7be43U);
  EXPECT_EQ(crc32("The quick brown fox jumps over the lazy dog"), 0x414fa339U);
}

}  // namespace
}  // namespace rowan
