#pragma once
// The application's side of every outcome (docs/architecture.md#the-controller). All callbacks have good defaults.
#include <rowan/engine/conn.hpp>

namespace rowan {

/// A sign-in that waits for its second factor.
struct PendingFlow {
  std::string flow{};                  // opaque; what a program sends back
  std::vector<std::string> factors{};  // "totp", "webauthn", "recovery_code"
};

/// Answers people: pages, redirects, cookies. One object serves all threads.
class Controller {
 public:
  virtual ~Controller() = default;
  /// user is absent for phases that sign nobody in; token is absent when none was issued. Default: session and
  /// redirect, or a page that says what happens next.
  virtual Response success(Conn& conn, const Activity& activity, MaybeUser user, MaybeToken token);
  /// The status is already set from `reason`. Default: the form again, or a page.
  virtual Response failure(Conn& conn, const Activity& activity, const Error& reason);
  virtual Response sign_out(Conn& conn, const Params& params);
  /// A first factor went well and a second is needed. Default: to /second-factor.
  virtual Response pending(Conn& conn, const Activity& activity, const PendingFlow& flow);
  virtual bool takes_cookies() const { return true; }
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
