#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/kept.hpp>
#include <rowan/engine/guard/presented.hpp>
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/web/conn_state.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/second_factor_page.hpp>
#include <rowan/http/body.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/protection/client_address.hpp>
#include <rowan/protection/forms.hpp>
#include <rowan/protection/security_headers.hpp>

namespace rowan::engine {

http::RequestView ConnState::view() const {
  if (request == nullptr) return {};
  auto authorization = request->headers.single("Authorization");
  // Of two nobody knows which one is meant: none is taken, and no cookie in their place.
  if (!authorization && request->headers.count("Authorization") > 1) authorization = http::more_than_one_credential;
  return {.cookie = request->headers.single("Cookie").value_or(std::string_view()),
          .authorization = authorization.value_or(std::string_view()),
          .query = request->query};
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

// A value may be as long as the phase's longest input, so that it is refused by its name (422).
http::BodyLimits limits_of(const Phase& phase) {
  http::BodyLimits limits;
  for (const auto& input : phase.inputs) limits.value_bytes = std::max(limits.value_bytes, input.max_bytes);
  return limits;
}

}  // namespace

const Result<http::Fields>& ConnState::read_fields() {
  if (fields) return *fields;
  if (request == nullptr) return fields.emplace(http::Fields());
  const auto limits = phase == nullptr ? of_own_routes : limits_of(*phase);
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

Result<> ConnState::check_origin_of_websocket(bool by_cookie) {
  if (request == nullptr || core == nullptr) return {};
  if (by_cookie && request->headers.count("Origin") == 0)
    return Error{.code = ErrorCode::forbidden, .reason = "a WebSocket by cookie without an Origin"};
  auto checked = protection::check_origin(*request, base().origin, core->allowed_origins);
  foreign = !checked;
  return checked;
}

Result<> ConnState::check_origin_of_form() {
  const bool says_nothing = request != nullptr && request->headers.single("Origin") == "null" &&
                            request->headers.count("Sec-Fetch-Site") == 0;
  return says_nothing ? Result<>() : check_origin();
}

Result<> ConnState::check_form() {
  if (request == nullptr || core == nullptr || is_safe(request->method)) return {};
  ROWAN_CHECK(check_origin_of_form());
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

bool ConnState::is_begun_here() {
  if (request == nullptr || core == nullptr || !is_safe(request->method)) return true;
  const auto site = request->headers.single("Sec-Fetch-Site");
  if (site) return *site == "same-origin" || *site == "none";
  const auto& asked = query();
  return asked && form_token_matches(asked->find({"_csrf_token"}).value_or(std::string_view()));
}

Visitor ConnState::visitor() {
  open_cookies();
  Visitor visitor{.address = client(), .user_agent = {}, .language = language(), .device = device};
  if (request != nullptr)
    visitor.user_agent = storable_user_agent(request->headers.single("User-Agent").value_or(std::string_view()));
  return visitor;
}

const Result<http::Fields>& ConnState::query() const {
  if (!query_) query_ = http::parse_query(request == nullptr ? std::string_view() : std::string_view(request->query));
  return *query_;
}

const std::string& ConnState::language() const {
  if (language_) return *language_;
  if (core == nullptr || request == nullptr) return language_.emplace("en");
  std::vector<std::string_view> wishes;
  if (const auto& asked = query())
    if (const auto locales = asked->find({"ui_locales"})) wishes.push_back(*locales);
  return language_.emplace(
      core->pages.choose_language(wishes, request->headers.single("Accept-Language").value_or(std::string_view())));
}

const http::IpAddress& ConnState::client() const {
  if (client_) return *client_;
  if (request == nullptr) return client_.emplace();
  return client_.emplace(core == nullptr ? request->peer : protection::client_address(*request, core->trusted_proxies));
}

const std::string& ConnState::return_to() const {
  if (return_to_) return *return_to_;
  auto& found = return_to_.emplace();
  if (core == nullptr) return found;
  if (const auto& asked = query())
    if (const auto back = asked->find({"return_to"}))
      if (const auto path = LocalPath::parse(*back)) found = path->str();
  return found;
}

const std::string& ConnState::need() const {
  if (need_) return *need_;
  auto& found = need_.emplace();
  if (core == nullptr) return found;
  if (const auto& asked = query())
    if (const auto word = asked->find({"need"}); word && is_need(*word)) found = *word;
  return found;
}

void ConnState::need(std::string_view word) {
  if (is_need(word)) need_ = std::string(word);
}

std::unique_ptr<ConnState> start_conn(Auth* auth, const Arrival& arrival, std::shared_ptr<const Addresses> addresses,
                                      bool cookies) {
  const auto& request = arrival.request;
  auto state = std::make_unique<ConnState>();
  state->request = &request;
  state->auth = auth;
  state->place = arrival.place;
  state->cookies = cookies;
  if (addresses) state->addresses = std::move(addresses);
  if (auth == nullptr) return state;
  state->core = &engine::core_of(*auth);
  return state;
}

std::string own_target(const ConnState& state) {
  if (state.request == nullptr) return {};
  const auto& request = *state.request;
  const auto target = LocalPath::parse(state.addresses->as_seen_outside(request.path) +
                                       (request.query.empty() ? "" : "?" + request.query));
  return target ? std::string(target->str()) : std::string();
}

Response finish(ConnState& state, Response response) {
  if (state.core == nullptr) return response;
  state.write_cookies(response);
  if (response.status >= 500)
    report_fault(state, {.code = response.status == 503 ? ErrorCode::unavailable : ErrorCode::internal,
                         .reason = "answered so by the application"});
  if (response.status == 503 && response.headers.count("Retry-After") == 0) response.headers.add("Retry-After", "1");
  protection::add_security_headers(response, {.https = state.core->base.https, .logo_origin = state.core->logo_origin});
  return response;
}

Result<GuardVerdict> decide(ConnState& state, GuardKind kind, const SubjectName& subject, IfRemembered remembered) {
  const auto realm = state.realm(subject);
  const GuardRefused nobody{.why = GuardRefused::Why::missing};
  if (const auto& again = state.signed_in_again; again && again->realm() == realm && kind != GuardKind::bearer &&
                                                 !is_by_bearer(*state.core, state.view(), subject))
    return GuardVerdict(GuardAccepted{.claims = *again});
  ROWAN_TRY(auto verdict, decide_without_signing_in(*state.core, state.view(), kind, realm));
  const auto* undecided = std::get_if<GuardUndecided>(&verdict);
  if (undecided == nullptr) return verdict;
  if (!undecided->remembered || remembered == IfRemembered::leave) return GuardVerdict(nobody);
  const auto kept = kept_in(*state.core, state.view().cookie, realm, state.core->clock.now());
  if (!kept || !state.has_room_for(subject)) return GuardVerdict(nobody);
  // A sign-in that waits here comes first: it would be lost.
  ROWAN_TRY(const auto pending, state.find_pending(subject));
  if (pending) return GuardVerdict(nobody);
  ROWAN_TRY(const auto again, sign_in_again(*state.core, *kept, realm, state.visitor()));
  if (const auto claims = state.sign_in_by(again, realm)) return GuardVerdict(GuardAccepted{.claims = *claims});
  return GuardVerdict(nobody);
}

Result<std::optional<VerifiedClaims>> settle(ConnState& state, GuardKind kind, const SubjectName& subject,
                                             IfRemembered remembered) {
  if (state.auth == nullptr) return std::nullopt;
  auto verdict = decide(state, kind, subject, remembered);
  if (!verdict) return std::move(verdict).error();
  if (const auto* accepted = std::get_if<GuardAccepted>(&*verdict)) {
    if (accepted->reseal) state.used_by = subject;
    return accepted->claims;
  }
  return std::nullopt;
}

Result<WhoIsHere> who_is_here(ConnState& state, Who who, const SubjectName& subject) {
  WhoIsHere here;
  if (may_be_pending(who)) {
    ROWAN_TRY(auto pending, state.find_pending(subject));
    here.pending = pending_for(who, std::move(pending));
  }
  const auto remembered = who == Who::anybody ? IfRemembered::leave : IfRemembered::sign_in;
  ROWAN_TRY(here.claims, settle(state, state.cookies ? GuardKind::session : GuardKind::bearer, subject, remembered));
  return here;
}

std::string failure_words(const ConnState& state, const Error& error) {
  const auto& pages = state.core->pages;
  const auto say = [&](std::string_view words) { return pages.text(words, state.language()); };
  switch (error.code) {
    case ErrorCode::authentication_failed:
      if (state.may_not) return say(words::sign_in_first);
      if (state.phase != nullptr && !state.phase->failed.empty()) return say(state.phase->failed);
      for (const auto& input : state.phase != nullptr ? state.phase->inputs : std::vector<Input>())
        if (input.kind == Input::Kind::token) return say(words::invalid_or_expired_link);
      return say(words::incorrect_email_or_password);
    case ErrorCode::invalid_input: return say(words::check_the_fields);
    case ErrorCode::insufficient_user_authentication: return say(words::show_more);
    case ErrorCode::confirmation_required: return say(words::confirm_first);
    case ErrorCode::forbidden:
      return say(state.session_full ? words::signed_in_as_too_many
                 : state.foreign    ? words::from_another_site
                                    : words::form_too_old);
    case ErrorCode::rate_limited:
      return pages.text(
          words::try_again_in_minutes,
          std::chrono::ceil<std::chrono::minutes>(error.retry_after.value_or(std::chrono::seconds(60))).count(),
          state.language());
    case ErrorCode::unavailable: return say(words::try_again_in_a_moment);
    case ErrorCode::internal: return say(words::something_went_wrong);
    default: return say(words::request_not_understood);
  }
}

namespace {

std::vector<std::pair<std::string, Json>> about_failure(const Error& error) {
  std::vector<std::pair<std::string, Json>> about{{"status", "failed"}, {"reason", public_name(error.code)}};
  if (error.code != ErrorCode::insufficient_user_authentication) return about;
  std::vector<std::pair<std::string, Json>> needs;
  if (error.needs.second_factor) needs.emplace_back("second_factor", true);
  if (error.needs.phishing_resistant) needs.emplace_back("phishing_resistant", true);
  if (error.needs.within) needs.emplace_back("max_age", error.needs.within->count());
  about.emplace_back("needs", Json::object(needs));
  return about;
}

}  // namespace

Json failure_body(const ConnState& state, const Error& error) {
  std::vector<std::pair<std::string, Json>> body{{"authentication", Json::object(about_failure(error))}};
  if (!error.fields.empty()) {
    std::vector<Json> errors;
    for (const auto& field : error.fields)
      errors.push_back({{"field", field.field},
                        {"code", field.code},
                        {"message", state.core->pages.field_error(field, state.language())}});
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
  if (!state.return_to().empty()) add("return_to", state.return_to());
  if (!state.need().empty()) add("step_up", state.need());
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
  auto page = core.pages.page(name, Json::object(fields), state.language());
  if (!page) {
    report_fault(state, {.code = ErrorCode::internal, .reason = std::string(name) + ": " + page.error().reason});
    response.status = 500;
    page = core.pages.page("error.html", Json::object({{"csrf_token", ""}, {"error_id", state.error_id}}),
                           state.language());
  }
  response.body = page ? *std::move(page) : "Internal Server Error";
  return response;
}

}  // namespace rowan::engine
