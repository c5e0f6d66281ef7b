#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/cbor.hpp>
#include <string>

namespace rowan::crypto {
namespace {

using Bytes = std::vector<std::byte>;

Bytes hex(std::string_view text) { return from_hex(text).value(); }

/// "" when it is accepted, otherwise why not.
std::string fault(const Bytes& input) {
  const auto item = read_cbor(input);
  return item ? "" : item.error().reason;
}
std::string fault(std::string_view text) { return fault(hex(text)); }

TEST(Cbor, ReadsTheNumbersOfRfc8949) {  // appendix A
  const std::pair<const char*, std::int64_t> vectors[] = {{"00", 0},
                                                          {"01", 1},
                                                          {"0a", 10},
                                                          {"17", 23},
                                                          {"1818", 24},
                                                          {"1819", 25},
                                                          {"1864", 100},
                                                          {"1903e8", 1000},
                                                          {"1a000f4240", 1000000},
                                                          {"1b000000e8d4a51000", 1000000000000},
                                                          {"20", -1},
                                                          {"29", -10},
                                                          {"3863", -100},
                                                          {"3903e7", -1000}};
  for (const auto& [text, number] : vectors) {
    const auto input = hex(text);
    const auto item = read_cbor(input);
    ASSERT_TRUE(item) << text;
    EXPECT_EQ(item->kind(), CborKind::integer);
    EXPECT_EQ(item->as_integer(), number) << text;
    EXPECT_EQ(CborWriter().integer(number).written(), input) << text;
  }
}

TEST(Cbor, SaysNothingOfNumbersThatDoNotFit) {  // appendix A: 18446744073709551615 and -18446744073709551616
  for (const auto* text : {"1bffffffffffffffff", "3bffffffffffffffff"}) {
    const auto input = hex(text);
    ASSERT_TRUE(read_cbor(input)) << text;
    EXPECT_EQ(read_cbor(input)->as_integer(), std::nullopt) << text;
  }
  const auto least = hex("3b7fffffffffffffff");
  EXPECT_EQ(read_cbor(least)->as_integer(), std::numeric_limits<std::int64_t>::min());
}

TEST(Cbor, ReadsTheStringsAndSimpleValuesOfRfc8949) {
  const auto bytes = hex("4401020304"), text = hex("62c3bc"), quote = hex("62225c"), empty = hex("60");
  EXPECT_EQ(to_hex(read_cbor(bytes)->as_bytes().value()), "01020304");
  EXPECT_EQ(read_cbor(text)->as_text(), "ü");
  EXPECT_EQ(read_cbor(quote)->as_text(), "\"\\");
  EXPECT_EQ(read_cbor(empty)->as_text(), "");
  const auto no = hex("f4"), yes = hex("f5"), null = hex("f6");
  EXPECT_EQ(read_cbor(no)->as_boolean(), false);
  EXPECT_EQ(read_cbor(yes)->as_boolean(), true);
  EXPECT_EQ(read_cbor(null)->kind(), CborKind::null);
  EXPECT_EQ(read_cbor(null)->as_boolean(), std::nullopt);
}

TEST(Cbor, ReadsTheArraysAndMapsOfRfc8949) {
  const auto list = hex("98190102030405060708090a0b0c0d0e0f101112131415161718181819");
  const auto numbers = read_cbor(list);
  ASSERT_TRUE(numbers);
  ASSERT_EQ(numbers->size(), 25U);
  for (std::size_t i = 0; i < 25; ++i) EXPECT_EQ(numbers->at(i)->as_integer(), static_cast<std::int64_t>(i + 1));
  EXPECT_FALSE(numbers->at(25));

  const auto mixed = hex("a26161016162820203");  // {"a": 1, "b": [2, 3]}
  const auto map = read_cbor(mixed);
  ASSERT_TRUE(map);
  EXPECT_EQ(map->size(), 2U);
  EXPECT_EQ(map->find("a")->as_integer(), 1);
  EXPECT_EQ(map->find("b")->at(1)->as_integer(), 3);
  EXPECT_FALSE(map->find("c"));
  EXPECT_FALSE(map->find(1));
  EXPECT_EQ(map->at(2)->as_text(), "b");
  EXPECT_EQ(to_hex(map->at(3)->encoded()), "820203");
  EXPECT_FALSE(map->at(4));

  const auto by_number = hex("a201020304");
  EXPECT_EQ(read_cbor(by_number)->find(3)->as_integer(), 4);
}

TEST(Cbor, AnswersNothingOfAnotherKind) {
  const auto input = hex("0a");
  const auto item = read_cbor(input);
  EXPECT_FALSE(item->as_bytes());
  EXPECT_FALSE(item->as_text());
  EXPECT_FALSE(item->as_boolean());
  EXPECT_FALSE(item->at(0));
  EXPECT_FALSE(item->find(0));
  EXPECT_EQ(item->size(), 0U);
}

TEST(Cbor, RefusesWhatIsNotInTheShortestForm) {  // WA-15
  for (const auto* text : {"1817", "190017", "1900ff", "1a0000ffff", "1b00000000ffffffff", "3817", "5801ff", "780161",
                           "980101", "b8010101", "f814", "f820"})
    EXPECT_NE(fault(text), "") << text;
}

TEST(Cbor, RefusesIndefiniteLengths) {  // WA-15
  for (const auto* text : {"5f42010243030405ff", "7f657374726561646d696e67ff", "9fff", "9f018202039f0405ffff", "bfff",
                           "bf61610161629f0203ffff", "ff"})
    EXPECT_NE(fault(text), "") << text;
}

TEST(Cbor, RefusesFloatsTagsAndUnknownSimpleValues) {  // WA-15
  for (const auto* text : {"f90000", "fa47c35000", "fb3ff199999999999a", "f7", "f0", "f8ff", "c11a514b67b0", "c24101",
                           "d818456449455446", "e0", "fc", "1c", "1f"})
    EXPECT_NE(fault(text), "") << text;
}

TEST(Cbor, RefusesAKeyThatIsThereTwice) {  // WA-15
  EXPECT_NE(fault("a2616101616102").find("twice"), std::string::npos);
  EXPECT_NE(fault("a201020103").find("twice"), std::string::npos);
  EXPECT_NE(fault("81a201a2010201020303").find("twice"), std::string::npos);
  EXPECT_EQ(fault("a201a1010203a10102"), "");  // the same key in two maps
  EXPECT_EQ(fault("a20102613103"), "");        // 1 and "1"
}

TEST(Cbor, RefusesKeysThatAreNeitherNumbersNorText) {
  for (const auto* text : {"a1410102", "a1f502", "a1800102", "a1a002"}) EXPECT_NE(fault(text), "") << text;
}

TEST(Cbor, TakesKeysInAnyOrder) {
  EXPECT_EQ(fault("a2616201616102"), "");
  EXPECT_EQ(fault("a203260102"), "");
}

TEST(Cbor, RefusesTextThatIsNotUtf8) { EXPECT_NE(fault("62c328"), ""); }

TEST(Cbor, RefusesTrailingBytes) {  // WA-15
  EXPECT_EQ(fault("0000"), "CBOR at byte 1: bytes behind the item");
  EXPECT_EQ(fault("a0f6"), "CBOR at byte 1: bytes behind the item");
}

TEST(Cbor, ReadsTheItemInFrontOfOthers) {
  const auto input = hex("a10102f6");
  EXPECT_EQ(to_hex(read_cbor_prefix(input)->encoded()), "a10102");
}

TEST(Cbor, RefusesWhatIsCutOffAtEveryByte) {
  const auto whole = hex("a363666d74646e6f6e656761747453746d74a26361726781f56362796544010203046568656c6c6f1903e8");
  EXPECT_EQ(fault(whole), "");
  for (std::size_t size = 0; size < whole.size(); ++size)
    EXPECT_NE(fault(Bytes(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(size))), "") << size;
}

TEST(Cbor, RefusesLengthsBeyondTheInput) {  // WA-15
  for (const auto* text : {"5bffffffffffffffff", "5affffffff00", "7b7fffffffffffffff61", "9bffffffffffffffff",
                           "9b8000000000000000", "bbffffffffffffffff", "bb8000000000000001", "9a0001000000", "8201"})
    EXPECT_NE(fault(text), "") << text;
}

TEST(Cbor, RefusesMoreThanFourLevels) {  // WA-15
  EXPECT_EQ(fault("8181818101"), "");
  EXPECT_EQ(fault("a101a101a10181f6"), "");
  EXPECT_EQ(fault("818181818101"), "CBOR at byte 4: too deep");
  EXPECT_EQ(fault("a101a101a101a10180"), "CBOR at byte 8: too deep");
  EXPECT_EQ(fault(Bytes(1 << 20, std::byte{0x81})), "CBOR at byte 4: too deep");
}

TEST(Cbor, RefusesMapsOfTooManyEntries) {
  const auto map_of = [](std::size_t entries) {
    CborWriter writer;
    writer.map(entries);
    for (std::size_t i = 0; i < entries; ++i) writer.integer(static_cast<std::int64_t>(i)).null();
    return writer.written();
  };
  EXPECT_EQ(fault(map_of(most_cbor_entries)), "");
  EXPECT_EQ(fault(map_of(most_cbor_entries + 1)), "CBOR at byte 0: a map has too many entries");
}

TEST(Cbor, WritesWhatItReads) {
  const auto written = CborWriter()
                           .map(3)
                           .text("fmt")
                           .text("none")
                           .text("attStmt")
                           .map(0)
                           .text("more")
                           .array(5)
                           .bytes(hex("ff00"))
                           .boolean(true)
                           .null()
                           .integer(-257)
                           .integer(65536)
                           .written();
  EXPECT_EQ(to_hex(written), "a363666d74646e6f6e656761747453746d74a0646d6f72658542ff00f5f63901001a00010000");
  EXPECT_EQ(fault(written), "");
}

}  // namespace
}  // namespace rowan::crypto
