#pragma once
// Internal. The commands, for an application that has its Auth already and for the program that makes it from a file.
#include <cli/find_user.hpp>
#include <functional>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/web/routes.hpp>
#include <string>

namespace CLI {
class App;
}

namespace rowan::cli {

/// How a command reaches the application; each may throw ConfigError.
struct Access {
  std::string name{};                            // of the program, for examples in help
  std::function<Auth&()> declared{};             // without a look at the database
  std::function<Auth&()> ready{};                // with its migrations applied
  std::function<const Routes*()> routes{};       // null: none is given
  std::function<void(CLI::App&)> add_options{};  // to each command
};

/// migrate, routes, user, key, keys, session, token, mail, audit, connection, after-restore, doctor. `status` becomes
/// the exit code of the one that ran.
void add_commands(CLI::App& app, const Access& access, int& status);
void add_user_commands(CLI::App& app, const Access& access, int& status);
void add_key_commands(CLI::App& app, const Access& access, int& status);
void add_session_commands(CLI::App& app, const Access& access, int& status);
void add_signing_key_commands(CLI::App& app, const Access& access, int& status);
void add_token_commands(CLI::App& app, const Access& access, int& status);
void add_mail_commands(CLI::App& app, const Access& access, int& status);
void add_connection_commands(CLI::App& app, const Access& access, int& status);
void add_audit_commands(CLI::App& app, const Access& access, int& status);
void add_restore_command(CLI::App& app, const Access& access, int& status);
void add_doctor_command(CLI::App& app, const Access& access, int& status);

/// A command with its options and an example.
CLI::App& add_command(CLI::App& parent, const Access& access, const std::string& name, const std::string& description,
                      const std::string& example);

/// What a command calls the account that it is about.
struct AccountArgument {
  std::string name = "ACCOUNT", description = "Its address or its id";
};
/// The same for a command about one account, which it takes into `choice`. Then `run`, whose answer becomes `status`.
CLI::App& add_account_command(CLI::App& parent, const Access& access, const std::string& name,
                              const std::string& description, const std::string& example, AccountChoice& choice,
                              const std::function<int(Auth&)>& run, int& status, const AccountArgument& argument = {});

/// Parses and runs. Usage and configuration mistakes: a line each on standard error, 2.
int run(CLI::App& app, int argc, char** argv, const int& status);

/// Throws ConfigError when a migration is missing or the database does not answer.
void require_migrated(Auth& auth, const std::string& program);

/// One line on standard error; answers 1.
int say_failure(Auth& auth, const Error& error);
void print(const std::string& text);
void print_line(const Json& json);

}  // namespace rowan::cli
