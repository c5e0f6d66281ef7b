#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <rowan/base/words.hpp>

namespace rowan {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(Words, AreJoinedAndTakenApart) {
  const std::vector<std::string> words{"read", "write"};
  EXPECT_EQ(join(words, " "), "read write");
  EXPECT_EQ(join(words, ", "), "read, write");
  EXPECT_EQ(words_of(join(words, " ")), words);
  EXPECT_EQ(join({}, ", "), "");
}

TEST(Words, AreNeverEmpty) {
  EXPECT_THAT(words_of("  read   write "), ElementsAre("read", "write"));
  EXPECT_THAT(words_of(""), IsEmpty());
  EXPECT_THAT(words_of("  "), IsEmpty());
}

}  // namespace
}  // namespace rowan
