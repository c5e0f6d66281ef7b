#include <gmock/gmock.h>

#include <cli/list_options.hpp>
#include <cli/rooms.hpp>

#include <tests/all_rooms/readme.hpp>

namespace rowan::cli {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

TEST(OptionsOfTheDocuments, AreThoseOfTheProgram) {
  EXPECT_EQ(text_of_document("docs/options.md"), options_as_markdown(whole))
      << "write it anew: build/dev/rowan config --markdown --section whole > docs/options.md";
}

std::vector<Room> everything() {
  auto all = all_rooms();
  all.insert(all.end(), all_providers().begin(), all_providers().end());
  return all;
}

TEST(OptionsOfTheDocuments, AreInTheReadmeOfEachRoom) {
  for (const auto& room : everything()) {
    const auto readme = readme_of(room.name);
    EXPECT_EQ(readme.below("Options"), options_as_markdown(room.name))
        << "below `## Options` " << readme.path << " has what this prints, and nothing else: build/dev/rowan config "
        << "--markdown --section " << room.name;
  }
}

TEST(OptionsOfTheProgram, HaveADefaultAndADescription) {
  const auto all = options_as_json();
  std::size_t of_rooms = 0;
  for (const auto& room : everything()) of_rooms += room.options.size();
  ASSERT_GT(all.items().size(), of_rooms);
  for (const auto& option : all.items())
    EXPECT_TRUE(option.find("description")->as_text().value_or("").ends_with('.')) << option.text();
  EXPECT_THAT(options_as_text(), HasSubstr("otp.lifetime = \"10m\"\n"));
}

TEST(OptionsOfTheProgram, AreListedForEverythingOrOneSection) {
  const auto all = options_as_markdown();
  EXPECT_THAT(all, HasSubstr("| `base_url` |"));
  for (const auto& room : everything()) {
    EXPECT_THAT(all,
                HasSubstr("\n## [" + room.name + "]\n\n" + room.sentence + "\n\n" + options_as_markdown(room.name)));
    EXPECT_EQ(options_as_json(room.name).items().size(), room.options.size());
  }
  EXPECT_THAT(options_as_text("otp"), ::testing::StartsWith("[otp]  "));
  for (const auto& text : {options_as_text("otp"), options_as_markdown("otp")}) {
    EXPECT_THAT(text, HasSubstr("otp.lifetime"));
    EXPECT_THAT(text, Not(HasSubstr("base_url")));
    EXPECT_THAT(text, Not(HasSubstr("password.")));
  }
  EXPECT_THAT(options_as_text(whole), Not(HasSubstr("otp.")));
}

}  // namespace
}  // namespace rowan::cli
