#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <cli/read_password.hpp>
#include <cstdio>
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>

namespace rowan::cli {

namespace {

struct UserChoice {
  std::string email{}, subject = "user", tenant{};
  bool json = false, password_stdin = false;
};

std::string strategy_that_registers(Auth& auth, const std::string& subject) {
  const auto* declared = auth.core().find_subject(subject);
  if (declared != nullptr)
    for (const auto& strategy : declared->strategies)
      for (const auto& phase : strategy.phases)
        if (phase.name == "register") return strategy.name;
  return {};
}

Json document(const User& user) {
  auto fields = Json(user).fields();
  fields.emplace_back("created_at", to_rfc3339(user.created_at));
  return {{"user", Json::object(fields)}};
}

void show(const User& user, bool json) {
  if (json) return print_line(document(user));
  print("id            " + user.id.text() + "\n");
  print("email         " + user.email + "\n");
  print("confirmed_at  " + (user.confirmed_at ? to_rfc3339(*user.confirmed_at) : std::string("never")) + "\n");
  print("created_at    " + to_rfc3339(user.created_at) + "\n");
}

Result<User> find(Auth& auth, const UserChoice& choice) {
  ROWAN_TRY(auto user, auth.find_user(choice.email, choice.subject, choice.tenant));
  if (!user) return Error{.code = ErrorCode::not_found, .reason = "there is no " + choice.subject + " " + choice.email};
  return *std::move(user);
}

Result<> create(Auth& auth, const UserChoice& choice) {
  const auto strategy = strategy_that_registers(auth, choice.subject);
  if (strategy.empty())
    return Error{.code = ErrorCode::not_found,
                 .reason = "no strategy of " + choice.subject + " registers accounts; look at `routes`"};
  ROWAN_TRY(const auto password, read_password(choice.password_stdin));
  const std::string text(password.expose());
  auth.core().outbox.expect_sender();  // the server, on the same database
  ROWAN_TRY(const auto made, auth.action(strategy, "register",
                                         {{"email", choice.email}, {"password", text}, {"password_confirmation", text}},
                                         choice.subject, choice.tenant));
  if (made.user) {
    show(*made.user, choice.json);
  } else if (choice.json) {
    print_line({{"user", nullptr}, {"status", "waiting_for_confirmation"}});
  } else {
    print("A mail to " + choice.email + " is on its way; the account is made when its link is opened and confirmed.\n");
  }
  return {};
}

Result<> show_user(Auth& auth, const UserChoice& choice) {
  ROWAN_TRY(const auto user, find(auth, choice));
  show(user, choice.json);
  return {};
}

const Strategy* strategy_with_passwords(Auth& auth, const std::string& subject) {
  const auto* declared = auth.core().find_subject(subject);
  if (declared != nullptr)
    for (const auto& strategy : declared->strategies)
      if (strategy.set_secret) return &strategy;
  return nullptr;
}

Result<> set_password(Auth& auth, const UserChoice& choice) {
  const auto* strategy = strategy_with_passwords(auth, choice.subject);
  if (strategy == nullptr)
    return Error{.code = ErrorCode::not_found,
                 .reason = "no strategy of " + choice.subject + " has passwords; look at `routes`"};
  ROWAN_TRY(const auto user, find(auth, choice));
  ROWAN_TRY(const auto password, read_password(choice.password_stdin));
  ROWAN_CHECK(strategy->set_secret(auth.core().spine, user.id, password.expose()));
  print("The password of " + user.email + " is changed; every session of the account has ended.\n");
  return {};
}

Result<> disable(Auth& auth, const UserChoice& choice) {
  ROWAN_TRY(const auto user, find(auth, choice));
  ROWAN_CHECK(auth.disable(user.id));
  print(user.email + " can no longer sign in; every session of the account has ended.\n");
  return {};
}

Result<> enable(Auth& auth, const UserChoice& choice) {
  ROWAN_TRY(const auto user, find(auth, choice));
  ROWAN_CHECK(auth.enable(user.id));
  print(user.email + " can sign in again.\n");
  return {};
}

using Action = Result<> (*)(Auth&, const UserChoice&);

}  // namespace

void add_user_commands(CLI::App& app, const Access& access, int& status) {
  auto* user = app.add_subcommand("user", "Look after accounts");
  user->require_subcommand(1);
  const auto add = [&](const std::string& name, const std::string& description, const std::string& example,
                       Action action, bool takes_password, bool answers_json) {
    auto& command = add_command(*user, access, name, description, "user " + name + " " + example);
    auto choice = std::make_shared<UserChoice>();
    command.add_option("EMAIL", choice->email, "The account's address")->required();
    command.add_option("--subject", choice->subject, "The kind of account")->capture_default_str();
    command.add_option("--tenant", choice->tenant, "The tenant it belongs to");
    if (takes_password)
      command.add_flag("--password-stdin", choice->password_stdin, "Read the password from standard input");
    if (answers_json) command.add_flag("--json", choice->json, "For programs");
    command.callback([access, choice, action, &status] {
      auto& auth = access.ready();
      const auto done = action(auth, *choice);
      status = done ? 0 : say_failure(auth, done.error());
    });
  };
  add("create", "Make an account; asks for its password", "ada@example.com", create, true, true);
  add("show", "Show an account", "ada@example.com --json", show_user, false, true);
  add("set-password", "Set another password and end every session", "ada@example.com", set_password, true, false);
  add("disable", "Lock an account out and end every session", "ada@example.com", disable, false, false);
  add("enable", "Let a disabled account in again", "ada@example.com", enable, false, false);
}

}  // namespace rowan::cli
