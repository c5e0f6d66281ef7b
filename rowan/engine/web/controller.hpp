#pragma once
// Controller: your application's callbacks for every outcome (docs/architecture.md#the-controller). Each has a default.
#include <chrono>
#include <rowan/engine/outcome.hpp>
#include <rowan/engine/web/conn.hpp>
#include <string>

namespace rowan {

struct RememberMeCookie {
  std::string name{}, value{};
  std::chrono::seconds max_age{0};
  bool secure = true;
};

/// Answers browsers: pages, redirects, cookies. One object serves all threads, so it must be thread-safe.
class Controller {
 public:
  virtual ~Controller() = default;
  /// `user` is absent when the phase signed no one in; `token` is absent when none was issued. Default: stores the
  /// session and redirects, or shows a page that says what happens next.
  virtual Response success(Conn& conn, const Activity& activity, MaybeUser user, MaybeToken token);
  /// The status is already set from `reason`. Default: shows the form again, or a page.
  virtual Response failure(Conn& conn, const Activity& activity, const Error& reason);
  virtual Response sign_out(Conn& conn, const Params& params);
  /// The first factor succeeded and a second one is needed. Default: redirects to /second-factor.
  virtual Response pending(Conn& conn, const Activity& activity, const PendingFlow& flow);
  virtual bool takes_cookies() const { return true; }

  // The cookie by which a browser is remembered, as an answer carries it. Override them to write other attributes, or
  // nothing; Rowan reads it by this name and value.
  virtual void put_remember_me_cookie(Response& response, const RememberMeCookie& cookie);
  virtual void delete_remember_me_cookie(Response& response, const RememberMeCookie& cookie);
};

/// Answers programs: JSON. Its mount reads and writes no cookie.
class ApiController : public Controller {
 public:
  Response success(Conn& conn, const Activity& activity, MaybeUser user, MaybeToken token) override;
  Response failure(Conn& conn, const Activity& activity, const Error& reason) override;
  Response sign_out(Conn& conn, const Params& params) override;
  Response pending(Conn& conn, const Activity& activity, const PendingFlow& flow) override;
  bool takes_cookies() const final { return false; }
};

}  // namespace rowan
