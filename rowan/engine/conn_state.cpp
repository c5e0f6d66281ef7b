#include <rowan/base/local_path.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/engine/conn_state.hpp>
#include <rowan/http/body.hpp>
#include <rowan/http/cookie.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/protection/client_address.hpp>
#include <rowan/protection/forms.hpp>
#include <rowan/protection/security_headers.hpp>

namespace rowan::engine {

http::RequestView ConnState::view() const {
  if (request == nullptr) return {};
  return {.cookie = request->headers.single("Cookie").value_or(std::string_view()),
          .authorization = request->headers.single("Authorization").value_or(std::string_view())};
}

void ConnState::open_cookies() {
  if (session_opened || core == nullptr || !cookies || request == nullptr) return;
  session_opened = true;
  const auto header = view().cookie;
  const auto now = core->clock.now();
  if (const auto cookie = http::find_cookie(header, core->session_cookie); cookie.value)
    if (auto opened = sessions::open_session(core->session_seal, *cookie.value);
        opened && opened->seen + core->options.session.idle > now)
      session = *opened;
  if (const auto cookie = http::find_cookie(header, core->state_cookie); cookie.value)
    if (auto opened = sessions::open_state(core->state_seal, *cookie.value)) {
      const auto bound = session && session->count > 0 ? session->claims[0].numbers.token : 0;
      if (opened->bound_to == bound) browser = *std::move(opened);
    }
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

Visitor ConnState::visitor() const {
  Visitor visitor{.address = client, .user_agent = {}, .language = language};
  if (request != nullptr) {
    const auto agent = request->headers.single("User-Agent").value_or(std::string_view()).substr(0, 256);
    if (is_storable_text(agent) && !has_control_characters(agent)) visitor.user_agent = agent;
  }
  return visitor;
}

namespace {
// Beside what the application keeps there by put_session.
std::string flow_key(std::string_view strategy) { return "rowan.flow." + std::string(strategy); }
}  // namespace

std::string ConnState::flow_of(std::string_view strategy) {
  open_cookies();
  const auto found = browser.values.find(flow_key(strategy));
  return found == browser.values.end() ? std::string() : found->second;
}

void ConnState::keep_flow(std::string_view strategy, std::string_view flow) {
  if (!cookies) return;
  open_cookies();
  browser.values.insert_or_assign(flow_key(strategy), std::string(flow));
  browser_changed = true;
}

std::unique_ptr<ConnState> start_conn(Auth* auth, const http::Request& request, std::shared_ptr<const Links> links,
                                      bool cookies) {
  auto state = std::make_unique<ConnState>();
  state->request = &request;
  state->auth = auth;
  state->client = request.peer;
  state->cookies = cookies;
  if (links) state->links = std::move(links);
  if (auth == nullptr) return state;
  state->core = &auth->core();
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
  if (state->core->options.tenant_of) state->tenant = state->core->options.tenant_of(request);
  return state;
}

Response finish(ConnState& state, Response response) {
  if (state.core == nullptr) return response;
  auto& core = *state.core;
  const bool secure = core.session_cookie.starts_with("__Host-");
  const auto now = core.clock.now();
  if (state.cookies && state.session_ended) {
    response.headers.add("Set-Cookie", http::expire_cookie(core.session_cookie, {.secure = secure}));
    response.headers.add("Clear-Site-Data", "\"cache\"");
  } else if (state.cookies && state.session_changed && state.session) {
    auto until = now;
    for (std::size_t i = 0; i < state.session->count; ++i) until = std::max(until, state.session->claims[i].expires_at);
    state.session->seen = now;
    if (const auto sealed = sessions::seal_session(core.session_seal, *state.session))
      response.headers.add(
          "Set-Cookie",
          http::set_cookie(core.session_cookie, *sealed,
                           {.max_age = std::chrono::ceil<std::chrono::seconds>(until - now), .secure = secure}));
  } else if (!state.reseal.empty()) {
    response.headers.add("Set-Cookie", state.reseal);
  }
  if (state.cookies && state.browser_changed) {
    state.browser.bound_to =
        state.session && state.session->count > 0 && !state.session_ended ? state.session->claims[0].numbers.token : 0;
    if (const auto sealed = sessions::seal_state(core.state_seal, state.browser))
      response.headers.add("Set-Cookie", http::set_cookie(core.state_cookie, *sealed, {.secure = secure}));
  }
  protection::add_security_headers(response, {.https = core.base.https, .logo_origin = {}});
  return response;
}

Result<std::optional<Claims>> settle(const ConnState& state, GuardKind kind, std::string_view subject) {
  if (state.auth == nullptr) return std::nullopt;
  auto verdict = state.auth->decide(state.view(), kind, subject);
  if (!verdict) return std::move(verdict).error();
  if (const auto* accepted = std::get_if<GuardAccepted>(&*verdict);
      accepted != nullptr && is_of_tenant(state, accepted->claims))
    return accepted->claims;
  return std::nullopt;
}

bool is_of_tenant(const ConnState& state, const Claims& claims) { return claims.tenant() == state.tenant; }

std::string failure_words(const ConnState& state, const Error& error) {
  const auto& pages = state.core->pages;
  const auto say = [&](std::string_view words) { return pages.text(words, state.language); };
  switch (error.code) {
    case ErrorCode::authentication_failed:
      if (state.phase != nullptr && state.phase->needs_session) return say(words::sign_in_first);
      if (state.phase != nullptr && !state.phase->failed.empty()) return say(state.phase->failed);
      for (const auto& input : state.phase != nullptr ? state.phase->inputs : std::vector<Input>())
        if (input.kind == Input::Kind::token) return say(words::invalid_or_expired_link);
      return say(words::incorrect_email_or_password);
    case ErrorCode::invalid_input: return say(words::check_the_fields);
    case ErrorCode::confirmation_required: return say(words::confirm_first);
    case ErrorCode::forbidden: return say(words::form_too_old);
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
  return Json::object(body);
}

Response render_page(ConnState& state, std::string_view name, Json data) {
  auto& core = *state.core;
  auto fields = data.fields();
  const auto add = [&](std::string key, Json value) {
    if (!data.find(key)) fields.emplace_back(std::move(key), std::move(value));
  };
  add("csrf_token", state.form_token());
  if (!state.return_to.empty()) add("return_to", state.return_to);
  add("sign_in_href", state.links->sign_in);
  add("register_href", state.links->register_);
  add("reset_href", state.links->reset);
  add("sign_out_href", state.links->sign_out);
  add("account_href", state.links->account);
  state.open_cookies();
  if (!state.browser.flash_text.empty()) {
    add("flash", {{"kind", state.browser.flash_kind}, {"text", state.browser.flash_text}});
    state.browser.flash_kind.clear();
    state.browser.flash_text.clear();
    state.browser_changed = true;
  }
  for (const auto& [key, value] : state.assigns) add(key, value);
  Response response{.status = state.status == 0 ? 200 : state.status, .content_type = "text/html; charset=utf-8"};
  auto page = core.pages.page(name, Json::object(fields), state.language);
  if (!page) {
    core.logger.error("page_failed", {{"page", name}, {"reason", page.error().reason}});
    response.status = 500;
    page = core.pages.page("error.html", Json::object({{"csrf_token", ""}}), state.language);
  }
  response.body = page ? *std::move(page) : "Internal Server Error";
  return response;
}

}  // namespace rowan::engine
