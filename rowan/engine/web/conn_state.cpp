#include <algorithm>
#include <ranges>
#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/web/conn_state.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/cookie.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/protection/client_address.hpp>
#include <rowan/protection/forms.hpp>
#include <rowan/protection/security_headers.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan::engine {

namespace {

// What a room keeps of a request that waits for its answer, beside what the application keeps there by put_session.
constexpr std::string_view flow_prefix = "rowan.flow.";
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

http::RequestView ConnState::view() const {
  if (request == nullptr) return {};
  return {.cookie = request->headers.single("Cookie").value_or(std::string_view()),
          .authorization = request->headers.single("Authorization").value_or(std::string_view())};
}

Result<Place> place_of(const Core& core, const http::Request& request) {
  Place place;
  if (core.options.tenant_of) {
    const auto tenant = TenantName::from(core.options.tenant_of(request));
    if (!tenant) return Error{.code = ErrorCode::not_found, .reason = "tenant_of: a name that no tenant can have"};
    place.tenant = *tenant;
  }
  if (core.origins.differ()) {
    ROWAN_TRY(auto base, core.origins.of(place.tenant));
    place.base = std::make_shared<const BaseUrl>(std::move(base));
  }
  return place;
}

namespace {

bool is_safe(http::Method method) {
  return method == http::Method::get || method == http::Method::head || method == http::Method::options;
}

// What an application's own forms may hold; how much reaches us is its host's to limit.
constexpr http::BodyLimits of_own_routes{
    .body_bytes = 16 << 20, .fields = 1000, .name_bytes = 512, .value_bytes = 16 << 20, .json_depth = 64};

}  // namespace

const Result<http::Fields>& ConnState::read_fields() {
  if (fields) return *fields;
  if (request == nullptr) return fields.emplace(http::Fields());
  const auto limits = phase == nullptr ? of_own_routes : http::BodyLimits();
  if (request->method == http::Method::get || request->method == http::Method::head)
    return fields.emplace(http::parse_query(request->query, limits));
  return fields.emplace(
      http::parse_body(request->headers.single("Content-Type").value_or(std::string_view()), request->body, limits));
}

Result<> ConnState::check_origin() {
  if (request == nullptr || core == nullptr || is_safe(request->method)) return {};
  auto checked = protection::check_origin(*request, base().origin, core->allowed_origins);
  foreign = !checked;
  return checked;
}

Result<> ConnState::check_form() {
  if (request == nullptr || core == nullptr || is_safe(request->method)) return {};
  ROWAN_CHECK(check_origin());
  auto token = request->headers.single("X-CSRF-Token");
  if (!token) {
    const auto& sent = read_fields();
    if (!sent) return sent.error();
    token = sent->find({"_csrf_token"});
  }
  if (!form_token_matches(token.value_or(std::string_view())))
    return Error{.code = ErrorCode::forbidden, .reason = "the form's token is missing or of another browser"};
  return {};
}

void ConnState::open_cookies() {
  if (session_opened || core == nullptr || !cookies || request == nullptr) return;
  session_opened = true;
  const auto header = view().cookie;
  const auto now = core->clock.now();
  if (const auto cookie = http::find_cookie(header, core->device_cookie);
      cookie.value && tokens::is_device(*cookie.value))
    device = *cookie.value;
  if (const auto cookie = http::find_cookie(header, core->session_cookie); cookie.value)
    if (auto opened = sessions::open_session(core->session_seal, *cookie.value);
        opened && opened->seen + core->options.session.idle > now)
      session = *opened;
  // The secret of its forms outlives them, so that a second tab can still say "sign out".
  if (session) {
    const auto bound = core->options.session.revocation_bound;
    for (std::size_t i = session->count; i > 0; --i)
      if (const auto claims = session->claims[i - 1];
          claims.expires_at <= now || core->revocation.state(claims.numbers, bound) == tokens::Revocation::State::dead)
        session->remove(SubjectName(claims.realm.subject));
  }
  if (const auto cookie = http::find_cookie(header, core->state_cookie); cookie.value)
    if (auto opened = sessions::open_state(core->state_seal, *cookie.value))
      if (const auto whose = owner_of(session); opened->bound_to == whose.token && opened->account == whose.account)
        browser = *std::move(opened);
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
  session_changed = true;
  session_ended = false;
  if (another) browser = {};
  // What waits here was begun by whom we did not know yet, which may have been somebody else.
  browser.flow.clear();
  if (visitor || !same) {
    std::erase_if(browser.values, [](const auto& value) { return value.first.starts_with(flow_prefix); });
  }
  browser.has_form_secret = false;
  browser_changed = true;
  return_to.clear();
  return true;
}

void ConnState::forget_session(const SubjectName& subject) {
  open_cookies();
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

Visitor ConnState::visitor() {
  open_cookies();
  Visitor visitor{.address = client, .user_agent = {}, .language = language, .device = device};
  if (request != nullptr)
    visitor.user_agent = storable_user_agent(request->headers.single("User-Agent").value_or(std::string_view()));
  return visitor;
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

std::unique_ptr<ConnState> start_conn(Auth* auth, const Arrival& arrival, std::shared_ptr<const Addresses> addresses,
                                      bool cookies) {
  const auto& request = arrival.request;
  auto state = std::make_unique<ConnState>();
  state->request = &request;
  state->auth = auth;
  state->place = arrival.place;
  state->client = request.peer;
  state->cookies = cookies;
  if (addresses) state->addresses = std::move(addresses);
  if (auth == nullptr) return state;
  state->core = &engine::core_of(*auth);
  state->client = protection::client_address(request, state->core->trusted_proxies);
  std::vector<std::string_view> wishes;
  const auto query = http::parse_query(request.query);
  if (query) {
    if (const auto locales = query->find({"ui_locales"})) wishes.push_back(*locales);
    if (const auto back = query->find({"return_to"}))
      if (const auto path = LocalPath::parse(*back)) state->return_to = path->str();
  }
  state->language = state->core->pages.choose_language(
      wishes, request.headers.single("Accept-Language").value_or(std::string_view()));
  return state;
}

namespace {

// A session that changed is written; one that goes on is sealed anew, if it is due and still alive now that the answer
// is written: a slow answer must not bring back what a newer sign-in of this browser replaced.
void write_session(ConnState& state, Response& response) {
  auto& core = *state.core;
  const bool secure = core.session_cookie.starts_with("__Host-");
  const auto now = core.clock.now();
  if (state.session_ended) {
    response.headers.add("Set-Cookie", http::expire_cookie(core.session_cookie, {.secure = secure}));
    response.headers.add("Clear-Site-Data", "\"cache\"");
  } else if (state.session_changed && state.session) {
    auto until = now;
    for (std::size_t i = 0; i < state.session->count; ++i) until = std::max(until, state.session->claims[i].expires_at);
    state.session->seen = now;
    response.headers.add(
        "Set-Cookie",
        http::set_cookie(core.session_cookie, sessions::seal_session(core.session_seal, *state.session),
                         {.max_age = std::chrono::ceil<std::chrono::seconds>(until - now), .secure = secure}));
  } else if (!state.reseal_for.empty() && state.auth != nullptr) {
    if (auto cookie = state.auth->reseal(state.view(), state.realm(state.reseal_for)); !cookie.empty())
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

Response finish(ConnState& state, Response response) {
  if (state.core == nullptr) return response;
  if (state.cookies) write_session(state, response);
  if (state.cookies && state.browser_changed) write_browser_state(state, response);
  if (state.cookies && state.device_changed)
    response.headers.add("Set-Cookie", http::set_cookie(state.core->device_cookie, state.device,
                                                        {.max_age = tokens::device_lifetime,
                                                         .secure = state.core->device_cookie.starts_with("__Host-")}));
  if (response.status >= 500)
    report_fault(state, {.code = response.status == 503 ? ErrorCode::unavailable : ErrorCode::internal,
                         .reason = "answered so by the application"});
  if (response.status == 503 && response.headers.count("Retry-After") == 0) response.headers.add("Retry-After", "1");
  protection::add_security_headers(response, {.https = state.core->base.https, .logo_origin = {}});
  return response;
}

Result<std::optional<VerifiedClaims>> settle(const ConnState& state, GuardKind kind, const SubjectName& subject) {
  if (state.auth == nullptr) return std::nullopt;
  auto verdict = state.auth->decide(state.view(), kind, state.realm(subject));
  if (!verdict) return std::move(verdict).error();
  if (const auto* accepted = std::get_if<GuardAccepted>(&*verdict)) return accepted->claims;
  return std::nullopt;
}

std::string failure_words(const ConnState& state, const Error& error) {
  const auto& pages = state.core->pages;
  const auto say = [&](std::string_view words) { return pages.text(words, state.language); };
  switch (error.code) {
    case ErrorCode::authentication_failed:
      if (state.may_not) return say(words::sign_in_first);
      if (state.phase != nullptr && !state.phase->failed.empty()) return say(state.phase->failed);
      for (const auto& input : state.phase != nullptr ? state.phase->inputs : std::vector<Input>())
        if (input.kind == Input::Kind::token) return say(words::invalid_or_expired_link);
      return say(words::incorrect_email_or_password);
    case ErrorCode::invalid_input: return say(words::check_the_fields);
    case ErrorCode::confirmation_required: return say(words::confirm_first);
    case ErrorCode::forbidden:
      return say(state.session_full ? words::signed_in_as_too_many
                 : state.foreign    ? words::from_another_site
                                    : words::form_too_old);
    case ErrorCode::rate_limited:
      return pages.text(
          words::try_again_in_minutes,
          std::chrono::ceil<std::chrono::minutes>(error.retry_after.value_or(std::chrono::seconds(60))).count(),
          state.language);
    case ErrorCode::unavailable: return say(words::try_again_in_a_moment);
    case ErrorCode::internal: return say(words::something_went_wrong);
    default: return say(words::request_not_understood);
  }
}

Json failure_body(const ConnState& state, const Error& error) {
  std::vector<std::pair<std::string, Json>> body{
      {"authentication", Json({{"status", "failed"}, {"reason", public_name(error.code)}})}};
  if (!error.fields.empty()) {
    std::vector<Json> errors;
    for (const auto& field : error.fields)
      errors.push_back({{"field", field.field},
                        {"code", field.code},
                        {"message", state.core->pages.field_error(field, state.language)}});
    body.emplace_back("errors", errors);
  }
  if (!state.error_id.empty()) body.emplace_back("error_id", state.error_id);
  return Json::object(body);
}

Response render_page(ConnState& state, std::string_view name, Json data) {
  auto& core = *state.core;
  auto fields = data.fields();
  const auto add = [&](std::string key, Json value) {
    if (std::ranges::find(fields, key, &decltype(fields)::value_type::first) == fields.end())
      fields.emplace_back(std::move(key), std::move(value));
  };
  if (!data.find("csrf_token")) add("csrf_token", state.form_token());
  if (!state.error_id.empty()) add("error_id", state.error_id);
  if (!state.return_to.empty()) add("return_to", state.return_to);
  for (const auto& [key, value] : state.assigns) add(key, value);
  using Page = PageName;
  const auto& addresses = *state.addresses;
  const auto subject = state.subject == nullptr ? state.shown_subject : state.subject->name;
  const auto add_link = [&](std::string key, Page page) { add(std::move(key), addresses.page(page, subject)); };
  add("home_href", addresses.home());
  add("base_path", addresses.base());
  add_link("sign_in_href", Page::sign_in);
  add_link("register_href", Page::register_);
  add_link("reset_href", Page::reset);
  add_link("sign_out_href", Page::sign_out);
  add_link("account_href", Page::account);
  add("mount", addresses.web_mount());
  state.open_cookies();
  if (!state.browser.flash_text.empty()) {
    add("flash", {{"kind", state.browser.flash_kind}, {"text", state.browser.flash_text}});
    state.browser.flash_kind.clear();
    state.browser.flash_text.clear();
    state.browser_changed = true;
  }
  Response response{.status = state.status == 0 ? 200 : state.status, .content_type = "text/html; charset=utf-8"};
  auto page = core.pages.page(name, Json::object(fields), state.language);
  if (!page) {
    report_fault(state, {.code = ErrorCode::internal, .reason = std::string(name) + ": " + page.error().reason});
    response.status = 500;
    page =
        core.pages.page("error.html", Json::object({{"csrf_token", ""}, {"error_id", state.error_id}}), state.language);
  }
  response.body = page ? *std::move(page) : "Internal Server Error";
  return response;
}

}  // namespace rowan::engine
