// A small application on the bundled server, for bench/server/run.sh: prints a session cookie and a bearer token, then
// serves until it is told to stop. DATABASE is a path of SQLite or a URL of PostgreSQL.
#include <cstdio>
#include <cstdlib>
#include <rowan/engine/core.hpp>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace {

constexpr const char *email = "ann@notes.example", *password = "correct horse battery staple";

rowan::Response answer(rowan::Conn& conn) {
  return conn.json(
      {{"message", "This answer has about a hundred bytes, and no guard stands before it."}, {"ok", true}});
}

rowan::Claims claims_of(rowan::Auth& auth, const rowan::User& user) {
  auto& core = rowan::engine::core_of(auth);
  const auto account = core.spine.database.read(
      [&](rowan::SqlConnection& connection) { return rowan::accounts::find(connection, user.id); });
  rowan::Claims claims;
  claims.id = user.id;
  claims.realm = user.realm;
  claims.methods.add("password", {rowan::Evidence::known}, core.clock.now());
  claims.expires_at = core.clock.now() + std::chrono::days(14);
  claims.numbers = {*core.numbers.take(), (*account)->generation, (*account)->tenant_generation};
  return claims;
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 4) {
    std::fprintf(stderr, "bench_server DATABASE PORT THREADS\n");
    return 2;
  }
  const std::string place = argv[1], port = argv[2];
  auto database = rowan::open_database(place.contains("://") ? place : "sqlite:" + place);
  auto mailer = rowan::open_mailer("mailbox");
  rowan::Auth auth({.base_url = "http://localhost:" + port,
                    .database = *database,
                    .mailer = *mailer,
                    .secret = rowan::Secret::from_text("0123456789abcdef0123456789abcdef"),
                    .strategies = {rowan::password()},
                    .limits_enabled = false,
                    .allow_insecure_cookies_for_development = true});
  if (!auth.migrate()) return 1;
  const auto made = auth.action({"password", "register"},
                                {{"email", email}, {"password", password}, {"password_confirmation", password}});
  const auto claims = claims_of(auth, made ? *made->user : **auth.find_user(*rowan::EmailAddress::parse(email)));
  auto& core = rowan::engine::core_of(auth);
  rowan::sessions::Session session;
  session.put(claims);
  session.seen = core.clock.now();
  std::printf("%s=%s\n%s\n", core.session_cookie.c_str(),
              rowan::sessions::seal_session(core.session_seal, session).c_str(),
              core.bearers.issue(claims, core.clock.now())->c_str());
  std::fflush(stdout);

  rowan::Controller web;
  rowan::ApiController api;
  rowan::hosts::beast::Server server({.port = static_cast<unsigned short>(std::atoi(port.c_str())),
                                      .io_threads = static_cast<unsigned>(std::atoi(argv[3]))});
  server.mount(rowan::routes(auth)
                   .auth_routes(web)
                   .auth_routes(api, {.path = "/api/auth"})
                   .sign_in_route()
                   .register_route()
                   .reset_route());
  const auto by_claims = [](rowan::Conn& conn, const rowan::Claims&) { return answer(conn); };
  const auto by_user = [](rowan::Conn& conn, const rowan::User&) { return answer(conn); };
  server.get("/public", rowan::non_blocking(answer));
  server.get("/claims", rowan::signed_in(auth, rowan::non_blocking(by_claims)));
  server.get("/user", rowan::signed_in(auth, rowan::non_blocking(by_user)));
  server.get("/user-in-pool", rowan::signed_in(auth, by_user));
  server.get("/bearer-claims", rowan::bearer(auth, rowan::non_blocking(by_claims)));
  server.get("/bearer-user", rowan::bearer(auth, rowan::non_blocking(by_user)));
  return server.run();
}
