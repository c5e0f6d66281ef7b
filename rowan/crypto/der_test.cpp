#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/der.hpp>

namespace rowan::crypto {
namespace {

std::optional<DerItem> first(std::string_view text) {
  static std::vector<std::byte> input;  // items are views
  input = from_hex(text).value();
  return DerReader(input).next();
}

TEST(Der, ReadsItemAfterItem) {
  const auto input = from_hex(
                         "3006020101040142"
                         "0500")
                         .value();
  DerReader reader(input);
  const auto sequence = reader.next();
  ASSERT_TRUE(sequence && sequence->is(DerItem::sequence));
  EXPECT_FALSE(reader.at_end());
  EXPECT_TRUE(reader.next());
  EXPECT_TRUE(reader.at_end());
  EXPECT_FALSE(reader.next());
  DerReader inside(sequence->content);
  EXPECT_TRUE(inside.next()->is(DerItem::integer));
  EXPECT_EQ(to_hex(inside.next()->content), "42");
  EXPECT_TRUE(inside.at_end());
}

TEST(Der, ReadsTheTagsOfAndroidsLists) {
  const auto all_applications = first(
                 "bf845802"
                 "0500"),
             origin = first(
                 "bf853e03"
                 "020100"),
             purpose = first("a10100");
  EXPECT_TRUE(all_applications->is_context());
  EXPECT_EQ(all_applications->number, 600U);
  EXPECT_EQ(origin->number, 702U);
  EXPECT_EQ(purpose->number, 1U);
  EXPECT_EQ(first("bf1f00")->number, 31U);
  EXPECT_FALSE(first("bf1f00")->is(31));
}

TEST(Der, RefusesOtherSpellings) {
  for (const auto* text : {"3080", "308105", "30810102", "3082000502", "04820001ff", "0484000000", "04", "0401",
                           "bf1e00", "bf801f00", "bf80", "bf", "bf8080", "bfffff7f00", "3085", ""})
    EXPECT_FALSE(first(text)) << text;
}

TEST(Der, RefusesLengthsBeyondTheInput) {
  for (const auto* text : {"3001", "3081ff00", "3083ffffff00"}) EXPECT_FALSE(first(text)) << text;
}

TEST(Der, ReadsLongItems) {
  auto text = std::string("0481c8");
  for (int i = 0; i < 200; ++i) text += "ab";
  EXPECT_EQ(first(text)->content.size(), 200U);
}

}  // namespace
}  // namespace rowan::crypto
