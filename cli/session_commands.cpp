#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <cli/duration.hpp>
#include <cli/find_user.hpp>

namespace rowan::cli {

namespace {

struct SessionChoice : AccountChoice {
  std::string session{}, kind{}, older_than{};
  bool all = false, json = false;
};

Json document(const SessionRecord& session) {
  std::vector<Json> methods;
  for (const auto& shown : session.methods) methods.emplace_back(shown.name.view());
  return {{"id", session.id},
          {"kind", session.is_bearer ? "bearer" : "session"},
          {"browser", session.browser},
          {"user_agent", session.user_agent},
          {"address", session.address},
          {"methods", Json(methods)},
          {"created_at", to_rfc3339(session.created_at)},
          {"last_seen_at", to_rfc3339(session.seen_at)},
          {"expires_at", to_rfc3339(session.expires_at)}};
}

// Names of our own list only: a terminal obeys what a stranger's text may hold.
std::string or_dash(const std::string& text) { return text.empty() ? "-" : text; }

int list(Auth& auth, const SessionChoice& choice) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  const auto sessions = auth.sessions(found->user.id);
  if (!sessions) return say_failure(auth, sessions.error());
  if (choice.json) {
    std::vector<Json> documents;
    for (const auto& session : *sessions) documents.push_back(document(session));
    print_line({{"sessions", documents}});
    return 0;
  }
  if (sessions->empty()) print("It is signed in nowhere.\n");
  for (const auto& session : *sessions)
    print(session.id + "  " + (session.is_bearer ? "bearer " : "session") + "  last used " +
          to_rfc3339(session.seen_at) + "  since " + to_rfc3339(session.created_at) + "  " + or_dash(session.address) +
          "  " + or_dash(session.browser) + "\n");
  return 0;
}

Error wrong(std::string reason) { return {.code = ErrorCode::invalid_input, .reason = std::move(reason)}; }

Result<RevokeWhich> which_of(Auth& auth, const SessionChoice& choice) {
  using Purpose = RevokeWhich::Purpose;
  RevokeWhich which;
  if (!choice.kind.empty()) which.purposes = {choice.kind == "session" ? Purpose::session : Purpose::bearer};
  if (!choice.older_than.empty()) {
    const auto age = parse_duration(choice.older_than);
    if (!age) return wrong("--older-than: \"" + choice.older_than + "\" is not a duration such as 12h or 30d");
    which.before = auth.services().clock().now() - *age;
  }
  return which;
}

int end(Auth& auth, const SessionChoice& choice) {
  const bool some = choice.all || !choice.kind.empty() || !choice.older_than.empty();
  if (some != choice.session.empty())
    return say_failure(auth, wrong("give the id of a session, as `session list` shows it, or --all, --kind or "
                                   "--older-than"));
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  if (!some) {
    if (const auto done = auth.end_session(found->user.id, choice.session); !done)
      return say_failure(auth, done.error());
    print("The session has ended.\n");
    return 0;
  }
  const auto which = which_of(auth, choice);
  if (!which) return say_failure(auth, which.error());
  const auto ended = auth.revoke_all(found->user.id, *which);
  if (!ended) return say_failure(auth, ended.error());
  print("Sessions and tokens that have ended: " + std::to_string(*ended) + ".\n");
  return 0;
}

using SessionAction = int (*)(Auth&, const SessionChoice&);

}  // namespace

void add_session_commands(CLI::App& app, const Access& access, int& status) {
  auto* session = app.add_subcommand("session", "See where accounts are signed in, and end it");
  session->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& description, const std::string& example,
                       SessionAction action) -> std::pair<CLI::App&, std::shared_ptr<SessionChoice>> {
    auto choice = std::make_shared<SessionChoice>();
    auto& command = add_account_command(
        *session, access, name, description, example, *choice,
        [choice, action](Auth& auth) { return action(auth, *choice); }, status);
    return {command, choice};
  };
  const auto [listing, listed] =
      add("list", "Show its sessions and bearer tokens, the one used last first", "ada@example.com --json", list);
  listing.add_flag("--json", listed->json, "For programs");
  const auto [ending, ended] =
      add("end", "End a session, or some of them: every node refuses it", "ada@example.com --kind bearer", end);
  ending.add_option("SESSION", ended->session,
                    "Its id, as `session list` shows it; after -- when it begins with a dash");
  ending.add_flag("--all", ended->all, "All of them");
  ending.add_option("--kind", ended->kind, "Those of this kind")->check(CLI::IsMember({"session", "bearer"}));
  ending.add_option("--older-than", ended->older_than, "Those that were made before, such as 12h or 30d");
}

}  // namespace rowan::cli
