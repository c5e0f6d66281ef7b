#include <ctemplate/template.h>

#include <algorithm>
#include <rowan/pages/fill.hpp>
#include <rowan/pages/template_set.hpp>

namespace rowan::pages {

namespace {

// Keeps words in one line each apart and attributes on several lines whole, which stripping all white space would not.
constexpr auto strip = ctemplate::STRIP_BLANK_LINES;

// A translation may move variables, but neither lose nor invent one: what it names is what the page fills.
std::optional<std::string> check_variables(std::string_view sentence, std::string_view translation) {
  if (variables_of(sentence) == variables_of(translation)) return std::nullopt;
  return "\"" + std::string(translation) + "\" has other {{variables}} than \"" + std::string(sentence) + "\"";
}

}  // namespace

TemplateSet::TemplateSet(const TemplateFiles& files, const Catalogues& catalogues,
                         const std::function<std::string(std::string_view)>& asset_path,
                         std::vector<std::string>& problems)
    : cache_(std::make_unique<ctemplate::TemplateCache>()) {
  const SourceLookups lookups{.file = [&files](std::string_view name) -> std::optional<std::string_view> {
                                const auto found = files.find(name);
                                return found == files.end() ? std::nullopt
                                                            : std::optional<std::string_view>(found->second);
                              },
                              .asset_path = asset_path};
  for (const auto& [name, text] : files) {
    auto& entry = entries_[name];
    entry.source = read_template(name, text, lookups, problems);
    vocabulary_.insert(entry.source.names.begin(), entry.source.names.end());
  }
  if (!problems.empty()) return;
  for (auto& [name, entry] : entries_) parse(name, entry, catalogues, problems);
  cache_->Freeze();
}

TemplateSet::~TemplateSet() = default;

void TemplateSet::parse(const std::string& name, Entry& entry, const Catalogues& catalogues,
                        std::vector<std::string>& problems) {
  for (const auto& language : catalogues.languages()) {
    const auto translated = [&](const std::string& sentence) {
      auto text = catalogues.translate(sentence, language).value_or(sentence);
      if (auto problem = check_variables(sentence, text))
        problems.push_back("template " + name + ", " + language + ": " + *problem);
      return text;
    };
    std::string text = entry.source.html ? "{{%AUTOESCAPE context=\"HTML\"}}" : "";
    for (const auto& piece : entry.source.pieces) {
      const std::string part = piece.is_word ? translated(piece.text) : piece.text;
      text += piece.is_word && entry.source.html ? escape_html(part) : part;
    }
    if (!entry.source.title.empty()) entry.titles[language] = translated(entry.source.title);
    const auto& key = entry.keys[language] = language + "/" + name;
    if (!cache_->StringToTemplateCache(key, text, entry.source.html ? strip : ctemplate::DO_NOT_STRIP))
      problems.push_back("template " + name +
                         ": a section is not closed, or closed in the wrong order, or the HTML is incomplete");
  }
}

const TemplateSet::Entry* TemplateSet::find(std::string_view name) const {
  const auto found = entries_.find(name);
  return found == entries_.end() ? nullptr : &found->second;
}

Result<std::string> TemplateSet::render(const Entry* frame, const Entry& entry, const Fields& data,
                                        std::string_view language) const {
  std::string unknown_panel;
  bool failed = false;
  const Fill fill{.language = language,
                  .vocabulary = vocabulary_,
                  .templates = *this,
                  .unknown_panel = unknown_panel,
                  .failed = failed};
  const std::string& key = entry.keys.find(language)->second;
  const Entry& outermost = frame == nullptr ? entry : *frame;
  ctemplate::TemplateDictionary dictionary("page");
  fill.everywhere(dictionary, data);
  fill.members(dictionary, data, outermost.source.names);
  if (frame != nullptr) {
    auto* content = dictionary.AddIncludeDictionary("content");
    content->SetFilename(key);
    fill.members(*content, data, entry.source.names);
  }
  // The title says so first, for those who hear the page instead of seeing it.
  if (failed) dictionary.ShowTemplateGlobalSection("has_failed");
  if (!unknown_panel.empty())
    return Error{.code = ErrorCode::internal, .reason = "pages: no template \"" + unknown_panel + "\""};
  std::string out;
  out.reserve(8 * 1024);
  const auto mode = outermost.source.html ? strip : ctemplate::DO_NOT_STRIP;
  if (!cache_->ExpandNoLoad(outermost.keys.find(language)->second, mode, &dictionary, nullptr, &out))
    return Error{.code = ErrorCode::internal, .reason = "pages: \"" + key + "\" could not be rendered"};
  return out;
}

}  // namespace rowan::pages
