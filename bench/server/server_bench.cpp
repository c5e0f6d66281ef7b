// A small application on the bundled server, for bench/server/run.sh: prints a session cookie and the port, then serves
// until it is told to stop.
#include <cstdio>
#include <cstdlib>
#include <rowan/engine/core.hpp>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>
#include <rowan/tokens/token_rows.hpp>

int main(int argc, char** argv) {
  if (argc < 3) return 2;
  auto database = rowan::open_database(std::string("sqlite:") + argv[1]);
  auto mailer = rowan::open_mailer("mailbox");
  const std::string port = argv[2];
  rowan::Auth auth({.base_url = "http://localhost:" + port,
                    .database = *database,
                    .mailer = *mailer,
                    .secret = rowan::Secret::from_text("0123456789abcdef0123456789abcdef"),
                    .strategies = {rowan::password()},
                    .limits_enabled = false,
                    .allow_insecure_cookies_for_development = true});
  if (!auth.migrate()) return 1;
  const std::string password = "correct horse battery staple";
  const auto made =
      auth.action({"password", "register"},
                  {{"email", "ann@notes.example"}, {"password", password}, {"password_confirmation", password}});
  auto user = made ? *made->user : **auth.find_user(*rowan::EmailAddress::parse("ann@notes.example"));
  auto& core = rowan::engine::core_of(auth);
  rowan::Claims claims;
  claims.id = user.id;
  claims.realm = user.realm;
  claims.methods = {"password"};
  claims.authenticated_at = core.clock.now();
  claims.expires_at = core.clock.now() + std::chrono::days(14);
  const auto account = core.spine.database.read(
      [&](rowan::SqlConnection& connection) { return rowan::accounts::find(connection, user.id); });
  claims.numbers = {*core.numbers.take(), (*account)->generation, (*account)->tenant_generation};
  rowan::sessions::Session session;
  session.put(claims);
  session.seen = core.clock.now();
  std::printf("%s=%s\n", core.session_cookie.c_str(),
              rowan::sessions::seal_session(core.session_seal, session).c_str());
  std::fflush(stdout);

  rowan::Controller web;
  rowan::ApiController api;
  rowan::hosts::beast::Server server({.port = static_cast<unsigned short>(std::atoi(port.c_str()))});
  server.mount(rowan::routes(auth).auth_routes(web).auth_routes(api, {.path = "/api/auth"}).sign_in_route());
  const auto about_a_hundred_bytes = [](rowan::Conn& conn) {
    return conn.json(
        {{"message", "This answer has about a hundred bytes, and no guard stands before it."}, {"ok", true}});
  };
  server.get("/public", rowan::non_blocking(about_a_hundred_bytes));
  server.get("/me", rowan::signed_in(auth, rowan::non_blocking([=](rowan::Conn& conn, const rowan::Claims&) {
                                       return about_a_hundred_bytes(conn);
                                     })));
  return server.run();
}
