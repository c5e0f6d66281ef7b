// No catalogue has a sentence that is not used, and translations keep their variables. A sentence without a translation
// is shown in English and listed by this test, so that you can change one without knowing another language.
#include <gmock/gmock.h>

#include <cctype>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
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
  std::map<std::string, std::string_view, std::less<>> files;
  for (const auto& file : every_template()) files.emplace(public_name(file.name), file.bytes);
  const SourceLookups lookups{.file = [&](std::string_view name) -> std::optional<std::string_view> {
                                const auto found = files.find(name);
                                return found == files.end() ? std::nullopt : std::optional(found->second);
                              },
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
      EXPECT_THAT(unreadable, ::testing::IsEmpty()) << entry.path();
    }
  return sentences;
}

Catalogues every_catalogue() {
  std::vector<CatalogueFile> files;
  std::vector<std::string> problems;
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    files.push_back(catalogue_file(embedded::catalogue_files[i]));
  Catalogues catalogues(files, problems);
  EXPECT_THAT(problems, ::testing::IsEmpty());
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

std::set<std::string> languages_of_catalogues() {
  std::set<std::string> languages;
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    languages.insert(catalogue_file(embedded::catalogue_files[i]).language);
  return languages;
}

// Everything that is said once, whatever the number.
std::set<std::string> every_word() {
  auto words = words_of_templates();
  EXPECT_GT(words.size(), 60u);
  words.insert(words::all.begin(), words::all.end());
  auto sentences = sentences_of_rooms();
  EXPECT_FALSE(sentences.empty());
  words.merge(sentences);
  return words;
}

TEST(Catalogues, KeepTheVariablesOfWhatTheyTranslate) {
  const auto catalogues = every_catalogue();
  const auto words = every_word();
  for (const auto& language : languages_of_catalogues()) {
    std::size_t translated = 0;
    for (const auto& word : words) {
      const auto translation = catalogues.translate(word, language);
      if (!translation) {
        std::cout << "[ no " << language << "    ] " << word << "\n";
        continue;
      }
      ++translated;
      EXPECT_EQ(variables_of(*translation), variables_of(word)) << word;
    }
    EXPECT_GT(translated, 0u) << language;
    for (const auto& word : words::all_counted) {
      const auto translation = catalogues.translate(word, 7, language);
      if (!translation)
        std::cout << "[ no " << language << "    ] " << word.many << "\n";
      else
        EXPECT_THAT(*translation, ::testing::HasSubstr("{1}")) << word.many;
    }
  }
}

// A value in a mail is read by the owner of an address whatever a stranger did to have it sent. Each of these is ours
// (a time, a number, a path below base_url, a code, a name from our list, what the application calls a provider), an
// address in its canonical text, or an email address that passed EmailAddress. If you add a name, say here what bounds
// it.
TEST(MailTemplates, ShowOnlyValuesThatNoStrangerCanWriteFreely) {
  const std::set<std::string> bounded{
      "app_name",       "code",      "dir",           "expires_at",         "language",
      "link",           "new_email", "registered_at", "requested_at",       "requested_from",
      "requested_with", "has_code",  "has_link",      "has_requested_from", "has_requested_with",
      "left",           "few",       "has_few",       "provider_name",      "hint",
      "browser",        "failures"};
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
  EXPECT_GT(seen, 60u);
}

TEST(SentencesOfTheCode, AreFoundHoweverTheyAreWrapped) {
  std::set<std::string> sentences;
  std::vector<std::string> unreadable;
  collect_sentences(R"(x = sentence("One."); f(rowan::sentence(
      "Two, "
      "of \"two\" lines."));  my_sentence("not this"); sentence(name); sentence("Half" + name);)",
                    sentences, unreadable);
  EXPECT_THAT(sentences, ::testing::ElementsAre("One.", "Two, of \"two\" lines."));
  EXPECT_THAT(unreadable, ::testing::SizeIs(2));
}

TEST(Catalogues, HaveNoUnusedSentence) {
  auto said = every_word();
  for (const auto& word : words::all_counted) said.emplace(word.one);
  for (std::size_t i = 0; i < embedded::catalogue_files_count; ++i)
    for (const auto& key : keys_of(embedded::catalogue_files[i].bytes))
      EXPECT_TRUE(said.contains(key)) << embedded::catalogue_files[i].name << ": " << key;
}

}  // namespace
}  // namespace rowan::pages
