#pragma once
// Conn: one request as controllers and handlers see it, and the answer they are making.
#include <map>
#include <memory>
#include <optional>
#include <rowan/base/json.hpp>
#include <rowan/base/result.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/guard/authenticated_user.hpp>
#include <rowan/http/message.hpp>
#include <rowan/http/websocket.hpp>
#include <string>
#include <string_view>

namespace rowan {

class Conn;
struct SignOutElsewhere;  // engine/strategy.hpp
namespace engine {
// engine/web/conn_state.hpp: not installed
struct ConnState;
ConnState& state_of(Conn& conn);
const ConnState& state_of(const Conn& conn);
}  // namespace engine

using Response = http::Response;

/// What the client sent, by name; nested fields as `user[email]`. Form tokens are left out, and on Rowan's own routes
/// secrets.
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
  /// The query of a GET or HEAD; otherwise the fields of the body: urlencoded, multipart (without files) or JSON, whose
  /// numbers and booleans are written out and whose arrays are left out. Read when first asked for. Empty when there is
  /// nothing, and when it cannot be read: see params_error().
  const Params& params() const;
  /// Why params() are empty: malformed_request (also a name sent twice, or ending in []), too_large,
  /// unsupported_media_type; nullopt when they could be read. Such a body is still in request().
  std::optional<Error> params_error() const;
  std::string_view path_param(std::string_view name) const;  // of "/notes/:id"; decoded; empty when there is none
  std::string_view language() const;                         // the one the answer is written in
  const TenantName& tenant() const;                          // AuthOptions::tenant_of's, checked
  const http::IpAddress& client_address() const;             // behind trusted proxies: the visitor's, else the socket's

  // Forms of the application.
  /// The value of a hidden field `_csrf_token` (or of the header X-CSRF-Token), bound to this browser's session. Pages
  /// of the template folder write [[form "…"]], which carries it.
  std::string form_token();
  /// Whether this request comes from a page of ours: Origin and Sec-Fetch-Site, and the form's token in field
  /// `_csrf_token` or header X-CSRF-Token. `forbidden` otherwise: `return conn.refuse(error)`. Nothing is asked of a
  /// GET.
  Result<> check_form();

  // The session. Without a user, and on a mount without cookies, these do nothing.
  /// What put_session kept goes along with a visitor's first sign-in, and stays when the same account signs in again;
  /// nothing that another account left does.
  void store_in_session(MaybeUser user);
  /// Ends the session of every subject, or of one: revokes session, bearer and remember-me tokens of this request,
  /// deletes the cookies. False when the tokens could not be revoked (the database is away): then the cookies stay, and
  /// a sign-out answers 503 whatever its controller says.
  bool clear_session(const SubjectName& subject = {});
  /// After clear_session: where the provider that the session came from ends its own, when its room is declared so
  /// (`sign_out_at_provider`). Lead there from a page: browsers take no redirect to another site for the answer to a
  /// form. Its `url` is empty when there is nothing more to do.
  const SignOutElsewhere& signed_out_elsewhere() const;
  bool revoke_bearer_tokens();
  bool revoke_session_tokens(const SubjectName& subject = {});
  /// The claims of this request's session (or bearer token or API key), by the guard's rules; nullopt without one.
  std::optional<VerifiedClaims> load_from_session(const SubjectName& subject = "user");
  std::optional<VerifiedClaims> load_from_bearer(const SubjectName& subject = "user");
  /// The account behind the session, token or API key, from the cache or the database. Nullopt also when that fails
  /// (the log says so): a route that must tell the difference stands behind a guard. So does one for owners only.
  std::optional<User> current_user(const SubjectName& subject = "user");
  /// Small things: the state cookie holds 2 KiB in all. False, and nothing is kept, when that is full.
  bool put_session(std::string_view key, std::string_view value);
  std::optional<std::string> get_session(std::string_view key) const;
  void put_flash(std::string_view kind, std::string_view text);  // kind: "info" or "error"; shown by the next page

  // The answer.
  Conn& status(int code);
  void assign(std::string_view name, Json value);
  const std::map<std::string, Json, std::less<>>& assigns() const;
  /// A path on this site that the visitor came from, else `path`. After the account's first second factor was set up:
  /// the page that follows it (Page::after_first_factor), which leads on to that path.
  std::string return_to_or(std::string_view path) const;
  /// A path of the application as browsers have it: with base_url's path in front. The same where base_url has none.
  std::string path(std::string_view below_base_url) const;
  /// 303. Only for targets the application chose; visitors' go through return_to_or.
  Response redirect(std::string to);
  /// A page of the template folder or one of Rowan's, filled from the assigns.
  Response render(std::string_view page);
  Response json(const Json& value);
  Response text(std::string_view body);
  /// Only in a handler of Site::websocket: the connection goes on as a WebSocket. It is closed with 4401 when the
  /// session, token or API key that the route's guard let in ends, and with 1013 when that cannot be known any more
  /// (Auth::on_revoked). Without a guard nothing closes it but you.
  Response websocket(WebSocketHandler handler);
  /// An error, as Rowan's own routes answer it: its status, a page or JSON (whichever was asked for), Retry-After; for
  /// a fault of ours (500, 503) with an id, under which the log has the cause.
  Response refuse(const Error& error);
  /// The id of such an answer; empty when this is none.
  const std::string& error_id() const;

 private:
  friend engine::ConnState& engine::state_of(Conn& conn);
  friend const engine::ConnState& engine::state_of(const Conn& conn);
  std::unique_ptr<engine::ConnState> state_;
};

}  // namespace rowan
