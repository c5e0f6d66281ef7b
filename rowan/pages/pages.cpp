#include <algorithm>
#include <rowan/base/config_error.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/pages/assets.hpp>
#include <rowan/pages/catalogues.hpp>
#include <rowan/pages/choose_language.hpp>
#include <rowan/pages/embedded_files.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/pages/template_folder.hpp>
#include <rowan/pages/template_set.hpp>

namespace rowan {

namespace {

std::span<const EmbeddedFile> embedded_files(const EmbeddedFile* files, std::size_t count) { return {files, count}; }

pages::TemplateFiles collect_templates(const PagesOptions& options, std::span<const EmbeddedFile> more,
                                       std::vector<std::string>& problems) {
  pages::TemplateFiles files;
  const auto add = [&](const EmbeddedFile& file) {
    const auto name = pages::public_name(file.name);
    if (name.empty())
      problems.push_back("template " + std::string(file.name) + ": is not in a folder \"pages\" or \"mails\"");
    else if (!files.emplace(name, file.bytes).second)
      problems.push_back("template " + std::string(file.name) + ": another file is called \"" + name +
                         "\"; rename one");
  };
  for (const auto& file : embedded_files(embedded::template_files, embedded::template_files_count)) add(file);
  for (const auto& file : more) add(file);
  pages::read_template_folder(options.template_folder, files, problems);
  return files;
}

pages::Catalogues collect_catalogues(const PagesOptions& options, std::vector<std::string>& problems) {
  const auto stored = pages::read_text_folder(options.text_folder, problems);
  std::vector<pages::CatalogueFile> files;
  for (const auto& file : stored) files.push_back(pages::catalogue_file({.name = file.name, .bytes = file.bytes}));
  for (const auto& file : embedded_files(embedded::catalogue_files, embedded::catalogue_files_count))
    files.push_back(pages::catalogue_file(file));
  return pages::Catalogues(files, problems);
}

Error no_such_template(std::string_view name) {
  return {.code = ErrorCode::internal, .reason = "pages: no template \"" + std::string(name) + "\""};
}

// INJ-02: a value in a header or in a plain text mail cannot make lines of its own.
pages::Fields without_control_characters(const Json& data) {
  pages::Fields fields = data.fields();
  for (auto& [key, value] : fields) {
    const auto text = value.as_text();
    if (!text || !has_control_characters(*text)) continue;
    std::string clean;
    for (const char c : *text) clean += static_cast<unsigned char>(c) < 0x20 || c == 0x7f ? ' ' : c;
    // What is left are C1 controls and U+2028/2029, which no name, address or browser needs.
    value = has_control_characters(clean) ? std::string() : clean;
  }
  return fields;
}

}  // namespace

struct Pages::State {
  State(PagesOptions given, std::span<const EmbeddedFile> more, std::vector<std::string>& problems)
      : options(std::move(given)),
        catalogues(collect_catalogues(options, problems)),
        assets(embedded_files(embedded::asset_files, embedded::asset_files_count),
               pages::read_theme(options.theme_css, problems), problems),
        files(collect_templates(options, more, problems)),
        templates(files, catalogues, [this](std::string_view name) { return assets.path(name); }, problems) {
    if (!catalogues.has(options.default_language))
      problems.push_back("default_language: there is no catalogue for \"" + options.default_language + "\"");
  }

  std::string_view known(std::string_view language) const {
    return catalogues.has(language) ? language : std::string_view(options.default_language);
  }

  // What the layout and every template may count on, after what the caller gave: ours wins, but for `mount` and
  // `page_title`.
  void complete(pages::Fields& data, const pages::TemplateSet::Entry& entry, std::string_view language) const {
    const auto has = [&](std::string_view name) {
      return std::ranges::find(data, name, &pages::Fields::value_type::first) != data.end();
    };
    data.emplace_back("app_name", options.app_name);
    data.emplace_back("logo_url", options.logo_url);
    data.emplace_back("language", language);
    data.emplace_back("dir", pages::writing_direction(language));
    if (!has("mount")) data.emplace_back("mount", options.mount);
    if (!has("home_href")) data.emplace_back("home_href", "/");
    const auto title = entry.titles.find(language);
    if (title != entry.titles.end() && !has("page_title")) data.emplace_back("page_title", title->second);
  }

  Result<std::string> render(const pages::TemplateSet::Entry* frame, const pages::TemplateSet::Entry& entry,
                             pages::Fields data, std::string_view language) const {
    complete(data, entry, language);
    return templates.render(frame, entry, data, language);
  }

  PagesOptions options;
  pages::Catalogues catalogues;
  pages::Assets assets;
  pages::TemplateFiles files;
  pages::TemplateSet templates;
};

Pages::Pages(PagesOptions options, std::vector<EmbeddedFile> embedded) {
  std::vector<std::string> problems;
  auto state = std::make_unique<const State>(std::move(options), embedded, problems);
  if (!problems.empty()) throw ConfigError(std::move(problems));
  state_ = std::move(state);
}

Pages::~Pages() = default;

Result<std::string> Pages::page(std::string_view name, const Json& data, std::string_view language) const {
  const auto* entry = state_->templates.find(name);
  if (entry == nullptr) return no_such_template(name);
  const auto* layout = entry->source.whole ? nullptr : state_->templates.find("layout.html");
  return state_->render(layout, *entry, data.fields(), state_->known(language));
}

Result<std::string> Pages::fragment(std::string_view name, const Json& data, std::string_view language) const {
  const auto* entry = state_->templates.find(name);
  if (entry == nullptr) return no_such_template(name);
  return state_->render(nullptr, *entry, data.fields(), state_->known(language));
}

bool Pages::has(std::string_view name) const { return state_->templates.find(name) != nullptr; }

std::vector<std::string> Pages::names() const {
  std::vector<std::string> names;
  for (const auto& [name, text] : state_->files) names.push_back(name);
  return names;
}

std::optional<std::string_view> Pages::source(std::string_view name) const {
  const auto found = state_->files.find(name);
  return found == state_->files.end() ? std::nullopt : std::optional<std::string_view>(found->second);
}

Result<MailMessage> Pages::mail(std::string_view name, const Json& data, std::string_view language) const {
  const auto slash = name.find_last_of('/');
  const std::string folder =
      slash == std::string_view::npos ? "mails/" : std::string(name.substr(0, slash)) + "/mails/";
  const std::string base = folder + std::string(name.substr(slash == std::string_view::npos ? 0 : slash + 1));
  const auto* text = state_->templates.find(base + ".txt");
  const auto* html = state_->templates.find(base + ".html");
  if (text == nullptr || html == nullptr) return no_such_template(base);
  language = state_->known(language);
  const auto clean = without_control_characters(data);
  ROWAN_TRY(auto plain, state_->render(nullptr, *text, clean, language));
  constexpr std::string_view subject = "Subject: ";
  if (!plain.starts_with(subject))
    return Error{.code = ErrorCode::internal, .reason = "pages: " + base + ".txt does not begin with \"Subject: \""};
  MailMessage mail{.kind = std::string(name)};
  const auto end = plain.find('\n');
  mail.subject = plain.substr(subject.size(), end - subject.size());
  mail.text = end == std::string::npos ? "" : plain.substr(plain.find_first_not_of('\n', end));
  const auto* layout = html->source.whole ? nullptr : state_->templates.find("mails/layout.html");
  ROWAN_TRY(mail.html, state_->render(layout, *html, clean, language));
  return mail;
}

std::string Pages::text(std::string_view key, std::string_view language, std::span<const std::string> values) const {
  language = state_->known(language);
  auto sentence = state_->catalogues.translate(key, language).value_or(std::string(key));
  return values.empty() ? sentence : state_->catalogues.fill(sentence, values, language);
}

std::string Pages::text(const CountedWord& word, std::int64_t count, std::string_view language) const {
  language = state_->known(language);
  const auto english = std::string(count == 1 ? word.one : word.many);
  return state_->catalogues.fill(state_->catalogues.translate(word, count, language).value_or(english), count,
                                 language);
}

std::string Pages::moment(Timestamp time, std::string_view language) const {
  return state_->catalogues.moment(time, state_->known(language));
}

std::string Pages::duration(std::chrono::seconds duration, std::string_view language) const {
  const auto whole = [&](std::chrono::seconds unit) { return duration >= unit && duration % unit == unit.zero(); };
  if (whole(std::chrono::days(1))) return text(words::days, duration / std::chrono::days(1), language);
  if (whole(std::chrono::hours(1))) return text(words::hours, duration / std::chrono::hours(1), language);
  if (duration >= std::chrono::minutes(1)) return text(words::minutes, duration / std::chrono::minutes(1), language);
  return text(words::seconds, duration.count(), language);
}

Language Pages::choose_language(std::span<const std::string_view> wishes, std::string_view accept_language) const {
  return pages::choose_language(languages(), wishes, accept_language, state_->options.default_language);
}

std::vector<Language> Pages::languages() const { return state_->catalogues.languages(); }

std::vector<std::string> Pages::places(std::string_view name) const {
  const auto* entry = state_->templates.find(name);
  if (entry == nullptr) return {};
  return {entry->source.names.begin(), entry->source.names.end()};
}

std::string Pages::asset_path(std::string_view name) const { return state_->assets.path(name); }

std::optional<Asset> Pages::asset(std::string_view hash, std::string_view name) const {
  return state_->assets.find(hash, name);
}

}  // namespace rowan
