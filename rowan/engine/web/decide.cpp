// Auth::decide: what the guard cannot tell on the event loop, and the cookies of a browser that is signed in again.
#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/kept.hpp>
#include <rowan/engine/guard/session_cookie.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/engine/phases/sign_in_again.hpp>
#include <rowan/engine/web/cookies.hpp>
#include <rowan/http/cookie.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan {

namespace {

using namespace engine;

// The headers of an answer to a browser that was signed in again. What is of no use any more stays until it expires: an
// answer that comes late would delete a newer one.
std::vector<std::string> cookies_of(const Core& core, const Subject& subject, const Realm& realm, const Again& again,
                                    sessions::Session session) {
  http::Response answer;
  if (again.keeps) {
    const auto kept = to_keep(realm, *again.keeps);
    write_kept(core, nullptr, answer, subject, &kept);
  }
  if (again.claims) {
    session.put(*again.claims);
    session.form_secret = form_secret_of(core, *again.claims);
    session.seen = core.clock.now();
    answer.headers.add("Set-Cookie", session_cookie(core, session));
  }
  if (!again.device.empty()) answer.headers.add("Set-Cookie", device_cookie(core, again.device));
  std::vector<std::string> cookies;
  for (const auto& header : answer.headers.all()) cookies.push_back(header.value);
  return cookies;
}

Result<GuardVerdict> decide_remembered(Core& core, const http::RequestView& request, const Realm& realm,
                                       const Visitor& visitor, std::vector<std::string>& set_cookies) {
  const GuardRefused nobody{.why = GuardRefused::Why::missing};
  const auto now = core.clock.now();
  const auto* subject = core.find_subject(realm.subject);
  const auto kept = kept_in(core, request.cookie, realm, now);
  if (subject == nullptr || !kept) return GuardVerdict(nobody);
  // Whoever else is signed in in this browser stays so.
  auto session = open_live_session(core, request.cookie, now).value_or(sessions::Session());
  session.remove(realm.subject);
  if (session.count == session.claims.size()) return GuardVerdict(nobody);
  auto known = visitor;
  if (const auto device = http::find_cookie(request.cookie, core.device_cookie);
      device.value && tokens::is_device(*device.value))
    known.device = *device.value;
  if (const auto cookie = http::find_cookie(request.cookie, core.state_cookie); cookie.value)
    if (const auto state = sessions::open_state(core.state_seal, *cookie.value); state && !state->flow.empty()) {
      ROWAN_TRY(const auto pending, find_pending(core, state->flow, realm));
      if (pending) return GuardVerdict(nobody);
    }
  ROWAN_TRY(const auto again, sign_in_again(core, *kept, realm, known));
  std::ranges::move(cookies_of(core, *subject, realm, again, session), std::back_inserter(set_cookies));
  if (!again.claims) return GuardVerdict(nobody);
  return GuardVerdict(GuardAccepted{.claims = *again.claims});
}

}  // namespace

Result<GuardVerdict> Auth::decide(const http::RequestView& request, GuardKind kind, const Realm& realm) const {
  ROWAN_TRY(auto verdict, decide_without_signing_in(*core_, request, kind, realm));
  if (std::holds_alternative<GuardUndecided>(verdict)) verdict = GuardRefused{.why = GuardRefused::Why::missing};
  return verdict;
}

Result<GuardVerdict> Auth::decide(const http::RequestView& request, GuardKind kind, const Realm& realm,
                                  const Visitor& visitor, std::vector<std::string>& set_cookies) const {
  ROWAN_TRY(auto verdict, decide_without_signing_in(*core_, request, kind, realm));
  const auto* undecided = std::get_if<GuardUndecided>(&verdict);
  if (undecided == nullptr) return verdict;
  if (!undecided->remembered) return GuardVerdict(GuardRefused{.why = GuardRefused::Why::missing});
  return decide_remembered(*core_, request, realm, visitor, set_cookies);
}

}  // namespace rowan
