#include <gmock/gmock.h>

#include <cli/list_options.hpp>
#include <cli/rooms.hpp>
#include <fstream>
#include <sstream>

namespace rowan::cli {
namespace {

TEST(OptionsOfTheDocuments, AreThoseOfTheProgram) {
  std::ifstream file(ROWAN_SOURCE_FOLDER "/docs/options.md");
  std::stringstream text;
  text << file.rdbuf();
  EXPECT_EQ(text.str(), options_as_markdown()) << "write it anew: build/dev/rowan config --markdown > docs/options.md";
}

TEST(OptionsOfTheProgram, HaveADefaultAndADescription) {
  const auto all = options_as_json();
  std::size_t of_rooms = 0;
  for (const auto& room : all_rooms()) of_rooms += room.options.size();
  ASSERT_GT(all.items().size(), of_rooms);
  for (const auto& option : all.items())
    EXPECT_TRUE(option.find("description")->as_text().value_or("").ends_with('.')) << option.text();
  EXPECT_THAT(options_as_text(), ::testing::HasSubstr("otp.lifetime = \"10m\"\n"));
}

}  // namespace
}  // namespace rowan::cli
