// Registers, signs in and is refused with a wrong password; the bundled server starts and stops.
//   sign_in DATABASE-URL
#include <cstdio>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>

int main(int argc, char** argv) {
  if (argc != 2) return 2;
  const auto database = rowan::open_database(argv[1]);
  const auto mailer = rowan::open_mailer("smtp://localhost:1025?from=no-reply@outside.example");
  rowan::Auth auth({
      .base_url = "https://outside.example",
      .database = *database,
      .mailer = *mailer,
      .secret = rowan::Secret::from_text("an outside project's secret, long enough"),
      .strategies = {rowan::password()},
  });
  if (const auto migrated = auth.migrate(); !migrated) {
    std::fprintf(stderr, "migrate: %s\n", migrated.error().reason.c_str());
    return 1;
  }
  const auto registered = auth.action({"password", "register"}, {{"email", "ada@outside.example"},
                                                                 {"password", "seven tall herons"},
                                                                 {"password_confirmation", "seven tall herons"}});
  if (!registered || !registered->user) {
    std::fprintf(stderr, "register: %s\n", registered ? "nobody" : registered.error().reason.c_str());
    return 1;
  }
  const auto sign_in = [&](const char* password) {
    return auth.action({"password", "sign_in"}, {{"email", "ada@outside.example"}, {"password", password}});
  };
  if (const auto right = sign_in("seven tall herons"); !right || !right->token) return 1;
  if (sign_in("seven short herons")) return 1;

  rowan::Controller web;
  rowan::hosts::beast::Server server({.port = 0});
  server.mount(rowan::routes(auth).auth_routes(web).sign_in_route());
  if (!server.start()) return 1;
  server.stop();
  std::puts("sign_in: registered, signed in, refused");
  return 0;
}
