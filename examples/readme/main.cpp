// The application of the README; scripts/docs puts it there, and scripts/check-install runs it as it stands there.
// [app]
#include <cstdio>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>

class AuthController : public rowan::Controller {
  rowan::Response success(rowan::Conn& conn, const rowan::Activity& activity, rowan::MaybeUser user,
                          rowan::MaybeToken token) override {
    if (!user) return Controller::success(conn, activity, user, token);  // "a mail is on its way"
    conn.store_in_session(user);
    return conn.redirect(conn.return_to_or("/notes"));
  }
};

int main() try {
  const auto logger = rowan::make_stderr_logger();
  const auto database = rowan::open_database("sqlite:notes.db");    // or "postgres://…"
  const auto mailer = rowan::open_mailer("smtp://localhost:1025");  // or "smtps://…?from=no-reply@notes.example"
  rowan::Auth auth({
      .base_url = "http://localhost:8080",  // as the browser sees it
      .database = *database,
      .mailer = *mailer,
      .secret = rowan::Secret::from_env("ROWAN_SECRET"),
      .strategies = {rowan::password()},
      .allow_insecure_cookies_for_development = true,  // http; remove it when base_url is https
      .logger = logger.get(),
  });
  if (const auto migrated = auth.migrate(); !migrated) throw rowan::ConfigError("database: " + migrated.error().reason);
  AuthController web;

  rowan::hosts::beast::Server server({.port = 8080, .logger = logger.get()});
  server.mount(rowan::routes(auth).auth_routes(web).sign_in_route().register_route().reset_route().sign_out_route(web));
  const auto hello = [](rowan::Conn& conn, const rowan::User& user) { return conn.json({{"hello", user.email}}); };
  server.get("/notes", rowan::signed_in(auth, hello));
  return server.run();
} catch (const rowan::ConfigError& error) {
  std::fprintf(stderr, "%s\n", error.what());  // every problem, each with a fix
  return 2;
}
// [/app]
