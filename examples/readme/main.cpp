// The application of the README; scripts/docs puts it there.
// [app]
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

int main() {
  auto database = rowan::open_database("sqlite:notes.db");  // or "postgres://…"
  auto mailer = rowan::open_mailer("smtp://localhost:1025");
  rowan::Auth auth({
      .base_url = "https://notes.example",
      .database = *database,
      .mailer = *mailer,
      .secret = rowan::Secret::from_env("ROWAN_SECRET"),
      .strategies = {rowan::password()},
  });
  if (!auth.migrate()) return 1;
  AuthController web;

  rowan::hosts::beast::Server server({.port = 8080});
  server.mount(rowan::routes(auth).auth_routes(web).sign_in_route().register_route().reset_route().sign_out_route(web));
  const auto hello = [](rowan::Conn& conn, const rowan::User& user) { return conn.json({{"hello", user.email}}); };
  server.get("/notes", rowan::signed_in(auth, hello));
  return server.run();
}
// [/app]
