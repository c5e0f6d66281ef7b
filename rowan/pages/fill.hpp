#pragma once
// Not installed. Fill: Json into ctemplate's dictionaries, by the rules pages.hpp promises.
#include <rowan/pages/template_set.hpp>

namespace rowan::pages {

/// For one rendering. Names that no template mentions are left out: ctemplate remembers every name it ever saw, and a
/// visitor's field names must not fill that memory.
struct Fill {
  std::string_view language;
  const Names& vocabulary;
  const TemplateSet& templates;
  std::string& unknown_panel;  // the first panel whose template does not exist
  bool& failed;                // some form came back with a summary of errors

  /// The scalars of `data`, for every template of this rendering.
  void everywhere(ctemplate::TemplateDictionary& dictionary, const Fields& data) const;
  /// Scalars, sections and panels of `data` that `names` has.
  void members(ctemplate::TemplateDictionary& dictionary, const Fields& data, const Names& names, int depth = 0) const;

 private:
  void member(ctemplate::TemplateDictionary& dictionary, const std::string& key, const Json& value, const Names& names,
              int depth) const;
  void form_state(ctemplate::TemplateDictionary& dictionary, const Json& fields, std::string_view ending,
                  const Names& names) const;
  void item(ctemplate::TemplateDictionary& dictionary, const std::string& key, const Json& item, const Names& names,
            int depth) const;
  void panel(ctemplate::TemplateDictionary& dictionary, const std::string& key, std::string_view name,
             const Fields& data, int depth) const;
};

}  // namespace rowan::pages
