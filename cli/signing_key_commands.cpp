#include <CLI/CLI.hpp>
#include <cli/commands.hpp>

namespace rowan::cli {

namespace {

Json document(const SigningKeyRecord& key) {
  return {{"kid", key.kid},
          {"algorithm", key.algorithm},
          {"signs", key.signs},
          {"created_at", to_rfc3339(key.created_at)},
          {"active_from", to_rfc3339(key.active_from)},
          {"retires_at", key.retires_at ? Json(to_rfc3339(*key.retires_at)) : Json(nullptr)},
          {"public_jwk", key.public_jwk}};
}

int list(Auth& auth, bool json) {
  const auto keys = auth.signing_keys();
  if (!keys) return say_failure(auth, keys.error());
  if (json) {
    std::vector<Json> documents;
    for (const auto& key : *keys) documents.push_back(document(key));
    print_line({{"keys", documents}});
    return 0;
  }
  const auto now = auth.services().clock().now();
  for (const auto& key : *keys) {
    const auto* const state = key.signs ? "signs" : key.active_from > now ? "waits" : "verifies";
    print(key.kid + "  " + key.algorithm + "  " + state + "  from " + to_rfc3339(key.active_from) +
          (key.retires_at ? "  until " + to_rfc3339(*key.retires_at) : std::string()) + "\n");
  }
  return 0;
}

int rotate(Auth& auth, bool at_once, bool json) {
  const auto kid = auth.rotate_signing_key(at_once);
  if (!kid) return say_failure(auth, kid.error());
  if (json)
    print_line({{"kid", *kid}});
  else
    print("The new key is " + *kid +
          (at_once ? ". It signs now.\n" : ". It is published now and signs later: see `keys list`.\n"));
  return 0;
}

int retire(Auth& auth, const std::string& kid, bool json) {
  if (const auto done = auth.retire_signing_key(kid); !done) return say_failure(auth, done.error());
  if (json)
    print_line({{"retired", kid}});
  else
    print("Every node refuses the tokens of this key.\n");
  return 0;
}

}  // namespace

void add_signing_key_commands(CLI::App& app, const Access& access, int& status) {
  auto* keys = app.add_subcommand("keys", "Manage the keys that sign tokens (for the API keys of accounts: `key`)");
  keys->require_subcommand(1);
  const auto json_flag = [](CLI::App& command) {
    auto json = std::make_shared<bool>(false);
    command.add_flag("--json", *json, "For programs");
    return json;
  };

  auto& listing = add_command(*keys, access, "list", "Show the keys that are published", "keys list --json");
  listing.callback([access, json = json_flag(listing), &status] { status = list(access.ready(), *json); });

  auto& rotating = add_command(*keys, access, "rotate", "Make the next key; the one before verifies on", "keys rotate");
  auto at_once = std::make_shared<bool>(false);
  rotating.add_flag("--at-once", *at_once,
                    "It signs now: services that keep the old list refuse its tokens until they read the new one");
  rotating.callback(
      [access, at_once, json = json_flag(rotating), &status] { status = rotate(access.ready(), *at_once, *json); });

  auto& retiring = add_command(*keys, access, "retire", "End a key before its time: its tokens are refused",
                               "keys retire 4Qm1rJc0Zt7w9aXk");
  auto kid = std::make_shared<std::string>();
  retiring.add_option("KID", *kid, "Its kid, as `keys list` shows it")->required();
  retiring.callback(
      [access, kid, json = json_flag(retiring), &status] { status = retire(access.ready(), *kid, *json); });
}

}  // namespace rowan::cli
