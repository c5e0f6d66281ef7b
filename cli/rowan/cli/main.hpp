#pragma once
// The commands every application with Rowan wants: migrate, routes, user and mail, with the application's own
// strategies.
//   int main(int argc, char** argv) {
//     …
//     return rowan::cli::main(auth, argc, argv, {.name = "notes", .routes = &routes, .serve = [&] { return
//     server.run(); }});
//   }
#include <functional>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/web/routes.hpp>
#include <string>

namespace rowan::cli {

struct Commands {
  std::string name = "app";        // as it is typed, for help
  const Routes* routes = nullptr;  // what `routes` lists; null: the mounts /auth and /api/auth
  std::function<int()> serve{};    // given: there is a command `serve`, and it answers the exit code
};

/// Runs one command and answers the exit code: 0 done; 1 it failed, standard error says why in one line; 2 the command
/// line or the configuration is wrong. Reads standard input only for passwords. `serve`, `user` and `mail` refuse to
/// run on a database whose migrations are not applied. One thread.
int main(Auth& auth, int argc, char** argv, Commands commands = {});

}  // namespace rowan::cli
