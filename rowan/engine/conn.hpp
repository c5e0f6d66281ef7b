#pragma once
// Conn: one request as controllers and handlers see it, and the answer they are making.
#include <map>
#include <memory>
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <rowan/engine/authenticated_user.hpp>
#include <rowan/http/message.hpp>
#include <string>
#include <string_view>

namespace rowan {

namespace engine {
struct ConnState;  // engine/conn_state.hpp: not installed
}

using Response = http::Response;

/// What was asked of which strategy: {"password", "sign_in"}. Both views live as long as the Auth.
struct Activity {
  std::string_view strategy{};
  std::string_view phase{};
};

/// What the client sent, by name; nested fields as `user[email]`. Secrets are left out.
using Params = std::map<std::string, std::string, std::less<>>;

/// Belongs to one request and one thread at a time.
class Conn {
 public:
  Conn();  // for tests: a conn of no request, on which store_in_session and friends only remember
  explicit Conn(std::unique_ptr<engine::ConnState> state);
  ~Conn();
  Conn(const Conn&) = delete;
  Conn& operator=(const Conn&) = delete;

  // The request.
  const http::Request& request() const;
  const Params& params() const;
  std::string_view path_param(std::string_view name) const;  // of "/notes/:id"; decoded; empty when there is none
  std::string_view language() const;                         // the one the answer is written in
  const http::IpAddress& client_address() const;             // behind trusted proxies: the visitor's, else the socket's

  // The session. Each does nothing for nobody (inventory D1) and on a mount without cookies.
  void store_in_session(MaybeUser user);
  /// Ends the session of every subject, or of one: revokes session, bearer and remember-me tokens of this request,
  /// deletes the cookies. False when the tokens could not be revoked (the database is away): then the cookies stay, and
  /// a sign-out answers 503 whatever its controller says.
  bool clear_session(std::string_view subject = {});
  bool revoke_bearer_tokens();
  bool revoke_session_tokens(std::string_view subject = {});
  /// The claims of the session (or bearer) of this request, checked by the guard's rules; nullopt when there are none.
  std::optional<Claims> load_from_session(std::string_view subject = "user");
  std::optional<Claims> load_from_bearer(std::string_view subject = "user");
  /// The account behind the session; reads the cache or the database.
  std::optional<User> current_user(std::string_view subject = "user");
  void put_session(std::string_view key, std::string_view value);  // small things: the state cookie holds 2 KiB in all
  std::optional<std::string> get_session(std::string_view key) const;
  void put_flash(std::string_view kind, std::string_view text);  // kind: "info" or "error"; shown by the next page

  // The answer.
  Conn& status(int code);
  void assign(std::string_view name, Json value);
  const std::map<std::string, Json, std::less<>>& assigns() const;
  /// A path on this site that the visitor came from, else `path`.
  std::string return_to_or(std::string_view path) const;
  /// 303. Only for targets the application chose; visitors' go through return_to_or.
  Response redirect(std::string to);
  /// A page of the template folder or one of Rowan's, filled from the assigns.
  Response render(std::string_view page);
  Response json(const Json& value);
  Response text(std::string_view body);

  engine::ConnState& state() { return *state_; }
  const engine::ConnState& state() const { return *state_; }

 private:
  std::unique_ptr<engine::ConnState> state_;
};

}  // namespace rowan
