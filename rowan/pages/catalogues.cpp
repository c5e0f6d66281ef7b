#include <algorithm>
#include <array>
#include <boost/locale.hpp>
#include <boost/locale/gnu_gettext.hpp>
#include <rowan/pages/catalogues.hpp>
#include <sstream>

namespace rowan::pages {

namespace locale = boost::locale;

struct Catalogues::OneLanguage {
  std::locale format{};  // numbers and dates
  std::locale keeps{};   // owns `messages`
  const locale::message_format<char>* messages = nullptr;
  std::vector<int> domains{};  // one a file, in order
};

namespace {

std::locale formatting_locale(std::string_view language) {
  auto backends = locale::localization_backend_manager::global();
  backends.select("icu");
  locale::generator generator(backends);
  generator.categories(locale::category_t::formatting | locale::category_t::information);
  std::string name(language);
  std::ranges::replace(name, '-', '_');
  return generator(name + ".UTF-8");
}

// Boost asks for "/<language>/LC_MESSAGES/<domain>.mo"; our domains are the numbers of the files.
std::vector<char> serve(std::string_view asked, std::span<const CatalogueFile* const> files) {
  const auto name = asked.substr(asked.find_last_of('/') + 1);
  for (std::size_t i = 0; i < files.size(); ++i)
    if (name == std::to_string(i) + ".mo") return {files[i]->bytes.begin(), files[i]->bytes.end()};
  return {};
}

locale::message_format<char>* read_catalogues(const std::string& language,
                                              std::span<const CatalogueFile* const> files) {
  locale::gnu_gettext::messages_info info;
  info.language = language;
  info.encoding = "UTF-8";
  info.paths = {""};
  for (std::size_t i = 0; i < files.size(); ++i) info.domains.emplace_back(std::to_string(i));
  info.callback = [files](const std::string& asked, const std::string&) { return serve(asked, files); };
  return locale::gnu_gettext::create_messages_facet<char>(info);
}

}  // namespace

CatalogueFile catalogue_file(const EmbeddedFile& file) {
  auto language = file.name.substr(file.name.find_last_of('/') + 1);
  language = language.substr(0, language.find_last_of('.'));
  CatalogueFile catalogue{.language = std::string(language), .name = std::string(file.name), .bytes = file.bytes};
  std::ranges::replace(catalogue.language, '_', '-');
  return catalogue;
}

Catalogues::Catalogues(std::span<const CatalogueFile> files, std::vector<std::string>& problems) {
  std::map<std::string, std::vector<const CatalogueFile*>> grouped{{"en", {}}};
  for (const auto& file : files) grouped[file.language].push_back(&file);
  for (const auto& [language, group] : grouped) {
    auto one = std::make_shared<OneLanguage>();
    try {
      one->format = formatting_locale(language);
      if (!group.empty()) {
        auto* messages = read_catalogues(language, group);
        one->messages = messages;
        one->keeps = std::locale(std::locale::classic(), messages);
        for (std::size_t i = 0; i < group.size(); ++i) one->domains.push_back(messages->domain(std::to_string(i)));
      }
    } catch (const std::exception& broken) {
      std::string names;
      for (const auto* file : group) names += (names.empty() ? "" : ", ") + file->name;
      problems.push_back("catalogue " + names + ": " + broken.what() + "; compile it again with msgfmt");
    }
    by_language_.emplace(language, std::move(one));
  }
}

std::vector<std::string> Catalogues::languages() const {
  std::vector<std::string> languages;
  for (const auto& [language, one] : by_language_) languages.push_back(language);
  return languages;
}

const Catalogues::OneLanguage& Catalogues::of(std::string_view language) const {
  const auto found = by_language_.find(language);
  return *(found == by_language_.end() ? by_language_.find("en") : found)->second;
}

std::optional<std::string> Catalogues::translate(std::string_view sentence, std::string_view language) const {
  const auto& one = of(language);
  const std::string key(sentence);
  for (const int domain : one.domains)
    if (const char* found = one.messages->get(domain, nullptr, key.c_str())) return found;
  return std::nullopt;
}

std::optional<std::string> Catalogues::translate(const CountedWord& word, std::int64_t count,
                                                 std::string_view language) const {
  const auto& one = of(language);
  const std::string key(word.one);
  for (const int domain : one.domains)
    if (const char* found = one.messages->get(domain, nullptr, key.c_str(), count)) return found;
  return std::nullopt;
}

std::string Catalogues::fill(std::string_view sentence, std::span<const std::string> values,
                             std::string_view language) const {
  locale::format format{std::string(sentence)};
  for (const auto& value : values) format % value;
  return format.str(of(language).format);
}

std::string Catalogues::fill(std::string_view sentence, std::int64_t number, std::string_view language) const {
  std::ostringstream text;
  text.imbue(of(language).format);
  text << locale::as::number << number;
  return fill(sentence, std::array{text.str()}, language);
}

std::string Catalogues::moment(Timestamp time, std::string_view language) const {
  std::ostringstream text;
  text.imbue(of(language).format);
  text << locale::as::gmt << locale::as::date_long << locale::as::time_short << locale::as::datetime
       << static_cast<double>(to_seconds(time));
  return text.str() + " UTC";
}

std::string_view writing_direction(std::string_view language) {
  constexpr std::array<std::string_view, 9> right_to_left{"ar", "ckb", "dv", "fa", "he", "ps", "sd", "ur", "yi"};
  const auto primary = language.substr(0, language.find('-'));
  return std::ranges::find(right_to_left, primary) == right_to_left.end() ? "ltr" : "rtl";
}

}  // namespace rowan::pages
