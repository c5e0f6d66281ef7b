#include <rowan/base/base64.hpp>
#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/engine/web/conn_state.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/http/url.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

using engine::ConnState;

Conn::Conn() : state_(std::make_unique<ConnState>()) {}
Conn::Conn(std::unique_ptr<ConnState> state) : state_(std::move(state)) {}
Conn::~Conn() = default;

ConnState& engine::state_of(Conn& conn) { return *conn.state_; }
const ConnState& engine::state_of(const Conn& conn) { return *conn.state_; }

const http::Request& Conn::request() const {
  static const http::Request none;
  return state_->request != nullptr ? *state_->request : none;
}
const Params& Conn::params() const {
  if (state_->params) return *state_->params;
  const auto& fields = state_->read_fields();
  auto& params = state_->params.emplace();
  if (!fields) return params;
  params = fields->spelled();
  params.erase("_csrf_token");
  return params;
}
std::optional<Error> Conn::params_error() const {
  const auto& fields = state_->read_fields();
  return fields ? std::nullopt : std::optional(fields.error());
}
const TenantName& Conn::tenant() const { return state_->tenant(); }
std::string Conn::form_token() { return state_->core == nullptr ? std::string() : state_->form_token(); }
Result<> Conn::check_form() { return state_->check_form(); }
std::string_view Conn::path_param(std::string_view name) const {
  const auto found = state_->path_params.find(name);
  return found == state_->path_params.end() ? std::string_view() : std::string_view(found->second);
}
std::string_view Conn::language() const { return state_->language(); }
const http::IpAddress& Conn::client_address() const { return state_->client(); }

void Conn::store_in_session(MaybeUser user) {
  if (!user || !state_->cookies || state_->begin_session(user->claims())) return;
  // A phase asks before it completes (engine/web/dispatch.cpp), so only a controller that stores twice comes here.
  if (state_->core != nullptr) state_->core->logger.error("session_full", {{"subject", user->claims().subject()}});
}

namespace {

AuthEvent signed_out(ConnState& state, const Claims& claims) {
  auto visitor = state.visitor();
  return {.kind = AuthEvent::Kind::signed_out,
          .strategy = "session",
          .phase = "sign_out",
          .realm = claims.realm,
          .account = claims.id,
          .code = {},
          .registered = false,
          .reason = {},
          .from = visitor.address,
          .user_agent = std::move(visitor.user_agent),
          .methods = claims.methods,
          .language = std::move(visitor.language),
          .ended = {claims.numbers.token}};
}

// The first that a room names: a browser goes to one place.
Result<SignOutElsewhere> find_elsewhere(Transaction& transaction, ConnState& state, const Claims& claims,
                                        std::string_view back) {
  const auto* subject = state.core->find_subject(claims.subject());
  if (!state.cookies || subject == nullptr) return SignOutElsewhere{};
  for (const auto& strategy : subject->strategies) {
    if (!strategy.signs_out_elsewhere || !claims.methods.contains(strategy.name)) continue;
    ROWAN_TRY(auto found, strategy.signs_out_elsewhere(transaction, state.core->services, claims, back));
    if (!found.url.empty()) return found;
  }
  return SignOutElsewhere{};
}

// What this browser keeps for the subject, or for all, is of no use any more.
Result<> forget_browser(Transaction& transaction, ConnState& state, const SubjectName& only) {
  for (const auto& [subject, kept, has_changed] : state.remembered) {
    if (!kept || (!only.empty() && subject->name != only)) continue;
    const auto& room = subject->remembering()->remembers;
    auto forgotten = room.forget(transaction, state.core->services, kept->text.view(), state.visitor());
    if (!forgotten) return std::move(forgotten).error();
  }
  return {};
}

// Marks the tokens dead, and forgets the browser where that is asked for; remembers when that could not be done.
bool revoke_all(ConnState& state, const std::vector<Claims>& tokens,
                const std::optional<SubjectName>& forget_for = std::nullopt) {
  const bool forgets = forget_for && !state.remembered.empty();
  if (tokens.empty() && !forgets) return true;
  auto& core = *state.core;
  const auto back = to_base64url(core.random.bytes<16>());
  SignOutElsewhere elsewhere;
  auto done = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    elsewhere = {};
    for (const auto& claims : tokens) {
      if (elsewhere.url.empty()) {
        ROWAN_TRY(elsewhere, find_elsewhere(transaction, state, claims, back));
      }
      ROWAN_TRY(const bool is_news,
                tokens::revoke(transaction, core.revocation, tokens::end_of(claims), core.clock.now()));
      if (is_news) ROWAN_CHECK(engine::tell(transaction, core, signed_out(state, claims)));
    }
    return forgets ? forget_browser(transaction, state, *forget_for) : Result<>();
  });
  if (done && !elsewhere.url.empty()) {
    state.elsewhere = std::move(elsewhere);
    state.signed_out_state = back;
  }
  if (done) return true;
  core.logger.error("revoke_failed", {{"reason", done.error().reason}});
  state.not_revoked = std::move(done).error();
  return false;
}

}  // namespace

namespace {

std::vector<Claims> sessions_of(ConnState& state, const SubjectName& subject) {
  std::vector<Claims> all;
  state.open_cookies();
  for (std::size_t i = 0; state.session && i < state.session->count; ++i) {
    const auto& claims = state.session->claims[i];
    if (subject.empty() || claims.subject() == subject) all.push_back(claims);
  }
  return all;
}

}  // namespace

bool Conn::revoke_session_tokens(const SubjectName& subject) {
  return state_->core == nullptr || revoke_all(*state_, sessions_of(*state_, subject));
}

bool Conn::revoke_bearer_tokens() {
  if (state_->core == nullptr) return true;
  const auto& core = *state_->core;
  const auto token = http::bearer_token(state_->view().authorization);
  if (!token) return true;
  const auto checked = core.bearers.check(*token, core.clock.now());
  if (!checked) {
    state_->not_revoked = checked.error();
    return false;
  }
  return !*checked || revoke_all(*state_, {(*checked)->claims});
}

bool Conn::clear_session(const SubjectName& subject) {
  const bool done = state_->core == nullptr || revoke_all(*state_, sessions_of(*state_, subject), subject);
  if (!done || !revoke_bearer_tokens()) return false;
  if (!state_->cookies) return true;
  state_->forget_session(subject);
  if (!state_->signed_out_state.empty()) state_->keep_flow(engine::signed_out_flow, state_->signed_out_state);
  return true;
}

const SignOutElsewhere& Conn::signed_out_elsewhere() const { return state_->elsewhere; }

namespace {

// What cannot be known now counts as "not signed in", and the log says so.
template <class T>
T or_nobody(ConnState& state, Result<T> known) {
  if (known) return *std::move(known);
  if (state.core != nullptr)
    state.core->logger.error("account_unknown",
                             {{"code", public_name(known.error().code)}, {"reason", known.error().reason}});
  return {};
}

}  // namespace

std::optional<VerifiedClaims> Conn::load_from_session(const SubjectName& subject) {
  if (!state_->cookies) return std::nullopt;
  return or_nobody(*state_, engine::settle(*state_, GuardKind::session, subject));
}

std::optional<VerifiedClaims> Conn::load_from_bearer(const SubjectName& subject) {
  return or_nobody(*state_, engine::settle(*state_, GuardKind::bearer, subject));
}

std::optional<User> Conn::current_user(const SubjectName& subject) {
  auto claims = load_from_session(subject);
  if (!claims) claims = load_from_bearer(subject);
  if (!claims || state_->auth == nullptr) return std::nullopt;
  const auto user = or_nobody(*state_, state_->auth->load(*claims, state_->tenant()));
  return user ? std::optional(*user) : std::nullopt;
}

bool Conn::put_session(std::string_view key, std::string_view value) {
  constexpr std::size_t for_the_rest = 512;  // a flash, and what rooms keep of requests that wait
  state_->open_cookies();
  auto& browser = state_->browser;
  auto values = browser.values;
  browser.values.insert_or_assign(std::string(key), std::string(value));
  if (sessions::size_of(browser) > sessions::max_state_bytes - for_the_rest || browser.values.size() > 200) {
    browser.values = std::move(values);
    return false;
  }
  state_->browser_changed = true;
  return true;
}

std::optional<std::string> Conn::get_session(std::string_view key) const {
  state_->open_cookies();
  const auto found = state_->browser.values.find(key);
  return found == state_->browser.values.end() ? std::nullopt : std::optional(found->second);
}

void Conn::put_flash(std::string_view kind, std::string_view text) {
  if (!state_->cookies) return;
  state_->open_cookies();
  state_->browser.flash_kind = kind;
  state_->browser.flash_text = text;
  state_->browser_changed = true;
}

Conn& Conn::status(int code) {
  state_->status = code;
  return *this;
}
void Conn::assign(std::string_view name, Json value) {
  state_->assigns.insert_or_assign(std::string(name), std::move(value));
}
const std::map<std::string, Json, std::less<>>& Conn::assigns() const { return state_->assigns; }

std::string Conn::return_to_or(std::string_view path) const {
  auto to = state_->return_to().empty() ? std::string(path) : state_->return_to();
  if (state_->completion == nullptr || !state_->completion->first_factor || state_->subject == nullptr) return to;
  for (const auto& strategy : state_->subject->strategies)
    for (const auto& page : strategy.pages) {
      if (!page.after_first_factor) continue;
      const auto first = state_->addresses->link_page(page.path, state_->subject->name);
      if (!first.empty()) return http::with_parameter(std::string(first), "return_to", to);
    }
  return to;
}

std::string Conn::path(std::string_view below_base_url) const {
  return state_->addresses->base() + std::string(below_base_url);
}

Response Conn::redirect(std::string to) {
  Response response{.status = 303};
  response.headers.add("Location", std::move(to));
  return response;
}

Response Conn::render(std::string_view page) {
  if (state_->core == nullptr)
    return {.status = state_->status == 0 ? 200 : state_->status,
            .content_type = "text/html; charset=utf-8",
            .body = std::string(page)};
  std::vector<std::pair<std::string, Json>> data;
  if (state_->failure != nullptr) data.emplace_back("text", engine::failure_words(*state_, *state_->failure));
  if (page == "sign_out.html") data.emplace_back("signed_out", true);
  return engine::render_page(*state_, page, Json::object(data));
}

Response Conn::json(const Json& value) {
  return {.status = state_->status == 0 ? 200 : state_->status,
          .content_type = "application/json; charset=utf-8",
          .body = value.text()};
}

Response Conn::refuse(const Error& error) {
  if (state_->core == nullptr) return {.status = http_status(error.code)};
  return engine::error_answer(*state_, error, engine::wants_json(*state_));
}

const std::string& Conn::error_id() const { return state_->error_id; }

Response Conn::text(std::string_view body) {
  return {.status = state_->status == 0 ? 200 : state_->status,
          .content_type = "text/plain; charset=utf-8",
          .body = std::string(body)};
}

}  // namespace rowan
