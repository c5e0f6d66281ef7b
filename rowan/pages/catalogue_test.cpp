// Every word has its translation, and no catalogue has a word that nobody says (STYLE S-43).
#include <gmock/gmock.h>

#include <cstring>
#include <rowan/pages/catalogues.hpp>
#include <rowan/pages/embedded_files.hpp>
#include <rowan/pages/template_source.hpp>
#include <set>

namespace rowan::pages {
namespace {

std::vector<EmbeddedFile> every_template() {
  std::vector<EmbeddedFile> files(embedded::template_files, embedded::template_files + embedded::template_files_count);
  files.insert(files.end(), embedded::room_template_files,
               embedded::room_template_files + embedded::room_template_files_count);
  return files;
}

std::set<std::string> words_of_templates() {
  std::set<std::string> words;
  std::vector<std::string> problems;
  const SourceLookups lookups{.file = [](std::string_view) { return std::optional<std::string_view>(""); },
                              .asset_path = [](std::string_view) { return std::string("x"); }};
  for (const auto& file : every_template())
    for (auto& word : read_template(file.name, file.bytes, lookups, problems).words()) words.insert(std::move(word));
  return words;
}

Catalogues every_catalogue() {
  std::vector<CatalogueFile> files;
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    files.push_back(catalogue_file(embedded::catalogue_files[i]));
  Catalogues catalogues(files, problems);
  EXPECT_THAT(problems, testing::IsEmpty());
  return catalogues;
}

// The keys of a .mo file (gettext manual, "The Format of GNU MO Files"): a count, then length and offset of each.
std::set<std::string> keys_of(std::string_view mo) {
  const auto number = [&](std::size_t at) {
    std::uint32_t value = 0;
    std::memcpy(&value, mo.data() + at, sizeof value);
    return value;
  };
  std::set<std::string> keys;
  for (std::uint32_t i = 0; i < number(8); ++i) {
    const auto entry = number(12) + 8 * i;
    keys.emplace(mo.data() + number(entry + 4));  // of a plural: its first form
  }
  keys.erase("");  // the header
  return keys;
}

TEST(Catalogues, TranslateEveryWordOfTheTemplates) {
  const auto catalogues = every_catalogue();
  const auto words = words_of_templates();
  ASSERT_GT(words.size(), 60u);
  for (const auto& word : words) {
    const auto german = catalogues.translate(word, "de");
    EXPECT_TRUE(german) << "no German for: " << word;
    EXPECT_EQ(variables_of(german.value_or(word)), variables_of(word)) << word;
  }
}

TEST(Catalogues, TranslateEveryWordOfTheCode) {
  const auto catalogues = every_catalogue();
  for (const auto word : words::all) EXPECT_TRUE(catalogues.translate(word, "de")) << "no German for: " << word;
  for (const auto& word : words::all_counted) {
    EXPECT_TRUE(catalogues.translate(word, 1, "de")) << word.one;
    EXPECT_THAT(catalogues.translate(word, 7, "de").value_or(""), testing::HasSubstr("{1}")) << word.many;
  }
}

TEST(Catalogues, HaveNoWordThatNobodySays) {
  auto said = words_of_templates();
  said.insert(words::all.begin(), words::all.end());
  for (const auto& word : words::all_counted) said.emplace(word.one);
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    for (const auto& key : keys_of(embedded::catalogue_files[i].bytes))
      EXPECT_TRUE(said.contains(key)) << embedded::catalogue_files[i].name << ": " << key;
}

}  // namespace
}  // namespace rowan::pages
