#pragma once
// Not installed. Catalogues: gettext's .mo files read by Boost.Locale, a language per call. The English sentence is the
// key.
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <rowan/base/embedded.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/pages/words.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::pages {

/// One compiled catalogue. An earlier one of the same language wins.
struct CatalogueFile {
  std::string language{};  // "de", "pt-BR"
  std::string name{};      // for messages
  std::string_view bytes{};
};

/// The file's language is its name: "strategies/password/texts/pt_BR.mo" → "pt-BR".
CatalogueFile catalogue_file(const EmbeddedFile& file);

/// Immutable after construction; thread-safe. English needs no catalogue.
class Catalogues {
 public:
  /// The bytes are read here and not kept. What is wrong is appended to `problems`.
  Catalogues(std::span<const CatalogueFile> files, std::vector<std::string>& problems);

  std::vector<std::string> languages() const;  // sorted
  bool has(std::string_view language) const { return by_language_.contains(language); }

  /// nullopt when no catalogue of that language has the sentence.
  std::optional<std::string> translate(std::string_view sentence, std::string_view language) const;
  std::optional<std::string> translate(const CountedWord& word, std::int64_t count, std::string_view language) const;

  /// Fills the places {1}, {2} … of a sentence that is already translated.
  std::string fill(std::string_view sentence, std::span<const std::string> values, std::string_view language) const;
  std::string fill(std::string_view sentence, std::int64_t number, std::string_view language) const;
  std::string moment(Timestamp time, std::string_view language) const;

 private:
  struct OneLanguage;
  const OneLanguage& of(std::string_view language) const;  // English when there is none
  std::map<std::string, std::shared_ptr<const OneLanguage>, std::less<>> by_language_{};
};

/// "ltr" or "rtl": the value of <html dir>.
std::string_view writing_direction(std::string_view language);

}  // namespace rowan::pages
