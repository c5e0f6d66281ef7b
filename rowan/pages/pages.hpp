#pragma once
// Pages: HTML from ctemplate with AUTOESCAPE, inside the layout, in the visitor's language. README.md in this folder
// says how to write templates.
#include <chrono>
#include <cstdint>
#include <memory>
#include <optional>
#include <rowan/base/embedded.hpp>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/mail/message.hpp>
#include <rowan/pages/words.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan {

/// A language that has a catalogue: "en", "de".
using Language = std::string;

struct PagesOptions {
  std::string app_name = "Rowan";
  std::string logo_url{};         // shown above the card instead of the name: a path, or a URL on any host
  std::string template_folder{};  // "password/reset.html" in it replaces ours; your own pages live there too
  std::string text_folder{};      // <language>.mo in it (msgfmt): your own sentences, and replacements for ours
  std::string theme_css{};        // a file of CSS custom properties, appended to our style sheet
  Language default_language = "en";
  /// Assets are served below it: base_url's path and the web mount, without a slash at the end.
  std::string mount = "/auth";
};

/// One static file under /auth/assets/<hash>/<name>. The views live as long as the Pages.
struct Asset {
  std::string_view name{}, hash{}, content_type{}, bytes{}, etag{};
};

/// Immutable after construction; thread-safe. The constructor throws ConfigError for missing or broken templates.
class Pages {
 public:
  /// `embedded`: more template files, of strategies outside the library, named like ours:
  /// "strategies/pin/pages/sign_in.html".
  explicit Pages(PagesOptions options, std::vector<EmbeddedFile> embedded = {});
  ~Pages();

  /// A whole page: template `name` inside the layout, filled from `data`:
  /// - A scalar `x` fills {{x}} and, when true or not empty, opens section {{#has_x}}.
  /// - An object opens section {{#x}} with its members inside.
  /// - An array repeats section {{#x}}; a scalar item is {{item}}.
  /// Three names are special. An object in an array that has a member `template` ("password/sign_in.html") is a panel,
  /// put where the page says {{>x}}. Members of `values` fill {{email_value}}, and members of `errors` {{email_error}}.
  /// Panels and the layout also see the scalars at the top of `data`. Names in data are lower snake case; those that no
  /// template uses are ignored. Everything is escaped for the place it stands in, and you cannot switch that off.
  /// Errors: `internal` when there is no such template.
  Result<std::string> page(std::string_view name, const Json& data, std::string_view language) const;
  /// The same template without the layout.
  Result<std::string> fragment(std::string_view name, const Json& data, std::string_view language) const;
  bool has(std::string_view name) const;
  /// Every template by its public name, sorted; and its text before translation, for those who want to replace it.
  std::vector<std::string> names() const;
  std::optional<std::string_view> source(std::string_view name) const;

  /// "password/reset" → mails/reset.txt, mails/reset.html and the subject (the first line of the .txt: "Subject: …").
  /// `to` is left empty.
  Result<MailMessage> mail(std::string_view name, const Json& data, std::string_view language) const;

  /// A word or sentence of the catalogues, with {1}, {2} … filled in order. An unknown key is returned as it is.
  std::string text(std::string_view key, std::string_view language, std::span<const std::string> values = {}) const;
  /// The form of a counted sentence for `count` in that language. {1} is the count, written as usual in that language.
  std::string text(const CountedWord& word, std::int64_t count, std::string_view language) const;
  /// The sentence for a field error ("too_short", 15).
  std::string field_error(const FieldError& error, std::string_view language) const;
  /// "24 November 2026 at 12:00 UTC", written as usual in that language.
  std::string moment(Timestamp time, std::string_view language) const;
  /// "10 minutes", "one day": a duration, rounded down, so that it never promises more.
  std::string duration(std::chrono::seconds duration, std::string_view language) const;

  /// The best available language: by `wishes` in their order (`ui_locales`, the account's locale), then by
  /// Accept-Language (RFC 9110 12.5.4), then the default.
  Language choose_language(std::span<const std::string_view> wishes, std::string_view accept_language) const;
  std::vector<Language> languages() const;

  /// The variables and sections that a template uses, with those of its includes; empty when there is no such template.
  std::vector<std::string> places(std::string_view name) const;

  /// Path below the mount: "assets/<hash>/rowan.css". Empty when there is no such asset.
  std::string asset_path(std::string_view name) const;
  std::optional<Asset> asset(std::string_view hash, std::string_view name) const;

 private:
  struct State;
  std::unique_ptr<const State> state_;
};

}  // namespace rowan
