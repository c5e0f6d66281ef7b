#include <algorithm>
#include <rowan/base/words.hpp>
#include <rowan/engine/guard/presented.hpp>
#include <rowan/engine/web/compose.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/guards.hpp>
#include <rowan/engine/web/second_factor_page.hpp>
#include <rowan/http/media.hpp>

namespace rowan {

namespace {

Response unauthorized(Conn& conn, GuardKind kind, const SubjectName& subject) {
  auto& state = engine::state_of(conn);
  state.status = 401;
  auto response = conn.json(engine::failure_body(state, {.code = ErrorCode::authentication_failed, .reason = "guard"}));
  if (kind != GuardKind::session)
    response.headers.set("WWW-Authenticate", engine::is_by_bearer(*state.core, state.view(), subject)
                                                 ? "Bearer error=\"invalid_token\""
                                                 : "Bearer");
  return response;
}

// What is wrong with a credential of a strategy's own. A session or a token says nothing by its refusal.
void log_refusal(Conn& conn, std::string_view reason) {
  if (!reason.empty())
    engine::state_of(conn).core->logger.info("credential_refused",
                                             {{"reason", reason}, {"from", conn.client_address().text()}});
}

// A person goes to the sign-in page and comes back; a program gets 401.
Response refuse(Conn& conn, GuardKind kind, const SubjectName& subject, const GuardRefused& refused) {
  log_refusal(conn, refused.reason);
  auto& state = engine::state_of(conn);
  const auto& request = conn.request();
  const bool reading = request.method == http::Method::get || request.method == http::Method::head;
  if (kind != GuardKind::session || !reading || state.websocket ||
      state.addresses->page(PageName::sign_in, subject).empty() ||
      http::accepts_json(request.headers.single("Accept").value_or(std::string_view())))
    return unauthorized(conn, kind, subject);
  return engine::to_sign_in(state, subject);
}

// This is not the visitor's fault, so it does not send them to sign in again.
Response fault(Conn& conn, GuardKind kind, const Error& error) {
  return engine::error_answer(engine::state_of(conn), error,
                              kind != GuardKind::session || engine::wants_json(engine::state_of(conn)));
}

// RFC 6750 section 3.1. Nullopt when this key may, and for whom is no key.
std::optional<Response> out_of_scope(Conn& conn, const Guard& guard, const Claims& claims) {
  if (!claims.using_api_key()) return std::nullopt;
  const auto may = [&](const std::string& scope) { return claims.has_scope(scope); };
  if (!guard.owner_only && std::ranges::all_of(guard.scopes, may)) return std::nullopt;
  log_refusal(conn, guard.owner_only ? "an API key, where only the owner may" : "a scope is missing");
  const auto wanted = join(guard.scopes, " ");
  auto& state = engine::state_of(conn);
  state.status = http_status(ErrorCode::forbidden);
  auto response = conn.json(engine::failure_body(state, {.code = ErrorCode::forbidden, .reason = "guard"}));
  response.headers.set("WWW-Authenticate",
                       "Bearer error=\"insufficient_scope\"" + (wanted.empty() ? "" : ", scope=\"" + wanted + "\""));
  return response;
}

// A session that is too weak or too old for this route; nullopt when it will do.
std::optional<Response> step_up(Conn& conn, const Guard& guard, const Claims& claims) {
  auto& state = engine::state_of(conn);
  const auto needs = guard.assurance();
  if (needs.asks_nothing() || is_enough(claims.methods, needs, state.core->clock.now())) return std::nullopt;
  return engine::ask_for_more(state,
                              {.code = ErrorCode::insufficient_user_authentication, .reason = "guard", .needs = needs},
                              guard.subject, engine::where_now(state));
}

struct Guarded {
  Auth* auth;
  Guard guard;
  GuardKind kind;
  GuardedHandler handler;

  // A cookie comes along with whatever another site's page sends; a bearer token does not.
  bool is_by_cookie(const Conn& conn) const {
    return kind == GuardKind::session ||
           (kind == GuardKind::session_or_bearer &&
            !engine::is_by_bearer(engine::core_of(*auth), engine::state_of(conn).view(), guard.subject));
  }

  std::optional<Response> admit(Conn& conn, const GuardVerdict& verdict) const {
    if (const auto* refused = std::get_if<GuardRefused>(&verdict)) return refuse(conn, kind, guard.subject, *refused);
    const auto& claims = std::get<GuardAccepted>(verdict).claims;
    if (auto refusal = out_of_scope(conn, guard, claims)) return refusal;
    return step_up(conn, guard, claims);
  }

  std::variant<Response, Where> begin(Conn& conn) const {
    auto& state = engine::state_of(conn);
    if (!guard.cross_site && is_by_cookie(conn))
      if (auto checked = state.websocket ? state.check_origin_of_websocket(true) : state.check_origin(); !checked)
        return engine::error_answer(state, checked.error(), engine::wants_json(state));
    auto verdict = auth->authenticate(state.view(), kind, state.realm(guard.subject));
    if (std::holds_alternative<GuardUndecided>(verdict)) return Where::pool;
    if (auto refusal = admit(conn, verdict)) return *std::move(refusal);
    state.verdict = std::move(verdict);
    if (handler.where == Where::here && handler.takes_user()) {
      state.user = auth->load_cached(std::get<GuardAccepted>(*state.verdict).claims, state.tenant());
      if (!state.user) return Where::pool;  // it has to be read
    }
    return handler.where;
  }

  Response finish(Conn& conn) const {
    auto& state = engine::state_of(conn);
    if (!state.verdict) {
      auto verdict = engine::decide(state, kind, guard.subject);
      if (!verdict) return fault(conn, kind, verdict.error());
      if (auto refusal = admit(conn, *verdict)) return *std::move(refusal);
      state.verdict = *std::move(verdict);
    }
    const auto& accepted = std::get<GuardAccepted>(*state.verdict);
    const auto& claims = accepted.claims;
    // Only now that nothing refuses any more: a refusal writes no session.
    const auto let_in = [&] {
      if (accepted.reseal && is_by_cookie(conn)) state.reseal_for = guard.subject;
    };
    if (const auto* by_claims = std::get_if<0>(&handler.call)) {
      let_in();
      return (*by_claims)(conn, claims);
    }
    if (!state.user) {
      auto user = auth->load(claims, state.tenant());
      if (!user) return fault(conn, kind, user.error());
      if (!*user) return refuse(conn, kind, guard.subject, {.why = GuardRefused::Why::account_gone});
      state.user = *std::move(user);
    }
    let_in();
    return std::get<1>(handler.call)(conn, *state.user);
  }
};

Route guard_route(Auth& auth, Guard guard, GuardKind kind, GuardedHandler handler) {
  auto guarded = std::make_shared<const Guarded>(Guarded{&auth, std::move(guard), kind, std::move(handler)});
  return Route(Route::Steps{.begin = [guarded](Conn& conn) { return guarded->begin(conn); },
                            .finish = [guarded](Conn& conn) { return guarded->finish(conn); },
                            .checks_origin = true});
}

}  // namespace

Route signed_in(Auth& auth, GuardedHandler handler) { return signed_in(auth, Guard{}, std::move(handler)); }
Route signed_in(Auth& auth, Guard guard, GuardedHandler handler) {
  return guard_route(auth, std::move(guard), GuardKind::session, std::move(handler));
}
Route bearer(Auth& auth, GuardedHandler handler) { return bearer(auth, Guard{}, std::move(handler)); }
Route bearer(Auth& auth, Guard guard, GuardedHandler handler) {
  return guard_route(auth, std::move(guard), GuardKind::bearer, std::move(handler));
}
Route session_or_bearer(Auth& auth, GuardedHandler handler) {
  return session_or_bearer(auth, Guard{}, std::move(handler));
}
Route session_or_bearer(Auth& auth, Guard guard, GuardedHandler handler) {
  return guard_route(auth, std::move(guard), GuardKind::session_or_bearer, std::move(handler));
}

}  // namespace rowan
