// An application with Rowan's commands: `app migrate`, `app routes`, `app user …`. Its database is OUTSIDE_DATABASE.
#include <cstdio>
#include <cstdlib>
#include <rowan/cli/main.hpp>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>

namespace {

int run(int argc, char** argv) {
  const char* const url = std::getenv("OUTSIDE_DATABASE");
  const auto database = rowan::open_database(url == nullptr ? "" : url);
  const auto mailer = rowan::open_mailer("mailbox");
  rowan::Auth auth({
      .base_url = "https://outside.example",
      .database = *database,
      .mailer = *mailer,
      .secret = rowan::Secret::from_text("an outside project's secret, long enough"),
      .strategies = {rowan::password()},
  });
  rowan::Controller web;
  const auto routes = rowan::routes(auth).auth_routes(web, {.path = "/door"}).sign_in_route();
  const auto serve = [&] {
    rowan::hosts::beast::Server server({.port = 0});
    server.mount(routes);
    return server.run();
  };
  return rowan::cli::main(auth, argc, argv, {.name = "app", .routes = &routes, .serve = serve});
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return run(argc, argv);
  } catch (const rowan::ConfigError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
