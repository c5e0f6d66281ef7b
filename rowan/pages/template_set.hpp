#pragma once
// Not installed. TemplateSet: every template, parsed once for each language, and the one way to render them.
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <rowan/pages/catalogues.hpp>
#include <rowan/pages/template_source.hpp>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace ctemplate {
class TemplateCache;
class TemplateDictionary;
}  // namespace ctemplate

namespace rowan::pages {

using Names = std::set<std::string, std::less<>>;

/// The members of an object, taken out of the Json once.
using Fields = std::vector<std::pair<std::string, Json>>;

/// A template's text by its public name.
using TemplateFiles = std::map<std::string, std::string, std::less<>>;

/// Immutable after construction; thread-safe.
class TemplateSet {
 public:
  struct Entry {
    TemplateSource source{};
    std::map<std::string, std::string, std::less<>> keys{};    // language → its name in the cache
    std::map<std::string, std::string, std::less<>> titles{};  // language → translated
  };

  /// What is wrong is appended to `problems`; the set is then not to be used.
  TemplateSet(const TemplateFiles& files, const Catalogues& catalogues,
              const std::function<std::string(std::string_view)>& asset_path, std::vector<std::string>& problems);
  ~TemplateSet();

  const Entry* find(std::string_view name) const;
  /// Renders `name` from `data`, inside `frame` where it says {{>content}} (or alone when there is none). Its scalars
  /// are seen everywhere; a later field of the same name wins. `language` is one of the catalogues'.
  Result<std::string> render(const Entry* frame, const Entry& entry, const Fields& data,
                             std::string_view language) const;

 private:
  void parse(const std::string& name, Entry& entry, const Catalogues& catalogues, std::vector<std::string>& problems);
  std::map<std::string, Entry, std::less<>> entries_{};
  Names vocabulary_{};  // every name that any template mentions
  std::unique_ptr<ctemplate::TemplateCache> cache_;
};

}  // namespace rowan::pages
