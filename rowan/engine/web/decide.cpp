// Auth::decide: what the guard cannot tell on the event loop, and the cookies of a browser that is signed in again.
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/kept.hpp>
#include <rowan/engine/guard/session_cookie.hpp>
#include <rowan/engine/phases/sign_in_again.hpp>
#include <rowan/engine/web/cookies.hpp>
#include <rowan/http/cookie.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan {

namespace {

using namespace engine;

Result<GuardVerdict> decide_remembered(Core& core, const http::RequestView& request, const Realm& realm,
                                       const Visitor& visitor, std::vector<std::string>& set_cookies) {
  const GuardRefused nobody{.why = GuardRefused::Why::missing};
  const auto now = core.clock.now();
  const auto kept = kept_in(core, request.cookie, realm, now);
  if (!kept) return GuardVerdict(nobody);
  // Whoever else is signed in in this browser stays so.
  sessions::Session session;
  if (const auto cookie = http::find_cookie(request.cookie, core.session_cookie); cookie.value)
    if (auto opened = sessions::open_session(core.session_seal, *cookie.value)) session = *opened;
  session.remove(realm.subject);
  if (session.count == session.claims.size()) return GuardVerdict(nobody);
  auto known = visitor;
  if (const auto device = http::find_cookie(request.cookie, core.device_cookie);
      device.value && tokens::is_device(*device.value))
    known.device = *device.value;
  ROWAN_TRY(const auto again, sign_in_again(core, *kept, realm, known));
  if (!again.claims) return GuardVerdict(nobody);
  session.put(*again.claims);
  session.form_secret = form_secret_of(core, *again.claims);
  session.seen = core.clock.now();
  auto remembered = sessions::open_remembered(core.remember_seal,
                                              *http::find_cookie(request.cookie, core.remember_cookie).value, now);
  http::Response answer;
  if (again.keeps && remembered) {
    keep(*remembered, realm, *again.keeps);
    write_remembered(core, nullptr, answer, *remembered);
  }
  answer.headers.add("Set-Cookie", session_cookie(core, session));
  for (const auto& header : answer.headers.all()) set_cookies.push_back(header.value);
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
  return decide_remembered(*core_, request, realm, visitor, set_cookies);
}

}  // namespace rowan
