// Two controllers, one for people and one for programs, over one Auth.
//   ROWAN_SECRET=… example_controllers DATABASE-FILE PORT
#include <charconv>
#include <cstdio>
#include <cstring>
#include <rowan/hosts/beast/server.hpp>
#include <rowan/rowan.hpp>

// clang-format off
// [controllers]
class AuthController : public rowan::Controller {
 public:
  // Authentication (or registration, or a request such as "mail me a link") went well.
  // user is absent for phases that sign no one in; token is absent when no token was issued.
  rowan::Response success(rowan::Conn& conn, const rowan::Activity& activity,
                          rowan::MaybeUser user, rowan::MaybeToken token) override {
    if (!user) return Controller::success(conn, activity, user, token);  // "a mail is on its way", to every address
    conn.store_in_session(user);
    conn.assign("current_user", user);
    return conn.redirect(conn.return_to_or("/"));
  }
  // Authentication failed. reason carries a public code and a log-only cause; the status is set from it (401, 422, 429 …).
  rowan::Response failure(rowan::Conn& conn, const rowan::Activity&, const rowan::Error& /*reason*/) override {
    return conn.render("failure.html");
  }
  // A request to sign out was received.
  rowan::Response sign_out(rowan::Conn& conn, const rowan::Params&) override {
    conn.clear_session();  // also revokes session, bearer and remember-me tokens
    return conn.render("sign_out.html");
  }
};

class ApiAuthController : public rowan::ApiController {  // its mount takes no cookies
 public:
  rowan::Response success(rowan::Conn& conn, const rowan::Activity&, rowan::MaybeUser, rowan::MaybeToken token) override {
    return conn.json({{"authentication", {{"status", "success"}, {"bearer", token}}}});  // no token: null
  }
  rowan::Response failure(rowan::Conn& conn, const rowan::Activity&, const rowan::Error&) override {
    return conn.json({{"authentication", {{"status", "failed"}}}});
  }
  rowan::Response sign_out(rowan::Conn& conn, const rowan::Params&) override {
    conn.revoke_bearer_tokens();
    return conn.json({{"status", "ok"}});
  }
};
// [/controllers]
// clang-format on

namespace {

int serve(const char* file, unsigned short port) {
  auto database = rowan::open_database("sqlite:" + std::string(file));
  auto mailer = rowan::open_mailer("mailbox");
  rowan::Auth auth({
      .base_url = "http://localhost:" + std::to_string(port),
      .database = *database,
      .mailer = *mailer,
      .secret = rowan::Secret::from_env("ROWAN_SECRET"),
      .strategies = {rowan::password()},
      .allow_insecure_cookies_for_development = true,
  });
  if (const auto migrated = auth.migrate(); !migrated) {
    std::fprintf(stderr, "%s\n", migrated.error().reason.c_str());
    return 2;
  }
  AuthController web;  // outlive the server: declare them before it
  ApiAuthController api;

  rowan::hosts::beast::Server server({.port = port});
  server.mount(rowan::routes(auth)
                   .auth_routes(web)
                   .auth_routes(api, {.path = "/api/auth"})
                   .sign_in_route()
                   .register_route()
                   .reset_route()
                   .sign_out_route(web)
                   .account_routes());
  const auto show = [](rowan::Conn& conn, const rowan::User& user) { return conn.json({{"user", user}}); };
  server.get("/", rowan::signed_in(auth, show));
  server.get("/api/me", rowan::bearer(auth, show));
  return server.run();
}

}  // namespace

int main(int argc, char** argv) {
  unsigned short port = 0;
  if (argc != 3 || std::from_chars(argv[2], argv[2] + std::strlen(argv[2]), port).ec != std::errc{} || port == 0) {
    std::fprintf(stderr, "usage: ROWAN_SECRET=... %s DATABASE-FILE PORT\n", argv[0]);
    return 2;
  }
  try {
    return serve(argv[1], port);
  } catch (const rowan::ConfigError& error) {
    std::fprintf(stderr, "%s\n", error.what());
    return 2;
  }
}
