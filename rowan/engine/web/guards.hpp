#pragma once
// Guards: they run before a handler and pass it Claims or a User (docs/architecture.md#the-guard).
#include <chrono>
#include <functional>
#include <optional>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/web/conn.hpp>
#include <string>
#include <type_traits>
#include <variant>
#include <vector>

namespace rowan {

enum class Where { here, pool };

/// A handler as a host mounts it: in two steps, the first of which runs on the event loop.
class Route {
 public:
  struct Steps {
    std::function<std::variant<Response, Where>(Conn&)> begin{};  // never blocks: an answer, or where to finish
    std::function<Response(Conn&)> finish{};                      // may block unless begin said `here`
    bool checks_origin = false;  // begin asks where a request comes from that opens a WebSocket
  };
  explicit Route(Steps steps) : steps_(std::move(steps)) {}
  template <class H>
    requires(std::is_invocable_r_v<Response, const H&, Conn&>)
  Route(H handler) : steps_{.begin = [](Conn&) { return Where::pool; }, .finish = std::move(handler)} {}
  std::variant<Response, Where> begin(Conn& conn) const { return steps_.begin(conn); }
  Response finish(Conn& conn) const { return steps_.finish(conn); }
  bool checks_origin() const { return steps_.checks_origin; }

 private:
  Steps steps_;
};

template <class H>
struct NonBlocking {
  H handler;
  /// Without a guard: `server.get("/public", rowan::non_blocking(…))`.
  operator Route() const
    requires(std::is_invocable_r_v<Response, const H&, Conn&>)
  {
    return Route(Route::Steps{.begin = [](Conn&) { return Where::here; }, .finish = handler});
  }
};
/// You promise that the handler makes no query, opens no file, takes no lock and never waits. It then runs on the
/// host's event loop.
template <class H>
NonBlocking<H> non_blocking(H handler) {
  return {std::move(handler)};
}

/// Response(Conn&, const Claims&): gets what the cookie or token says; or
/// Response(Conn&, const User&): gets the account, which is loaded in the pool before your handler runs. A non_blocking
/// one runs on the event loop when the account is in the cache, else in the pool.
class GuardedHandler {
  template <class H, class Who>
  static constexpr bool takes = std::is_invocable_v<const H&, Conn&, const Who&>;
  template <class H, class Who>
  static constexpr bool answers = std::is_invocable_r_v<Response, const H&, Conn&, const Who&>;

 public:
  template <class H>
    requires(!std::is_same_v<H, GuardedHandler>)
  GuardedHandler(H handler) : GuardedHandler(Where::pool, std::move(handler)) {}
  template <class H>
  GuardedHandler(NonBlocking<H> promise) : GuardedHandler(Where::here, std::move(promise.handler)) {}

  Where where = Where::pool;
  std::variant<std::function<Response(Conn&, const VerifiedClaims&)>, std::function<Response(Conn&, const User&)>>
      call{};
  bool takes_user() const { return call.index() == 1; }

 private:
  template <class H>
  GuardedHandler(Where where, H handler) : where(where) {
    constexpr bool claims = takes<H, VerifiedClaims>, user = takes<H, User>;
    static_assert(claims || user,
                  "a guarded handler takes (rowan::Conn&, const rowan::Claims&) or (rowan::Conn&, const rowan::User&), "
                  "and is not mutable");
    static_assert(!(claims && user),
                  "say which one this handler needs: const rowan::Claims& or const rowan::User& (not auto)");
    if constexpr (claims && !user) {
      static_assert(answers<H, VerifiedClaims>, "a guarded handler returns rowan::Response");
      if constexpr (answers<H, VerifiedClaims>) call.template emplace<0>(std::move(handler));
    } else if constexpr (user && !claims) {
      static_assert(answers<H, User>, "a guarded handler returns rowan::Response");
      if constexpr (answers<H, User>) call.template emplace<1>(std::move(handler));
    }
  }
};

/// Who is signed in but has not shown that much is led to show more and comes back; a program gets 401 (RFC 9470).
struct Guard {
  bool second_factor = false;                    // see Assurance
  std::optional<std::chrono::seconds> within{};  // likewise
  bool phishing_resistant = false;               // likewise
  SubjectName subject = "user";
  /// True: also accepts requests that a page of another site sends with the visitor's cookie. False: a guard by cookie
  /// answers 403 when the method may change something (any but GET, HEAD and OPTIONS) and the browser says that the
  /// request comes from another site; see AuthOptions::allowed_origins. Conn::check_form checks the form's token too.
  /// A WebSocket is refused likewise, and also when its request has no Origin, which every browser sends.
  bool cross_site = false;
  /// An API key has to have been given all of these (Claims::has_scope), else 403. Sessions and bearer tokens have
  /// them.
  std::vector<std::string> scopes{};
  /// True: an API key gets 403, whatever its scopes. For what only the account's owner may do.
  bool owner_only = false;
  Assurance assurance() const {
    return {.second_factor = second_factor, .within = within, .phishing_resistant = phishing_resistant};
  }
};

/// By the session cookie. Without a session, a GET is redirected to the sign-in page and comes back after the sign-in;
/// any other request, and one that accepts JSON, gets 401.
Route signed_in(Auth& auth, GuardedHandler handler);
Route signed_in(Auth& auth, Guard guard, GuardedHandler handler);
/// By `Authorization: Bearer`: a bearer token or an API key. Otherwise 401 with WWW-Authenticate (RFC 6750).
Route bearer(Auth& auth, GuardedHandler handler);
Route bearer(Auth& auth, Guard guard, GuardedHandler handler);
/// By either of them. Otherwise 401 as JSON. A request that shows something in Authorization goes by that alone.
Route session_or_bearer(Auth& auth, GuardedHandler handler);
Route session_or_bearer(Auth& auth, Guard guard, GuardedHandler handler);

}  // namespace rowan
