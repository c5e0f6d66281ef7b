#include <CLI/CLI.hpp>
#include <cli/commands.hpp>
#include <rowan/cli/main.hpp>

namespace rowan::cli {

int main(Auth& auth, int argc, char** argv, Commands commands) {
  CLI::App app("Commands of " + commands.name, commands.name);
  int status = 0;
  const Access access{.name = commands.name,
                      .declared = [&auth]() -> Auth& { return auth; },
                      .ready = [&auth, &commands]() -> Auth& {
                        require_migrated(auth, commands.name);
                        return auth;
                      },
                      .routes = [&commands] { return commands.routes; },
                      .add_options = {}};
  if (commands.serve) {
    add_command(app, access, "serve", "Serve requests until stopped", "serve").callback([&] {
      require_migrated(auth, commands.name);
      status = commands.serve();
    });
  }
  add_commands(app, access, status);
  return run(app, argc, argv, status);
}

}  // namespace rowan::cli
