// A controller for people and one for programs, against the real headers.
#include <rowan/rowan.hpp>

class AuthController : public rowan::Controller {
 public:
  rowan::Response success(rowan::Conn& conn, const rowan::Activity& activity, rowan::MaybeUser user,
                          rowan::MaybeToken token) override {
    if (!user) return Controller::success(conn, activity, user, token);
    conn.store_in_session(user);
    conn.assign("current_user", user);
    return conn.redirect(conn.return_to_or("/"));
  }
  rowan::Response failure(rowan::Conn& conn, const rowan::Activity&, const rowan::Error& /*reason*/) override {
    return conn.render("failure.html");
  }
  rowan::Response sign_out(rowan::Conn& conn, const rowan::Params&) override {
    conn.clear_session();
    return conn.render("sign_out.html");
  }
};

class ApiAuthController : public rowan::ApiController {
 public:
  rowan::Response success(rowan::Conn& conn, const rowan::Activity&, rowan::MaybeUser,
                          rowan::MaybeToken token) override {
    return conn.json({{"authentication", {{"status", "success"}, {"bearer", token}}}});
  }
  rowan::Response failure(rowan::Conn& conn, const rowan::Activity&, const rowan::Error&) override {
    return conn.json({{"authentication", {{"status", "failed"}}}});
  }
  rowan::Response sign_out(rowan::Conn& conn, const rowan::Params&) override {
    conn.revoke_bearer_tokens();
    return conn.json({{"status", "ok"}});
  }
};

AuthController web;
ApiAuthController api;
