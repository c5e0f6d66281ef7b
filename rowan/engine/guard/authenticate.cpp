// The guard: no I/O, no allocation, no lock (docs/architecture.md#the-guard).
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/guard_key.hpp>
#include <rowan/engine/guard/kept.hpp>
#include <rowan/engine/guard/presented.hpp>
#include <rowan/engine/guard/session_cookie.hpp>
#include <rowan/http/cookie.hpp>

namespace rowan {

namespace {

using Why = GuardRefused::Why;
using engine::Core;

using State = tokens::Revocation::State;

// What decide() has found out of these numbers.
struct Settled {
  TokenNumbers numbers{};
  State state = State::unknown;
};

State state_of(const Core& core, const Claims& claims, const Settled* settled) {
  if (settled != nullptr && settled->numbers == claims.numbers) return settled->state;
  const auto state = core.revocation.state(claims.numbers, core.options.session.revocation_bound);
  return state == State::not_issued ? State::unknown : state;  // it may have been issued a moment ago elsewhere
}

GuardVerdict judge(const Core& core, const Claims& claims, const Settled* settled) {
  switch (state_of(core, claims, settled)) {
    case State::dead:
    case State::not_issued: return GuardRefused{Why::revoked};
    case State::unknown: return GuardUndecided{claims.numbers};
    case State::alive: break;
  }
  return GuardAccepted{.claims = VerifiedClaims(engine::GuardKey{}, claims)};
}

bool needs_reseal(const Core& core, Timestamp seen, Timestamp now) {
  return now - seen > engine::reseal_after(core.options.session);
}

GuardVerdict by_its_session(const Core& core, std::string_view cookie_header, const Realm& realm,
                            const Settled* settled) {
  const auto cookie = http::find_cookie(cookie_header, core.session_cookie);
  if (!cookie.value) return GuardRefused{cookie.repeated ? Why::malformed : Why::missing};
  const auto now = core.clock.now();
  const auto session = sessions::open_session_of(core.session_seal, *cookie.value, realm.subject, now);
  if (!session) return GuardRefused{Why::malformed};
  if (!session->is_signed_in) return GuardRefused{Why::missing};
  const auto& claims = session->claims;
  if (claims.realm.tenant != realm.tenant) return GuardRefused{Why::wrong_tenant};
  if (claims.expires_at <= now) return GuardRefused{Why::expired};
  if (session->seen + core.options.session.idle <= now) return GuardRefused{Why::idle};
  auto verdict = judge(core, claims, settled);
  if (auto* accepted = std::get_if<GuardAccepted>(&verdict)) accepted->reseal = needs_reseal(core, session->seen, now);
  return verdict;
}

// A browser without a session may be one that is remembered. One that is signed in at another tenant keeps that
// session.
GuardVerdict by_session(const Core& core, std::string_view cookie_header, const Realm& realm, const Settled* settled) {
  auto verdict = by_its_session(core, cookie_header, realm, settled);
  const auto* refused = std::get_if<GuardRefused>(&verdict);
  if (refused == nullptr || refused->why == Why::wrong_tenant) return verdict;
  if (!engine::kept_in(core, cookie_header, realm, core.clock.now())) return verdict;
  return GuardUndecided{.numbers = {}, .remembered = true};
}

Why why_of(tokens::Unfit unfit) {
  switch (unfit) {
    case tokens::Unfit::expired: return Why::expired;
    case tokens::Unfit::not_yet_valid: return Why::not_yet_valid;
    case tokens::Unfit::unchecked:
    case tokens::Unfit::malformed: break;
  }
  return Why::malformed;
}

// What it stood for when it was looked up. Whether it still does is said by its numbers, as of a token; when they are
// dead, the account may only have a new generation, which the row says.
GuardVerdict by_credential(const Core& core, const engine::Presented& presented, const Realm& realm) {
  const auto now = core.clock.now();
  const auto known = core.credentials.find(core.credentials.key_of(presented.text), now);
  if (!known) {
    if (const auto fault = presented.strategy->request_credential.fault_of(presented.text); !fault.empty())
      return GuardRefused{Why::malformed, fault};
    return GuardUndecided{};
  }
  if (known->realm != realm) return GuardRefused{Why::wrong_tenant, "of another tenant or subject"};
  if (known->expires_at <= now) return GuardRefused{Why::expired, "expired"};
  if (core.revocation.state(known->numbers, core.options.session.revocation_bound) != State::alive)
    return GuardUndecided{};
  return GuardAccepted{.claims = VerifiedClaims(engine::GuardKey{}, *known)};
}

// `key`: by its number the key that signed the token is revoked. It is asked for last, and so is as fresh as the rest.
GuardVerdict by_token(const Core& core, const Claims& claims, std::int64_t key, Timestamp now, const Realm& realm,
                      const Settled* settled) {
  if (claims.realm.subject != realm.subject) return GuardRefused{Why::wrong_purpose};
  if (claims.realm.tenant != realm.tenant) return GuardRefused{Why::wrong_tenant};
  // The key is asked after the state, which says how fresh the answer is.
  const auto state = state_of(core, claims, settled);
  if (state == State::unknown) return GuardUndecided{.numbers = claims.numbers};
  if (state != State::alive || (key != 0 && core.revocation.is_dead(key))) return GuardRefused{Why::revoked};
  core.seen.note(claims.numbers.token, now);
  auto signed_by = claims;
  signed_by.signing_key = key;
  return GuardAccepted{.claims = VerifiedClaims(engine::GuardKey{}, signed_by)};
}

GuardVerdict by_bearer(const Core& core, const http::RequestView& request, const Realm& realm, const Settled* settled) {
  const auto presented = engine::presented_by(core, request, realm.subject);
  switch (presented.kind) {
    case engine::Presented::Kind::nothing: return GuardRefused{Why::missing};
    case engine::Presented::Kind::unreadable: return GuardRefused{Why::malformed};
    case engine::Presented::Kind::credential: return by_credential(core, presented, realm);
    case engine::Presented::Kind::token: break;
  }
  std::int64_t key = 0;
  const auto now = core.clock.now();
  const auto claims = core.bearers.verify(presented.text, now, &key);
  if (!claims && claims.error() == tokens::Unfit::unchecked) return GuardUndecided{};
  if (!claims) return GuardRefused{why_of(claims.error())};
  return by_token(core, *claims, key, now, realm, settled);
}

GuardVerdict guard(const Core& core, const http::RequestView& request, GuardKind kind, const Realm& realm,
                   const Settled* settled) {
  switch (kind) {
    case GuardKind::session: return by_session(core, request.cookie, realm, settled);
    case GuardKind::bearer: return by_bearer(core, request, realm, settled);
    case GuardKind::session_or_bearer: break;
  }
  if (engine::is_by_bearer(core, request, realm.subject)) return by_bearer(core, request, realm, settled);
  return by_session(core, request.cookie, realm, settled);
}

Claims claims_of(const Identified& identified, const Realm& realm) {
  Claims claims;
  claims.id = identified.account;
  claims.realm = realm;
  claims.numbers = identified.numbers;
  claims.expires_at = identified.expires_at;
  claims.key = identified.key;
  return claims;
}

// By the feed alone when that is all that is not known; else its row is read. An account that gets a new generation
// while we read is read once more.
Result<GuardVerdict> decide_credential(Core& core, const engine::Presented& presented, const Realm& realm) {
  const auto& credential = presented.strategy->request_credential;
  const auto key = core.credentials.key_of(presented.text);
  if (const auto known = core.credentials.find(key, core.clock.now()); known && known->realm == realm) {
    ROWAN_TRY(const auto verified, engine::current_claims(core, *known, realm));
    if (verified) return GuardVerdict(GuardAccepted{.claims = *verified});
  }
  for (int attempt = 0; attempt < 2; ++attempt) {
    const auto read_at = core.clock.elapsed();
    ROWAN_TRY(const auto found, credential.look_up(core.services, realm, presented.text));
    if (const auto* unknown = std::get_if<Unidentified>(&found)) {
      core.credentials.forget(key);
      return GuardVerdict(GuardRefused{Why::revoked, unknown->reason});
    }
    const auto claims = claims_of(std::get<Identified>(found), realm);
    ROWAN_TRY(const auto verified, engine::current_claims(core, claims, realm));
    if (!verified) continue;
    core.credentials.put(key, *presented.strategy, claims, read_at, core.clock.now());
    return GuardVerdict(GuardAccepted{.claims = *verified});
  }
  core.credentials.forget(key);
  return GuardVerdict(GuardRefused{Why::revoked, "ended, expired or from before a restored backup"});
}

// A signature that takes long to check, or by a key that this node does not know yet.
Result<GuardVerdict> decide_signature(Core& core, std::string_view token, const Realm& realm) {
  const auto now = core.clock.now();
  ROWAN_TRY(const auto checked, core.bearers.check(token, now));
  if (!checked) return GuardVerdict(GuardRefused{why_of(checked.error())});
  const auto verdict = by_token(core, checked->claims, checked->key, now, realm, nullptr);
  const auto* undecided = std::get_if<GuardUndecided>(&verdict);
  if (undecided == nullptr) return verdict;
  ROWAN_TRY(const auto state, engine::settled_state(core, undecided->numbers));
  const Settled settled{.numbers = undecided->numbers, .state = state};
  return by_token(core, checked->claims, checked->key, now, realm, &settled);
}

}  // namespace

GuardVerdict Auth::authenticate(const http::RequestView& request, GuardKind kind, const Realm& realm) const {
  return guard(*core_, request, kind, realm, nullptr);
}

Result<GuardVerdict> engine::decide_without_signing_in(Core& core, const http::RequestView& request, GuardKind kind,
                                                       const Realm& realm) {
  auto verdict = guard(core, request, kind, realm, nullptr);
  const auto* undecided = std::get_if<GuardUndecided>(&verdict);
  if (undecided == nullptr || undecided->remembered) return verdict;
  if (kind != GuardKind::session) {
    const auto presented = presented_by(core, request, realm.subject);
    if (presented.strategy != nullptr) return decide_credential(core, presented, realm);
    if (presented.kind == Presented::Kind::token && undecided->numbers == TokenNumbers{})
      return decide_signature(core, presented.text, realm);
  }
  ROWAN_TRY(const auto state, settled_state(core, undecided->numbers));
  // The same request has the same numbers, so the guard is in doubt no more.
  const Settled settled{.numbers = undecided->numbers, .state = state};
  return guard(core, request, kind, realm, &settled);
}

std::string Auth::reseal(const http::RequestView& request, const Realm& realm) const {
  const auto& core = *core_;
  const auto verdict = by_its_session(core, request.cookie, realm, nullptr);
  const auto* accepted = std::get_if<GuardAccepted>(&verdict);
  if (accepted == nullptr || !accepted->reseal) return {};
  const auto now = core.clock.now();
  // What another subject of the browser lost meanwhile does not come back either.
  auto session = engine::open_live_session(core, request.cookie, now);
  if (!session || session->count == 0) return {};
  for (std::size_t i = 0; i < session->count; ++i) core.seen.note(session->claims[i].numbers.token, now);
  session->seen = now;
  return engine::session_cookie(core, *session);
}

}  // namespace rowan
