#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <cli/find_user.hpp>

namespace rowan::cli {

namespace {

struct KeyChoice : AccountChoice {
  std::string name{}, key{};
  std::vector<std::string> scopes{};
  std::optional<std::int64_t> days{};
  bool never_expires = false, all = false, json = false;
};

Json or_null(const std::optional<Timestamp>& time) { return time ? Json(to_rfc3339(*time)) : Json(nullptr); }

std::vector<std::pair<std::string, Json>> document(const KeyRecord& key) {
  std::vector<Json> scopes(key.scopes.begin(), key.scopes.end());
  return {{"id", key.id},
          {"name", key.name},
          {"hint", key.hint},
          {"scopes", Json(scopes)},
          {"created_at", to_rfc3339(key.created_at)},
          {"expires_at", or_null(key.expires_at)},
          {"last_used_at", or_null(key.last_used_at)},
          {"ended", key.ended}};
}

std::string words(const std::vector<std::string>& scopes) {
  std::string text;
  for (const auto& scope : scopes) text += (text.empty() ? "" : ",") + scope;
  return text.empty() ? "-" : text;
}

int create(Auth& auth, const KeyChoice& choice) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  KeyWish wish{.name = choice.name, .never_expires = choice.never_expires, .scopes = choice.scopes};
  if (choice.days) wish.expires_at = auth.services().clock().now() + std::chrono::days(*choice.days);
  const auto made = auth.create_key(found->user.id, wish);
  if (!made) return say_failure(auth, made.error());
  if (choice.json) {
    auto fields = document(made->record);
    fields.emplace_back("api_key", made->text);
    print_line(Json::object(fields));
  } else {
    print(made->text + "\n");
  }
  return 0;
}

int list(Auth& auth, const KeyChoice& choice) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  const auto keys = auth.keys(found->user.id);
  if (!keys) return say_failure(auth, keys.error());
  if (choice.json) {
    std::vector<Json> documents;
    for (const auto& key : *keys) documents.push_back(Json::object(document(key)));
    print_line({{"keys", documents}});
    return 0;
  }
  if (keys->empty()) print("It has no API keys.\n");
  for (const auto& key : *keys)
    print(key.id + "  " + key.hint + "  " + (key.ended ? "ended" : "works") + "  until " +
          (key.expires_at ? to_rfc3339(*key.expires_at) : "revoked") + "  last used " +
          (key.last_used_at ? to_rfc3339(*key.last_used_at) : "never") + "  " + words(key.scopes) + "  " + key.name +
          "\n");
  return 0;
}

int revoke(Auth& auth, const KeyChoice& choice) {
  if (choice.all != choice.key.empty())
    return say_failure(
        auth, {.code = ErrorCode::invalid_input, .reason = "give the id of a key, as `key list` shows it, or --all"});
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  std::vector<std::string> ids{choice.key};
  if (choice.all) {
    const auto keys = auth.keys(found->user.id);
    if (!keys) return say_failure(auth, keys.error());
    ids.clear();
    for (const auto& key : *keys) ids.push_back(key.id);
  }
  for (const auto& one : ids)
    if (const auto done = auth.revoke_key(found->user.id, one); !done) return say_failure(auth, done.error());
  print(choice.all ? "Its API keys no longer work: " + std::to_string(ids.size()) + ".\n"
                   : std::string("The API key no longer works.\n"));
  return 0;
}

using KeyAction = int (*)(Auth&, const KeyChoice&);

}  // namespace

void add_key_commands(CLI::App& app, const Access& access, int& status) {
  auto* key = app.add_subcommand("key", "Manage the API keys of accounts");
  key->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& description, const std::string& example,
                       KeyAction action) -> std::pair<CLI::App&, std::shared_ptr<KeyChoice>> {
    auto choice = std::make_shared<KeyChoice>();
    auto& command = add_account_command(
        *key, access, name, description, example, *choice,
        [choice, action](Auth& auth) { return action(auth, *choice); }, status);
    return {command, choice};
  };
  const auto [creating, made] = add("create", "Make a key and print it, this once; its owner is told by mail",
                                    "ada@example.com --name backup --scope read --days 30", create);
  creating.add_option("--name", made->name, "What the owner calls it")->required();
  creating.add_option("--scope", made->scopes, "What it may do; as often as you like");
  creating.add_option("--days", made->days, "How long it works; as configured when left out")
      ->check(CLI::Range(1, 36500));
  creating.add_flag("--never-expires", made->never_expires, "It has no end, where the configuration allows that");
  creating.add_flag("--json", made->json, "For programs");
  const auto [listing, listed] = add("list", "Show its keys, without their secrets", "ada@example.com --json", list);
  listing.add_flag("--json", listed->json, "For programs");
  const auto [revoking, revoked] =
      add("revoke", "End a key: every node refuses it", "ada@example.com 01979a3e-…", revoke);
  revoking.add_option("KEY", revoked->key, "Its id, as `key list` shows it");
  revoking.add_flag("--all", revoked->all, "All of them");
}

}  // namespace rowan::cli
