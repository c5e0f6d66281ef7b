#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <cli/read_password.hpp>

namespace rowan::cli {

namespace {

// A token is a secret and comes by standard input; a `jti` is none.
Result<std::string> token_of(const std::string& jti) {
  if (!jti.empty()) return jti;
  const auto line = read_secret_line("token");
  if (!line) return line.error();
  return std::string(line->expose());
}

int revoke(Auth& auth, const std::string& jti) {
  const auto token = token_of(jti);
  if (!token) return say_failure(auth, token.error());
  if (const auto done = auth.revoke(*token); !done) return say_failure(auth, done.error());
  print("The token is revoked.\n");
  return 0;
}

int check(Auth& auth, const std::string& jti, bool json) {
  const auto token = token_of(jti);
  if (!token) return say_failure(auth, token.error());
  const auto revoked = auth.is_revoked(*token);
  if (!revoked) return say_failure(auth, revoked.error());
  if (json)
    print_line({{"revoked", *revoked}});
  else
    print(*revoked ? "The token is revoked.\n" : "The token is valid.\n");
  return 0;
}

}  // namespace

void add_token_commands(CLI::App& app, const Access& access, int& status) {
  auto* token = app.add_subcommand("token", "Revoke or check one token: a bearer token, a session cookie, or a jti");
  token->require_subcommand(1);
  constexpr const char* jti_help = "Its jti; if omitted, the token is read from standard input";

  auto& revoking = add_command(*token, access, "revoke", "Revoke the token", "token revoke < token.txt");
  auto revoked = std::make_shared<std::string>();
  revoking.add_option("JTI", *revoked, jti_help);
  revoking.callback([access, revoked, &status] { status = revoke(access.ready(), *revoked); });

  auto& checking =
      add_command(*token, access, "check", "Say whether the token is revoked", "token check < token.txt --json");
  auto checked = std::make_shared<std::string>();
  auto json = std::make_shared<bool>(false);
  checking.add_option("JTI", *checked, jti_help);
  checking.add_flag("--json", *json, "For programs");
  checking.callback([access, checked, json, &status] { status = check(access.ready(), *checked, *json); });
}

}  // namespace rowan::cli
