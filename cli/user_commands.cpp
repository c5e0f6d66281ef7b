#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <cli/find_user.hpp>
#include <cli/read_password.hpp>
#include <cli/user_text.hpp>
#include <cstdio>

namespace rowan::cli {

namespace {

struct UserChoice : AccountChoice {
  bool json = false, password_stdin = false, no_password = false, confirmed = false, yes = false;
  std::optional<std::int64_t> lifetime_seconds{};
};

std::string name_of(const User& user) { return user.email.empty() ? user.id.text() : user.email; }

// An act on an account that is there, and the sentence that says what became of it.
int act(Auth& auth, const UserChoice& choice, const std::function<Result<>(const User&)>& what,
        const std::string& sentence) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  if (const auto done = what(found->user); !done) return say_failure(auth, done.error());
  print(name_of(found->user) + " " + sentence + "\n");
  return 0;
}

int create(Auth& auth, const UserChoice& choice) {
  NewUser user;
  user.email = choice.account;
  const auto realm = realm_of(choice.tenant, choice.subject);
  if (!realm) return say_failure(auth, realm.error());
  user.realm = *realm;
  user.confirmed = choice.confirmed;
  if (!choice.no_password) {
    auto password = read_password(choice.password_stdin);
    if (!password) return say_failure(auth, password.error());
    user.password = *std::move(password);
  }
  const auto made = auth.create_user(user);
  if (!made) return say_failure(auth, made.error());
  print_user({.user = *made}, choice.json);
  return 0;
}

int show(Auth& auth, const UserChoice& choice) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  print_user(*found, choice.json);
  return 0;
}

int confirm(Auth& auth, const UserChoice& choice) {
  return act(auth, choice, [&](const User& user) { return auth.confirm(user.id); }, "counts as confirmed.");
}

int set_password(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice,
      [&](const User& user) -> Result<> {
        const auto password = read_password(choice.password_stdin);
        if (!password) return password.error();
        return auth.set_password(user.id, password->expose());
      },
      "has a new password; every session of the account has ended, and its owner was told by mail.");
}

int import_hash(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice,
      [&](const User& user) -> Result<> {
        const auto hash = read_secret_line("hash");
        if (!hash) return hash.error();
        return auth.import_hash(user.id, hash->expose());
      },
      "signs in with the imported password now; every session of the account has ended.");
}

int sign_in_token(Auth& auth, const UserChoice& choice) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  const auto token = auth.issue_sign_in_token(
      found->user.id,
      choice.lifetime_seconds ? std::optional(std::chrono::seconds(*choice.lifetime_seconds)) : std::nullopt);
  if (!token) return say_failure(auth, token.error());
  if (choice.json)
    print_line({{"token", token->text},
                {"strategy", token->strategy},
                {"phase", "sign_in_with_token"},
                {"expires_at", to_rfc3339(token->expires_at)}});
  else
    print(token->text + "\n");
  return 0;
}

int disable(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice, [&](const User& user) { return auth.disable(user.id); },
      "can no longer sign in; every session of the account has ended.");
}

int enable(Auth& auth, const UserChoice& choice) {
  return act(auth, choice, [&](const User& user) { return auth.enable(user.id); }, "can sign in again.");
}

int revoke(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice, [&](const User& user) { return auth.revoke_all(user.id); },
      "is signed out everywhere; every token of the account has ended.");
}

int factors(Auth& auth, const UserChoice& choice) {
  const auto found = find_account(auth, choice);
  if (!found) return say_failure(auth, found.error());
  const auto factors = auth.factors(found->user.id);
  if (!factors) return say_failure(auth, factors.error());
  print_factors(*factors, choice.json);
  return 0;
}

// On a terminal the answer is asked for; elsewhere --yes must say it.
Result<> agreed(const UserChoice& choice, const std::string& question) {
  if (choice.yes) return {};
  if (::isatty(STDIN_FILENO) == 0)
    return Error{.code = ErrorCode::invalid_input,
                 .reason = "cannot ask for confirmation without a terminal; use --yes"};
  std::fputs((question + " Type yes to go on: ").c_str(), stderr);
  std::array<char, 8> answer{};
  if (std::fgets(answer.data(), static_cast<int>(answer.size()), stdin) != nullptr &&
      std::string_view(answer.data()) == "yes\n")
    return {};
  return Error{.code = ErrorCode::invalid_input, .reason = "nothing was done"};
}

int reset_factors(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice,
      [&](const User& user) -> Result<> {
        if (const auto yes = agreed(choice, "This takes every second factor of " + name_of(user) + " away."); !yes)
          return yes;
        return auth.reset_factors(user.id);
      },
      "has no second factor any more; every session has ended, and the owner is told by mail.");
}

int close(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice,
      [&](const User& user) -> Result<> {
        if (const auto yes = agreed(choice, "This closes " + name_of(user) + " for good."); !yes) return yes;
        return auth.close(user.id);
      },
      "is closed: its address is free again, every session has ended.");
}

int erase(Auth& auth, const UserChoice& choice) {
  return act(
      auth, choice,
      [&](const User& user) -> Result<> {
        if (const auto yes = agreed(choice, "This erases " + name_of(user) + " and everything stored about it."); !yes)
          return yes;
        return auth.erase(user.id);
      },
      "is erased.");
}

struct ListOfUsers {
  UserFilter filter{};
  std::string subject = "user", tenant{}, after{}, state = "all";
  bool json = false;
};

int list(Auth& auth, ListOfUsers choice) {
  const auto realm = realm_of(choice.tenant, choice.subject);
  if (!realm) return say_failure(auth, realm.error());
  choice.filter.realm = *realm;
  if (!choice.after.empty()) {
    const auto id = AccountId::parse(choice.after);
    if (!id)
      return say_failure(auth, {.code = ErrorCode::invalid_input,
                                .reason = "--after: \"" + choice.after + "\" is not an account's id"});
    choice.filter.after = *id;
  }
  using State = UserFilter::State;
  choice.filter.state = choice.state == "usable"     ? State::usable
                        : choice.state == "disabled" ? State::disabled
                        : choice.state == "closed"   ? State::closed
                                                     : State::all;
  const auto users = auth.list_users(choice.filter);
  if (!users) return say_failure(auth, users.error());
  const bool is_more = users->size() == choice.filter.limit;
  print_users(*users, is_more, choice.json);
  return 0;
}

void add_list(CLI::App& user, const Access& access, int& status) {
  auto& command = add_command(user, access, "list", "List accounts, oldest first", "user list --state disabled --json");
  auto choice = std::make_shared<ListOfUsers>();
  command.add_option("--subject", choice->subject, "The kind of account")->capture_default_str();
  command.add_option("--tenant", choice->tenant, "The tenant they belong to");
  command.add_option("--state", choice->state, "Only these")
      ->check(CLI::IsMember({"all", "usable", "disabled", "closed"}))
      ->capture_default_str();
  command.add_option("--after", choice->after, "Continue after this id, the last one of the previous page");
  command.add_option("--limit", choice->filter.limit, "The most accounts to list")
      ->check(CLI::Range(std::size_t{1}, UserFilter::max_limit))
      ->capture_default_str();
  command.add_flag("--json", choice->json, "For programs");
  command.callback([access, choice, &status] { status = list(access.ready(), *choice); });
}

using Action = int (*)(Auth&, const UserChoice&);

}  // namespace

void add_user_commands(CLI::App& app, const Access& access, int& status) {
  auto* user = app.add_subcommand("user", "Manage accounts");
  user->require_subcommand(1);
  add_list(*user, access, status);
  struct Added {
    CLI::App& command;
    std::shared_ptr<UserChoice> choice;
    const Added& with_password() const {
      command.add_flag("--password-stdin", choice->password_stdin, "Read the password from standard input");
      return *this;
    }
    const Added& with_json() const {
      command.add_flag("--json", choice->json, "For programs");
      return *this;
    }
    const Added& with_yes() const {
      command.add_flag("--yes", choice->yes, "Do not ask");
      return *this;
    }
  };
  const auto add = [&](const std::string& name, const std::string& description, const std::string& example,
                       Action action) {
    auto choice = std::make_shared<UserChoice>();
    const auto argument = name == "create" ? AccountArgument{"EMAIL", "Its address"} : AccountArgument();
    auto& command = add_account_command(
        *user, access, name, description, example, *choice,
        [choice, action](Auth& auth) { return action(auth, *choice); }, status, argument);
    return Added{command, choice};
  };
  const auto creating = add("create", "Create an account; asks for a password", "ada@example.com", create);
  creating.with_password().with_json();
  creating.command.add_flag("--no-password", creating.choice->no_password,
                            "Set no password; the owner signs in in another way");
  creating.command.add_flag("--confirmed", creating.choice->confirmed, "Treat the address as proven");
  add("show", "Show an account", "ada@example.com --json", show).with_json();
  add("confirm", "Mark its address as proven", "ada@example.com", confirm);
  add("set-password", "Set a new password and end every session", "ada@example.com", set_password).with_password();
  add("import-hash", "Import a password hash from another system, read from standard input",
      "ada@example.com < hash.txt", import_hash);
  const auto issuing =
      add("sign-in-token", "Print a token that signs the account in once; anyone who has it can sign in",
          "ada@example.com --lifetime 300 --json", sign_in_token);
  issuing.with_json();
  issuing.command
      .add_option("--lifetime", issuing.choice->lifetime_seconds,
                  "Its lifetime in seconds; as configured when left out")
      ->check(CLI::Range(1, 3600));
  add("factors", "Show what it has set up: authenticators, passkeys, recovery codes", "ada@example.com --json", factors)
      .with_json();
  add("reset-factors", "Take its second factors away, for an owner who lost them; ends every session",
      "ada@example.com --yes", reset_factors)
      .with_yes();
  add("disable", "Disable an account and end every session", "ada@example.com", disable);
  add("enable", "Enable a disabled account", "ada@example.com", enable);
  add("revoke", "End every session and token of an account", "ada@example.com", revoke);
  add("close", "Close an account for good: anonymised, its address free again", "ada@example.com --yes", close)
      .with_yes();
  add("erase", "Close an account and remove its row", "ada@example.com --yes", erase).with_yes();
}

}  // namespace rowan::cli
