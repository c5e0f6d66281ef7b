#include <CLI/CLI.hpp>
#include <algorithm>
#include <cli/commands.hpp>
#include <cstdio>
#include <rowan/base/config_error.hpp>

namespace rowan::cli {

namespace {

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

MailFilter::State state_called(const std::string& name) {
  using State = MailFilter::State;
  if (name == "waiting") return State::waiting;
  if (name == "sent") return State::sent;
  if (name == "refused") return State::refused;
  if (name == "expired") return State::expired;
  if (name == "withheld") return State::withheld;
  return State::all;
}

int list(Auth& auth, const ListChoice& choice) {
  const auto mails = auth.mails({.state = state_called(choice.state)});
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
  const auto done = auth.retry_mail(*id);
  if (!done) return say_failure(auth, done.error());
  if (*done) {
    print("Done: the server's worker will send it shortly.\n");
    return 0;
  }
  const auto mail = auth.mail(*id);
  if (!mail) return say_failure(auth, mail.error());
  const auto& found = *mail;
  std::fprintf(
      stderr,
      found ? "mail %s is finished: %s; it cannot be sent again, so request a new one\n" : "there is no mail %s%s\n",
      id->text().c_str(), found ? found->state.c_str() : "");
  return 1;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const auto& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<std::string> letter_names(const Auth& auth) {
  std::vector<std::string> names;
  for (const auto& letter : auth.letters()) names.push_back(letter.name);
  return names;
}

int list_previews(Auth& auth, bool json) {
  const auto names = letter_names(auth);
  if (json)
    print_line(Json(names));
  else
    for (const auto& name : names) print(name + "\n");
  return 0;
}

int preview(Auth& auth, const PreviewChoice& choice) {
  if (choice.name.empty()) return list_previews(auth, choice.json);
  const auto languages = auth.languages();
  const auto language = choice.language.empty() ? auth.default_language() : choice.language;
  if (std::ranges::find(languages, language) == languages.end())
    throw ConfigError("--language: \"" + language + "\" is not available; use one of " + joined(languages));
  const auto mail = auth.preview_letter(choice.name, language);
  if (!mail && mail.error().code == ErrorCode::not_found) {
    std::fprintf(stderr, "%s; there are %s\n", mail.error().reason.c_str(), joined(letter_names(auth)).c_str());
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
  auto* mail = app.add_subcommand("mail", "Manage the outbox, and preview mails");
  mail->require_subcommand(1);

  auto& listing = add_command(*mail, access, "list", "List recent mails: waiting, sent, refused",
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

  auto& previewing = add_command(*mail, access, "preview", "Show a mail with example data; without a name, list all",
                                 "mail preview password/reset --language de");
  auto previewed = std::make_shared<PreviewChoice>();
  previewing.add_option("NAME", previewed->name, "The mail");
  previewing.add_option("--language", previewed->language, "Its language: en, de …; the default language if omitted");
  previewing.add_flag("--html", previewed->html, "Show the HTML instead of the text");
  previewing.add_flag("--json", previewed->json, "For programs");
  previewing.callback([access, previewed, &status] { status = preview(access.declared(), *previewed); });
}

}  // namespace rowan::cli
