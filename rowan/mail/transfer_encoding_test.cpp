#include <gtest/gtest.h>

#include <random>
#include <rowan/mail/decode_for_tests.hpp>
#include <rowan/mail/transfer_encoding.hpp>

namespace rowan::mail {
namespace {

using for_tests::from_base64;
using for_tests::from_quoted_printable;
using for_tests::lines_of;

TEST(QuotedPrintable, WritesWhatTheRfcShows) {
  EXPECT_EQ(to_quoted_printable("a=b"), "a=3Db\r\n");
  EXPECT_EQ(to_quoted_printable("zurück"), "zur=C3=BCck\r\n");
  EXPECT_EQ(to_quoted_printable("end \n\tin\t"), "end=20\r\n\tin=09\r\n");
  EXPECT_EQ(to_quoted_printable(std::string(76, 'x')), std::string(76, 'x') + "\r\n");
  EXPECT_EQ(to_quoted_printable(std::string(77, 'x')), std::string(75, 'x') + "=\r\nxx\r\n");
}

TEST(QuotedPrintable, MakesOneLineEndOfEveryKind) {
  EXPECT_EQ(to_quoted_printable("a\nb\r\nc\rd"), "a\r\nb\r\nc\r\nd\r\n");
  EXPECT_EQ(to_quoted_printable("a\n\nb"), "a\r\n\r\nb\r\n");
  EXPECT_EQ(to_quoted_printable(""), "");
}

// INJ-03
TEST(QuotedPrintable, NeverBeginsALineWithADot) {
  EXPECT_EQ(to_quoted_printable(".\r\nQUIT\r\n.."), "=2E\r\nQUIT\r\n=2E.\r\n");
  const auto bytes = to_quoted_printable(std::string(400, '.'));
  for (const auto& line : lines_of(bytes)) EXPECT_NE(line.front(), '.');
  EXPECT_EQ(from_quoted_printable(bytes), std::string(400, '.') + "\r\n");
}

TEST(BodyEncoding, IsSevenBitInShortLinesAndReadsBackForAnyText) {
  std::mt19937 engine(7);
  static constexpr std::string_view pieces[] = {"a",  "=",  ".",    " ", "\t",    "\n",        "ü",
                                                "中", "😀", "\x01", "F", "From ", "--=_rowan_"};
  for (int round = 0; round < 300; ++round) {
    std::string text, canonical;
    for (int i = 0; i < 200; ++i) {
      const auto piece = pieces[engine() % std::size(pieces)];
      text += piece;
      canonical += piece == "\n" ? "\r\n" : piece;
    }
    if (!canonical.ends_with("\r\n")) canonical += "\r\n";
    for (const bool base64 : {false, true}) {
      const auto bytes = base64 ? to_base64_lines(text) : to_quoted_printable(text);
      EXPECT_EQ(base64 ? from_base64(bytes) : from_quoted_printable(bytes), canonical);
      EXPECT_TRUE(std::ranges::all_of(bytes, [](char c) { return static_cast<unsigned char>(c) < 0x80; }));
      for (const auto& line : lines_of(bytes)) {
        EXPECT_LE(line.size(), 76U);
        EXPECT_FALSE(line.starts_with('.') || line.ends_with(' ') || line.ends_with('\t') || line.starts_with("--=_"));
        EXPECT_EQ(line.find_first_of("\r\n"), std::string::npos);
      }
    }
  }
}

TEST(BodyEncoding, StaysReadableWhileItIsMostlyAscii) {
  EXPECT_EQ(encode_body("Setzen Sie Ihr Passwort zurück:\nhttps://id.example/reset").encoding, "quoted-printable");
  EXPECT_EQ(encode_body("Сбросьте пароль").encoding, "base64");
  EXPECT_EQ(encode_body("").encoding, "quoted-printable");
}

}  // namespace
}  // namespace rowan::mail
