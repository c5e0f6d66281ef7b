#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>

namespace rowan {
namespace {

std::string decoded(std::string_view text) {
  const auto bytes = from_base64url(text);
  return bytes ? std::string(as_text(*bytes)) : "refused";
}

// RFC 4648 section 10
constexpr std::pair<std::string_view, std::string_view> vectors[] = {{"", ""},
                                                                     {"f", "Zg=="},
                                                                     {"fo", "Zm8="},
                                                                     {"foo", "Zm9v"},
                                                                     {"foob", "Zm9vYg=="},
                                                                     {"fooba", "Zm9vYmE="},
                                                                     {"foobar", "Zm9vYmFy"}};

TEST(Base64, WritesTheVectorsOfRfc4648) {
  for (const auto& [plain, padded] : vectors) {
    EXPECT_EQ(to_base64(as_bytes(plain)), padded);
    EXPECT_EQ(to_base64url(as_bytes(plain)), padded.substr(0, padded.find('=')));
  }
}

TEST(Base64url, ReadsTheVectorsOfRfc4648) {
  for (const auto& [plain, padded] : vectors) EXPECT_EQ(decoded(padded.substr(0, padded.find('='))), plain);
}

TEST(Base64url, UsesTheUrlAlphabet) {
  EXPECT_EQ(to_base64url(as_bytes("\xFB\xFF\xFE")), "-__-");
  EXPECT_EQ(to_base64(as_bytes("\xFB\xFF\xFE")), "+//+");
  EXPECT_EQ(decoded("-__-"), "\xFB\xFF\xFE");
}

TEST(Base64url, RejectsNonCanonicalEncodings) {  // TOK-08
  for (const auto* text :
       {"Zg==", "Zh", "Zm9", "Zm9v=", "Zm9v\n", " Zm9v", "Zm 9v", "+//+", "Z", "Zm9vY", "Zm9v\xC3\xA9", "Zm9vYh"})
    EXPECT_EQ(decoded(text), "refused") << text;
  EXPECT_EQ(decoded(std::string_view("Zm9v\0\0\0\0", 8)), "refused");
}

TEST(Base64url, EncodesEveryPairOfBytesCanonically) {
  for (int high = 0; high < 256; ++high)
    for (int low = 0; low < 256; ++low) {
      const std::string plain{static_cast<char>(high), static_cast<char>(low)};
      ASSERT_EQ(decoded(to_base64url(as_bytes(plain))), plain);
    }
}

TEST(Base64url, NeverWritesPastABuffer) {
  std::array<std::byte, 2> two{};
  EXPECT_EQ(from_base64url("Zm8", two), 2U);
  EXPECT_EQ(as_text(two), "fo");
  EXPECT_EQ(from_base64url("Zm9v", two), std::nullopt);
  EXPECT_EQ(from_base64url("", std::span<std::byte>()), 0U);
}

TEST(Hex, WritesLowerCaseAndReadsBoth) {
  EXPECT_EQ(to_hex(as_bytes("\x00\xAB\xFF" + 1)), "abff");
  EXPECT_EQ(as_text(from_hex("666F6f").value()), "foo");
  for (const auto* text : {"a", "0g", "0x", " 00", "0 0", "-1"}) EXPECT_FALSE(from_hex(text)) << text;
}

}  // namespace
}  // namespace rowan
