// The browser's cookies: opened once, changed while a request is answered, and written here alone.
#include <algorithm>
#include <ranges>
#include <rowan/engine/guard/kept.hpp>
#include <rowan/engine/guard/session_cookie.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/engine/phases/sign_in_again.hpp>
#include <rowan/engine/web/conn_state.hpp>
#include <rowan/engine/web/controller.hpp>
#include <rowan/engine/web/cookies.hpp>
#include <rowan/http/cookie.hpp>
#include <rowan/protection/forms.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan {

void Controller::put_remember_me_cookie(http::Response& response, const RememberMeCookie& cookie) {
  response.headers.add(
      "Set-Cookie", http::set_cookie(cookie.name, cookie.value, {.max_age = cookie.max_age, .secure = cookie.secure}));
}

void Controller::delete_remember_me_cookie(http::Response& response, const RememberMeCookie& cookie) {
  response.headers.add("Set-Cookie", http::expire_cookie(cookie.name, {.secure = cookie.secure}));
}

}  // namespace rowan

namespace rowan::engine {

sessions::Kept to_keep(const Realm& realm, const BrowserKeeps& keeps) {
  const auto text = sessions::Kept::Text::from(keeps.text);
  if (!text) throw std::logic_error("BrowserKeeps::text is longer than 64 bytes");
  return {.realm = realm, .text = *text, .until = keeps.until};
}

void write_kept(const Core& core, Controller* controller, http::Response& response, const Subject& subject,
                const sessions::Kept* kept) {
  static Controller plain;
  if (controller == nullptr) controller = &plain;
  RememberMeCookie cookie{.name = subject.remember_cookie, .secure = subject.remember_cookie.starts_with("__Host-")};
  if (kept == nullptr) return controller->delete_remember_me_cookie(response, cookie);
  cookie.value = sessions::seal_kept(core.remember_seal, *kept);
  cookie.max_age = std::chrono::ceil<std::chrono::seconds>(kept->until - core.clock.now());
  controller->put_remember_me_cookie(response, cookie);
}

std::string device_cookie(const Core& core, std::string_view device) {
  return http::set_cookie(core.device_cookie, device,
                          {.max_age = tokens::device_lifetime, .secure = core.device_cookie.starts_with("__Host-")});
}

namespace {

// What a room keeps of a request that waits for its answer, beside what the application keeps there by put_session.
constexpr std::string_view flow_prefix = "rowan.flow.";
// No sealed one: it says nothing but a strategy's name, and believing a forged one costs a mark on a page.
std::string last_used_cookie(const Core& core) { return core.session_cookie + "_last"; }
constexpr std::chrono::days last_used_lifetime{365};
constexpr std::size_t max_flows = 4;  // tabs that do the same at once; the one begun first is forgotten

// Whose the state cookie is.
struct Owner {
  std::int64_t token = 0;
  AccountId account{};
};
Owner owner_of(const std::optional<sessions::Session>& session) {
  if (!session || session->count == 0) return {};
  Owner owner{.token = 0, .account = session->claims[0].id};
  // Of all who are signed in together: what was kept beside one who is no longer there is that person's too.
  for (std::size_t i = 0; i < session->count; ++i) owner.token += session->claims[i].numbers.token;
  return owner;
}

}  // namespace

void ConnState::open_cookies() {
  if (session_opened || core == nullptr || !cookies || request == nullptr) return;
  session_opened = true;
  const auto header = view().cookie;
  const auto now = core->clock.now();
  if (const auto cookie = http::find_cookie(header, core->device_cookie);
      cookie.value && tokens::is_device(*cookie.value))
    device = *cookie.value;
  // It is compared with the names of strategies, and nothing else is done with it.
  if (const auto cookie = http::find_cookie(header, last_used_cookie(*core));
      cookie.value && Methods::Name::from(*cookie.value))
    last_used = *cookie.value;
  session = open_live_session(*core, header, now);
  for (const auto& one : core->subjects)
    if (auto kept = engine::kept_for(*core, header, one, now)) remembered.push_back({.subject = &one, .kept = kept});
  if (const auto cookie = http::find_cookie(header, core->state_cookie); cookie.value)
    if (auto opened = sessions::open_state(core->state_seal, *cookie.value))
      if (const auto whose = owner_of(session); opened->bound_to == whose.token && opened->account == whose.account)
        browser = *std::move(opened);
}

bool ConnState::has_room_for(const SubjectName& subject) {
  open_cookies();
  return !session || session->count < session->claims.size() || session->find(subject) != nullptr;
}

bool ConnState::begin_session(const Claims& claims) {
  open_cookies();
  if (!session) session.emplace();
  const bool visitor = session->count == 0;
  const auto* before = session->find(claims.realm.subject);
  const bool another = before != nullptr && before->id != claims.id;
  const bool same = before != nullptr && before->id == claims.id;
  if (!session->put(claims)) return false;
  if (core != nullptr) session->form_secret = core->random.bytes<16>();  // sign-in renews everything
  if (signed_in_again && signed_in_again->realm().subject == claims.realm.subject) signed_in_again.reset();
  session_changed = true;
  session_ended = false;
  if (another) browser = {};
  // What waits here was begun before we knew this person, so another one may have begun it.
  browser.flow.clear();
  if (visitor || !same)
    std::erase_if(browser.values, [](const auto& value) { return value.first.starts_with(flow_prefix); });
  browser.has_form_secret = false;
  browser_changed = true;
  return true;
}

std::optional<VerifiedClaims> ConnState::sign_in_by(const Again& again, const Realm& of) {
  open_cookies();
  // Not with what a page asks for in the background: its answer may come after one that brought a newer text.
  if (again.is_forgotten && is_navigation()) forget_remembered(of.subject);
  if (!again.claims || !begin_session(*again.claims)) return std::nullopt;
  if (!again.device.empty()) keep_device(again.device);
  session->form_secret = form_secret_of(*core, *again.claims);
  if (again.keeps) keep_remembered(of, *again.keeps);
  signed_in_again = again.claims;
  return again.claims;
}

bool ConnState::is_navigation() const {
  return request != nullptr && request->headers.single("Sec-Fetch-Mode").value_or("navigate") == "navigate";
}

const sessions::Kept* ConnState::kept_for(const SubjectName& subject) {
  open_cookies();
  for (const auto& one : remembered)
    if (one.subject->name == subject && one.kept) return &*one.kept;
  return nullptr;
}

void ConnState::keep_remembered(const Realm& of, const BrowserKeeps& keeps) {
  if (!cookies) return;
  open_cookies();
  std::erase_if(remembered, [&](const KeptHere& one) { return one.subject->name == of.subject; });
  remembered.push_back({.subject = core->find_subject(of.subject), .kept = to_keep(of, keeps), .has_changed = true});
}

void ConnState::forget_remembered(const SubjectName& subject) {
  open_cookies();
  for (auto& one : remembered) {
    if (!subject.empty() && one.subject->name != subject) continue;
    one.kept.reset();
    one.has_changed = true;
  }
}

void ConnState::forget_session(const SubjectName& subject) {
  open_cookies();
  signed_in_again.reset();
  forget_remembered(subject);
  if (session && !subject.empty()) {
    session->remove(subject);
    session_changed = true;
  }
  if (!session || subject.empty() || session->count == 0) {
    session.reset();
    session_ended = true;
  }
  browser = {};
  browser_changed = true;
}

std::string ConnState::form_token() {
  open_cookies();
  if (session && session->count > 0) return protection::form_token(session->form_secret, core->random);
  if (!browser.has_form_secret) {
    browser.form_secret = core->random.bytes<16>();
    browser.has_form_secret = true;
    browser_changed = true;
  }
  return protection::form_token(browser.form_secret, core->random);
}

bool ConnState::form_token_matches(std::string_view token) {
  open_cookies();
  if (session && protection::form_token_matches(token, session->form_secret)) return true;
  return browser.has_form_secret && protection::form_token_matches(token, browser.form_secret);
}

namespace {
std::string flow_key(std::string_view name) { return std::string(flow_prefix) + std::string(name); }
}  // namespace

std::vector<std::string> ConnState::flows_of(std::string_view name) {
  open_cookies();
  std::vector<std::string> flows;
  const auto found = browser.values.find(flow_key(name));
  if (found == browser.values.end()) return flows;
  for (const auto part : std::views::split(std::string_view(found->second), ' '))
    if (!part.empty()) flows.emplace_back(std::string_view(part));
  return flows;
}

void ConnState::keep_flow(std::string_view name, const std::string& flow) {
  if (!cookies) return;
  auto flows = flows_of(name);
  std::erase(flows, flow);
  flows.insert(flows.begin(), flow);
  if (flows.size() > max_flows) flows.resize(max_flows);
  std::string text;
  for (const auto& one : flows) text += (text.empty() ? "" : " ") + one;
  browser.values.insert_or_assign(flow_key(name), std::move(text));
  // What does not fit is written not at all, so the flows begun first make room.
  while (sessions::size_of(browser) > sessions::max_state_bytes) {
    const auto longest = std::ranges::max_element(browser.values, {}, [](const auto& value) {
      return value.first.starts_with(flow_prefix) ? value.second.size() : 0;
    });
    const auto last = longest->second.rfind(' ');
    if (!longest->first.starts_with(flow_prefix) || last == std::string::npos) break;
    longest->second.resize(last);
  }
  browser_changed = true;
}

Result<std::optional<PendingSignIn>> ConnState::find_pending(const SubjectName& of) {
  if (cookies) {
    open_cookies();
    return engine::find_pending(*core, browser.flow, realm(of));
  }
  const auto& sent = read_fields();
  const auto flow = sent ? sent->find({"flow"}) : std::nullopt;
  return engine::find_pending(*core, flow.value_or(std::string_view()), realm(of));
}

void ConnState::keep_device(std::string_view value) {
  if (!cookies) return;
  open_cookies();
  device = value;
  device_changed = true;
}

void ConnState::keep_last_used(const Subject& of, std::string_view strategy) {
  if (!cookies) return;
  open_cookies();
  const auto is_way = [&](const Strategy& declared) {
    return declared.name == strategy && std::ranges::any_of(declared.panels, [](const Panel& panel) {
             return panel.place == Panel::Place::sign_in;
           });
  };
  // What is no way in on that page, such as a link by which an address was confirmed, leaves it as it is.
  if (!strategy.empty() && std::ranges::none_of(of.strategies, is_way)) return;
  if (strategy.empty() && last_used.empty()) return;
  last_used = strategy;
  last_used_changed = true;
}

namespace {

SubjectName due_subject(const ConnState& state, const Response& response) {
  if (!state.reseal_for.empty()) return state.reseal_for;
  return response.status < 400 ? state.used_by : SubjectName();
}

// A session that changed is written; one that goes on is sealed anew, if it is due and still alive now that the answer
// is written: a slow answer must not bring back what a newer sign-in of this browser replaced.
void write_session(ConnState& state, Response& response) {
  auto& core = *state.core;
  if (state.session_ended) {
    const bool secure = core.session_cookie.starts_with("__Host-");
    response.headers.add("Set-Cookie", http::expire_cookie(core.session_cookie, {.secure = secure}));
    response.headers.add("Clear-Site-Data", "\"cache\"");
  } else if (state.session_changed && state.session) {
    state.session->seen = core.clock.now();
    response.headers.add("Set-Cookie", session_cookie(core, *state.session));
  } else if (const auto of = due_subject(state, response); !of.empty() && state.auth != nullptr) {
    if (auto cookie = state.auth->reseal(state.view(), state.realm(of)); !cookie.empty())
      response.headers.add("Set-Cookie", std::move(cookie));
  }
}

void write_browser_state(ConnState& state, Response& response) {
  auto& core = *state.core;
  const auto whose = state.session_ended ? Owner() : owner_of(state.session);
  state.browser.bound_to = whose.token;
  state.browser.account = whose.account;
  const auto sealed = sessions::seal_state(core.state_seal, state.browser);
  if (!sealed) {  // put_session leaves room for the rest, so only a long flash comes here
    core.logger.error("state_cookie_too_large", {{"bytes", sessions::size_of(state.browser)}});
    return;
  }
  response.headers.add("Set-Cookie", http::set_cookie(core.state_cookie, *sealed,
                                                      {.secure = core.session_cookie.starts_with("__Host-")}));
}

}  // namespace

void ConnState::write_cookies(Response& response) {
  if (!cookies) return;
  write_session(*this, response);
  for (const auto& one : remembered)
    if (one.has_changed)
      write_kept(*core, addresses->web_controller(), response, *one.subject, one.kept ? &*one.kept : nullptr);
  // A form of another site brings no cookie of ours (SameSite), so what this browser has is not known and stays.
  if (browser_changed && check_origin_of_form()) write_browser_state(*this, response);
  if (last_used_changed) {
    const bool secure = core->session_cookie.starts_with("__Host-");
    response.headers.add("Set-Cookie", last_used.empty()
                                           ? http::expire_cookie(last_used_cookie(*core), {.secure = secure})
                                           : http::set_cookie(last_used_cookie(*core), last_used,
                                                              {.max_age = last_used_lifetime, .secure = secure}));
  }
  if (device_changed) response.headers.add("Set-Cookie", device_cookie(*core, device));
}

}  // namespace rowan::engine
