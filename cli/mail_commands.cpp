#include <CLI/CLI.hpp>
#include <algorithm>
#include <cli/commands.hpp>
#include <cstdio>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/preview.hpp>

namespace rowan::cli {

namespace {

constexpr std::size_t shown_at_most = 100, looked_at = 100'000;

struct ListChoice {
  std::string state{};
  bool json = false;
};

struct PreviewChoice {
  std::string name{}, language{};
  bool html = false, json = false;
};

Json document(const OutboxEntry& mail) {
  return {{"id", mail.id.text()},
          {"to", mail.to},
          {"subject", mail.subject},
          {"kind", mail.kind},
          {"state", mail.state},
          {"attempts", mail.attempts},
          {"created_at", to_rfc3339(mail.created)},
          {"next_attempt_at", mail.state == "waiting" ? Json(to_rfc3339(mail.next_attempt)) : Json(nullptr)},
          {"detail", mail.detail}};
}

// A waiting mail may lie below many that were sent since.
Result<std::vector<OutboxEntry>> mails_of(Auth& auth, const std::string& state) {
  auto& core = auth.core();
  if (state.empty()) return core.outbox.list(core.spine.database, shown_at_most);
  auto mails = core.outbox.list(core.spine.database, looked_at);
  if (!mails) return mails;
  std::erase_if(*mails, [&](const OutboxEntry& mail) { return mail.state != state; });
  if (mails->size() > shown_at_most) mails->resize(shown_at_most);
  return mails;
}

int list(Auth& auth, const ListChoice& choice) {
  const auto mails = mails_of(auth, choice.state);
  if (!mails) return say_failure(auth, mails.error());
  if (choice.json) {
    std::vector<Json> documents;
    for (const auto& mail : *mails) documents.push_back(document(mail));
    print_line(Json(documents));
    return 0;
  }
  if (mails->empty())
    print(choice.state.empty() ? "No mail is waiting, and none was sent lately.\n"
                               : "No mail is " + choice.state + ".\n");
  for (const auto& mail : *mails)
    print(mail.id.text() + "  " + to_rfc3339(mail.created) + "  " + mail.state + "  " + mail.to + "  " + mail.subject +
          (mail.detail.empty() ? "" : "  (" + mail.detail + ")") + "\n");
  return 0;
}

int retry(Auth& auth, const std::string& text) {
  const auto id = MailId::parse(text);
  if (!id) throw ConfigError("ID: \"" + text + "\" is not a mail id; `mail list` shows them");
  auto& core = auth.core();
  const auto done = core.outbox.retry(core.spine.database, *id);
  if (!done) return say_failure(auth, done.error());
  if (*done) {
    print("Done: the next turn of the server's worker sends it.\n");
    return 0;
  }
  const auto mails = core.outbox.list(core.spine.database, looked_at);
  if (!mails) return say_failure(auth, mails.error());
  const auto found = std::ranges::find(*mails, *id, &OutboxEntry::id);
  std::fprintf(stderr,
               found == mails->end() ? "there is no mail %s\n"
                                     : "mail %s is finished: %s; ask for a new one where it came from\n",
               id->text().c_str(), found == mails->end() ? "" : found->state.c_str());
  return 1;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

int list_previews(Auth& auth, bool json) {
  const auto names = engine::letter_names(auth.core());
  if (json)
    print_line(Json(names));
  else
    for (const auto& name : names) print(name + "\n");
  return 0;
}

int preview(Auth& auth, const PreviewChoice& choice) {
  if (choice.name.empty()) return list_previews(auth, choice.json);
  const auto& pages = auth.core().pages;
  const auto languages = pages.languages();
  const auto language = choice.language.empty() ? auth.core().options.pages.default_language : choice.language;
  if (std::ranges::find(languages, language) == languages.end())
    throw ConfigError("--language: there is no \"" + language + "\"; take one of " + joined(languages));
  const auto mail = engine::preview_letter(auth.core(), choice.name, language);
  if (!mail && mail.error().code == ErrorCode::not_found) {
    std::fprintf(stderr, "%s; there are %s\n", mail.error().reason.c_str(),
                 joined(engine::letter_names(auth.core())).c_str());
    return 1;
  }
  if (!mail) return say_failure(auth, mail.error());
  if (choice.json)
    print_line({{"name", choice.name},
                {"language", language},
                {"subject", mail->subject},
                {"text", mail->text},
                {"html", mail->html}});
  else
    print(choice.html ? mail->html : "Subject: " + mail->subject + "\n\n" + mail->text);
  return 0;
}

}  // namespace

void add_mail_commands(CLI::App& app, const Access& access, int& status) {
  auto* mail = app.add_subcommand("mail", "Look after the outbox, and see how mails look");
  mail->require_subcommand(1);

  auto& listing = add_command(*mail, access, "list", "Mails of the last days: waiting, sent, refused",
                              "mail list --state waiting --json");
  auto listed = std::make_shared<ListChoice>();
  listing.add_option("--state", listed->state, "Only these")
      ->check(CLI::IsMember({"waiting", "sent", "refused", "expired", "withheld"}));
  listing.add_flag("--json", listed->json, "For programs");
  listing.callback([access, listed, &status] { status = list(access.ready(), *listed); });

  auto& retrying = add_command(*mail, access, "retry", "Send a waiting mail now instead of later",
                               "mail retry 0193a5f0-7c3e-7b1a-9f00-2b6c1d9e4a11");
  auto id = std::make_shared<std::string>();
  retrying.add_option("ID", *id, "From `mail list`")->required();
  retrying.callback([access, id, &status] { status = retry(access.ready(), *id); });

  auto& previewing = add_command(*mail, access, "preview", "Show a mail with examples in it; without a name, list them",
                                 "mail preview password/reset --language de");
  auto previewed = std::make_shared<PreviewChoice>();
  previewing.add_option("NAME", previewed->name, "The mail");
  previewing.add_option("--language", previewed->language, "en, de …; without it, the default language");
  previewing.add_flag("--html", previewed->html, "Its HTML instead of its text");
  previewing.add_flag("--json", previewed->json, "For programs");
  previewing.callback([access, previewed, &status] { status = preview(access.declared(), *previewed); });
}

}  // namespace rowan::cli
