#include <CLI/CLI.hpp>
#include <algorithm>
#include <cli/commands.hpp>
#include <cli/print_routes.hpp>
#include <cstdio>
#include <rowan/base/config_error.hpp>

namespace rowan::cli {

namespace {

int migrate(Auth& auth, bool only_print) {
  const auto dialect = auth.dialect();
  if (only_print) {
    for (const auto& migration : auth.migrations()) {
      std::string text(migration.text(dialect));
      if (!text.ends_with('\n')) text += '\n';
      print("-- " + migration.id + "\n" + text + "\n");
    }
    return 0;
  }
  const auto applied = auth.migrate();
  if (!applied) return say_failure(auth, applied.error());
  for (const auto& id : *applied) print("applied " + id + "\n");
  print(applied->empty() ? "Nothing to do: every migration is applied.\n"
                         : "Done: " + std::to_string(applied->size()) + " applied.\n");
  return 0;
}

}  // namespace

CLI::App& add_command(CLI::App& parent, const Access& access, const std::string& name, const std::string& description,
                      const std::string& example) {
  auto* command = parent.add_subcommand(name, description);
  command->footer("Example:\n  " + access.name + " " + example);
  if (access.add_options) access.add_options(*command);
  return *command;
}

CLI::App& add_account_command(CLI::App& parent, const Access& access, const std::string& name,
                              const std::string& description, const std::string& example, AccountChoice& choice,
                              const std::function<int(Auth&)>& run, int& status, const AccountArgument& argument) {
  auto& command = add_command(parent, access, name, description, parent.get_name() + " " + name + " " + example);
  command.add_option(argument.name, choice.account, argument.description)->required();
  command.add_option("--subject", choice.subject, "The kind of account")->capture_default_str();
  command.add_option("--tenant", choice.tenant, "The tenant it belongs to");
  command.callback([access, run, &status] {
    auto& auth = access.ready();
    auth.mails_are_sent_elsewhere();  // by the server, on the same database
    status = run(auth);
  });
  return command;
}

void add_commands(CLI::App& app, const Access& access, int& status) {
  auto& migrating = add_command(app, access, "migrate", "Bring the database's tables up to date", "migrate");
  auto only_print = std::make_shared<bool>(false);
  migrating.add_flag("--print", *only_print, "Show the SQL of every migration and change nothing");
  migrating.callback([access, only_print, &status] { status = migrate(access.declared(), *only_print); });

  auto& routes = add_command(app, access, "routes", "List the routes and the fields they take", "routes --json");
  auto routes_json = std::make_shared<bool>(false);
  routes.add_flag("--json", *routes_json, "For programs");
  routes.callback([access, routes_json, &status] {
    auto& auth = access.declared();
    const auto* given = access.routes ? access.routes() : nullptr;
    const auto lines = given != nullptr ? given->lines() : standard_routes(auth);
    if (*routes_json)
      print_line(routes_as_json(lines));
    else
      print(routes_as_text(lines));
    status = 0;
  });

  add_user_commands(app, access, status);
  add_key_commands(app, access, status);
  add_session_commands(app, access, status);
  add_signing_key_commands(app, access, status);
  add_token_commands(app, access, status);
  add_mail_commands(app, access, status);
  add_connection_commands(app, access, status);
  add_audit_commands(app, access, status);
  add_restore_command(app, access, status);
  add_doctor_command(app, access, status);
}

int run(CLI::App& app, int argc, char** argv, const int& status) {
  app.require_subcommand(1);
  try {
    app.parse(argc, argv);
    return status;
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? 0 : 2;  // --help is an "error" of CLI11's too
  } catch (const ConfigError& error) {
    for (const auto& problem : error.problems()) std::fprintf(stderr, "%s\n", problem.c_str());
    return 2;
  }
}

void require_migrated(Auth& auth, const std::string& program) {
  const auto states = auth.migration_states();
  if (!states)
    throw ConfigError("database: does not answer (" + states.error().reason +
                      "); is it running, and are the address and the password right?");
  const auto missing = std::ranges::count_if(*states, [](const MigrationState& state) { return !state.applied; });
  if (missing > 0)
    throw ConfigError("database: " + std::to_string(missing) + " of " + std::to_string(states->size()) +
                      " migrations are not applied; run `" + program + " migrate` with the same options first");
}

int say_failure(Auth& auth, const Error& error) {
  std::string text;
  for (const auto& field : error.fields) text += (text.empty() ? "" : "; ") + field.field + ": " + auth.sentence(field);
  if (text.empty()) text = error.reason.empty() ? std::string(public_name(error.code)) : error.reason;
  std::fprintf(stderr, "%s\n", text.c_str());
  return 1;
}

void print(const std::string& text) { std::fputs(text.c_str(), stdout); }
void print_line(const Json& json) { print(json.text() + "\n"); }

}  // namespace rowan::cli
