// Every word has its translation, and no catalogue has a word that nobody says.
#include <gmock/gmock.h>

#include <cctype>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <rowan/pages/catalogues.hpp>
#include <rowan/pages/embedded_files.hpp>
#include <rowan/pages/template_source.hpp>
#include <set>

namespace rowan::pages {
namespace {

std::vector<EmbeddedFile> every_template() {
  return {embedded::template_files, embedded::template_files + embedded::template_files_count};
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

// What rooms say by rowan::sentence("…"), one literal or several in a row. Anything else in the brackets is a sentence
// that no translator will ever see.
void collect_sentences(std::string_view code, std::set<std::string>& sentences, std::vector<std::string>& unreadable) {
  constexpr std::string_view call = "sentence(", blank = " \t\r\n";
  for (auto at = code.find(call); at != std::string_view::npos; at = code.find(call, at + 1)) {
    if (at > 0 && (std::isalnum(static_cast<unsigned char>(code[at - 1])) != 0 || code[at - 1] == '_')) continue;
    std::string sentence;
    auto next = code.find_first_not_of(blank, at + call.size());
    while (next != std::string_view::npos && code[next] == '"') {
      for (++next; next < code.size() && code[next] != '"'; ++next) {
        if (code[next] == '\\') ++next;  // \" and \\ are themselves; a sentence is one line
        if (next < code.size()) sentence += code[next];
      }
      next = code.find_first_not_of(blank, next + 1);
    }
    if (!sentence.empty() && next != std::string_view::npos && code[next] == ')')
      sentences.insert(sentence);
    else
      unreadable.emplace_back(code.substr(at, code.find('\n', at) - at));
  }
}

std::set<std::string> sentences_of_rooms() {
  std::set<std::string> sentences;
  for (const auto* const rooms : {"strategies", "add_ons"})
    for (const auto& entry :
         std::filesystem::recursive_directory_iterator(ROWAN_SOURCE_FOLDER "/" + std::string(rooms))) {
      const auto name = entry.path().filename().string();
      if (!name.ends_with(".cpp") || name.ends_with("_test.cpp")) continue;
      std::ifstream file(entry.path(), std::ios::binary);
      std::vector<std::string> unreadable;
      collect_sentences(std::string(std::istreambuf_iterator<char>(file), {}), sentences, unreadable);
      EXPECT_THAT(unreadable, testing::IsEmpty()) << entry.path();
    }
  return sentences;
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
  const auto sentences = sentences_of_rooms();
  ASSERT_FALSE(sentences.empty());
  for (const auto& word : sentences) EXPECT_TRUE(catalogues.translate(word, "de")) << "no German for: " << word;
  for (const auto& word : words::all_counted) {
    EXPECT_TRUE(catalogues.translate(word, 1, "de")) << word.one;
    EXPECT_THAT(catalogues.translate(word, 7, "de").value_or(""), testing::HasSubstr("{1}")) << word.many;
  }
}

// A value in a mail is read by the owner of an address whatever a stranger did to have it sent. Each of these is ours
// (a time, a path below base_url, a code, a name from our list), an address in its canonical text, or an email address
// that passed EmailAddress. Whoever adds a name says here what bounds it.
TEST(MailTemplates, ShowOnlyValuesThatNoStrangerCanWriteFreely) {
  const std::set<std::string> bounded{
      "app_name",          "code",          "dir",          "expires_at",     "language",       "link",
      "new_email",         "registered_at", "requested_at", "requested_from", "requested_with", "has_code",
      "has_requested_with"};
  std::size_t seen = 0;
  for (const auto& file : every_template()) {
    if (!std::string_view(file.name).contains("/mails/")) continue;
    std::string_view text = file.bytes;
    for (auto at = text.find("{{"); at != text.npos; at = text.find("{{", at)) {
      at += 2;
      const auto name = text.substr(at, text.find("}}", at) - at);
      if (name.starts_with('>')) continue;
      ++seen;
      EXPECT_TRUE(bounded.contains(std::string(name.substr(name.find_first_not_of("#/^")))))
          << file.name << " shows {{" << name << "}}";
    }
  }
  EXPECT_GT(seen, 100u);
}

TEST(SentencesOfTheCode, AreFoundHoweverTheyAreWrapped) {
  std::set<std::string> sentences;
  std::vector<std::string> unreadable;
  collect_sentences(R"(x = sentence("One."); f(rowan::sentence(
      "Two, "
      "of \"two\" lines."));  my_sentence("not this"); sentence(name); sentence("Half" + name);)",
                    sentences, unreadable);
  EXPECT_THAT(sentences, testing::ElementsAre("One.", "Two, of \"two\" lines."));
  EXPECT_THAT(unreadable, testing::SizeIs(2));
}

TEST(Catalogues, HaveNoWordThatNobodySays) {
  auto said = words_of_templates();
  said.insert(words::all.begin(), words::all.end());
  said.merge(sentences_of_rooms());
  for (const auto& word : words::all_counted) said.emplace(word.one);
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    for (const auto& key : keys_of(embedded::catalogue_files[i].bytes))
      EXPECT_TRUE(said.contains(key)) << embedded::catalogue_files[i].name << ": " << key;
}

}  // namespace
}  // namespace rowan::pages
