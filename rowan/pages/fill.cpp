#include <ctemplate/template.h>

#include <algorithm>
#include <rowan/pages/fill.hpp>

namespace rowan::pages {

namespace {

constexpr int deepest = 8;

bool is_scalar(const Json& value) { return value.kind() != Json::Kind::array && value.kind() != Json::Kind::object; }

std::string text_of(const Json& scalar) {
  if (const auto text = scalar.as_text()) return std::string(*text);
  return scalar.kind() == Json::Kind::null ? std::string() : scalar.text();
}

bool is_there(const Json& scalar) {
  switch (scalar.kind()) {
    case Json::Kind::boolean: return *scalar.as_boolean();
    case Json::Kind::number: return scalar.text() != "0";
    case Json::Kind::text: return !scalar.as_text()->empty();
    default: return false;
  }
}

void set_scalar(ctemplate::TemplateDictionary& dictionary, const std::string& key, const Json& value,
                const Names& names) {
  if (names.contains(key)) dictionary.SetValue(key, text_of(value));
  if (const auto has = "has_" + key; names.contains(has) && is_there(value)) dictionary.ShowSection(has);
}

}  // namespace

void Fill::everywhere(ctemplate::TemplateDictionary& dictionary, const Fields& data) const {
  for (const auto& [key, value] : data) {
    if (!is_scalar(value)) continue;
    if (vocabulary.contains(key)) dictionary.SetTemplateGlobalValue(key, text_of(value));
    if (const auto has = "has_" + key; vocabulary.contains(has) && is_there(value))
      dictionary.ShowTemplateGlobalSection(has);
  }
}

void Fill::members(ctemplate::TemplateDictionary& dictionary, const Fields& data, const Names& names, int depth) const {
  if (depth > deepest) return;
  for (const auto& [key, value] : data) member(dictionary, key, value, names, depth);
}

void Fill::member(ctemplate::TemplateDictionary& dictionary, const std::string& key, const Json& value,
                  const Names& names, int depth) const {
  if (key == "values") return form_state(dictionary, value, "_value", names);
  if (key == "errors") return form_state(dictionary, value, "_error", names);
  // Those at the top are everywhere already, but a section that is everywhere does not see what is only here:
  // {{#has_lifetime}}{{email_value}}{{/has_lifetime}}.
  if (is_scalar(value)) return set_scalar(dictionary, key, value, names);
  const auto has = "has_" + key;
  if (!names.contains(key) && !names.contains(has)) return;
  if (value.kind() == Json::Kind::object) {
    const auto& fields = value.fields_view();
    if (names.contains(has) && !fields.empty()) dictionary.ShowSection(has);
    if (names.contains(key)) members(*dictionary.AddSectionDictionary(key), fields, names, depth + 1);
    return;
  }
  const auto& items = value.items_view();
  if (items.empty()) return;
  if (key == "summary") failed = true;
  if (names.contains(has)) dictionary.ShowSection(has);
  if (!names.contains(key)) return;
  for (const auto& one : items) item(dictionary, key, one, names, depth);
}

// {{email}} inside {{#errors}} would fall through to an {{email}} outside of it; a name of its own cannot.
void Fill::form_state(ctemplate::TemplateDictionary& dictionary, const Json& fields, std::string_view ending,
                      const Names& names) const {
  for (const auto& [key, value] : fields.fields_view())
    if (is_scalar(value)) set_scalar(dictionary, key + std::string(ending), value, names);
}

void Fill::item(ctemplate::TemplateDictionary& dictionary, const std::string& key, const Json& item, const Names& names,
                int depth) const {
  if (is_scalar(item)) return set_scalar(*dictionary.AddSectionDictionary(key), "item", item, names);
  const Fields& fields = item.fields_view();
  const auto name = std::ranges::find(fields, "template", &Fields::value_type::first);
  if (name != fields.end() && name->second.as_text())
    return panel(dictionary, key, *name->second.as_text(), fields, depth);
  members(*dictionary.AddSectionDictionary(key), fields, names, depth + 1);
}

void Fill::panel(ctemplate::TemplateDictionary& dictionary, const std::string& key, std::string_view name,
                 const Fields& data, int depth) const {
  const auto* entry = templates.find(name);
  if (entry == nullptr) {
    if (unknown_panel.empty()) unknown_panel = name;
    return;
  }
  auto* panel = dictionary.AddIncludeDictionary(key);
  panel->SetFilename(entry->keys.find(language)->second);
  members(*panel, data, entry->source.names, depth + 1);
}

}  // namespace rowan::pages
