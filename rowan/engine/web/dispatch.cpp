#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/phases/read_inputs.hpp>
#include <rowan/engine/phases/token_content.hpp>
#include <rowan/engine/web/answering.hpp>
#include <rowan/engine/web/compose.hpp>
#include <rowan/engine/web/dispatch.hpp>
#include <rowan/engine/web/faults.hpp>
#include <rowan/engine/web/second_factor_page.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

namespace {

// What the client sent to a phase, as a controller sees it.
Params without_secrets(Params params, const Phase& phase, std::string_view subject) {
  params.erase("_csrf_token");
  for (const auto& input : phase.inputs) {
    if (!input.secret()) continue;
    params.erase(input.name);
    params.erase(std::string(subject) + "[" + input.name + "]");
  }
  return params;
}

// Of phases that another server calls, on either mount.
Controller& for_servers() {
  static ApiController json;
  return json;
}

class PhaseRun {
 public:
  PhaseRun(const PhaseTarget& target, const Arrival& arrival, PathParams path_params)
      : target_(target),
        controller_(target.phase->for_servers ? for_servers() : *target.controller),
        ref_{*target.subject, *target.strategy, *target.phase},
        conn_(start_conn(target.auth, arrival, target.addresses, controller_.takes_cookies())) {
    auto& state = engine::state_of(conn_);
    state.path_params = std::move(path_params);
    state.subject = target.subject;
    state.strategy = target.strategy;
    state.phase = target.phase;
  }

  Response answer() {
    return answer_with_cookies(engine::state_of(conn_), [&] {
      auto response = run();
      return response ? *std::move(response) : fail(response.error());
    });
  }

 private:
  Result<Response> run() {
    auto& state = engine::state_of(conn_);
    auto& core = *state.core;
    const auto& sent = state.read_fields();
    // Before anything can fail: the controller is never shown a secret.
    state.params = sent ? without_secrets(sent->spelled(), *target_.phase, target_.subject->name) : Params();
    // What a browser says about where this comes from counts on both mounts, before anything is counted or done.
    if (!target_.phase->cross_site) ROWAN_CHECK(state.cookies ? state.check_origin_of_form() : state.check_origin());
    if (!sent) return sent.error();
    const auto& fields = *sent;
    if (target_.phase->begun_here && !state.is_begun_here())
      return to_sign_in(state, target_.subject->name, state.return_to());
    if (const auto back = fields.find({"return_to"}))
      if (const auto path = LocalPath::parse(*back)) state.return_to(std::string(path->str()));
    if (const auto need = fields.find({"need"})) state.need(*need);
    state.typed = typed_values(*target_.phase, fields, target_.subject->name);
    for (const auto& input : target_.phase->inputs)  // the page of a mailed link shows its form again
      if (input.kind == Input::Kind::token)
        if (const auto token = fields.find({target_.subject->name, input.name}))
          state.path_params.emplace("token", *token);
    if (state.cookies && !target_.phase->cross_site)
      if (auto form = state.check_form(); !form) return old_form(std::move(form).error());
    ROWAN_TRY(auto here, who_is_here(state, target_.phase->who, target_.subject->name));
    claims_ = std::move(here.claims);
    pending_ = std::move(here.pending);
    ROWAN_CHECK(leave_out_key(ref_, claims_));
    if (pending_ && !pending_->return_to.empty()) state.return_to(pending_->return_to);
    const auto asking = this->asking();
    ROWAN_CHECK(check_who(ref_, asking));
    const auto browser_flows = state.flows_of(flow_name_of(*target_.strategy, *target_.phase));
    ROWAN_TRY(const auto inputs,
              read_inputs(*target_.phase, fields, target_.subject->name,
                          {.browser_flows = state.cookies ? &browser_flows : nullptr, .path = &state.path_params}));
    counted_ = true;
    ROWAN_TRY(auto ran, run_counted(core, ref_, inputs, asking));
    return std::visit([&](auto& what) { return deliver(what, asking, ran.counts); }, ran.outcome);
  }

  // Where a form of the sign-in or register page, or the page of a mailed link that signs in, is sent to.
  bool is_way_in() const {
    const auto& strategy = *target_.strategy;
    const auto& name = target_.phase->name;
    return std::ranges::any_of(strategy.panels,
                               [&](const Panel& panel) {
                                 return panel.phase == name && (panel.place == Panel::Place::sign_in ||
                                                                panel.place == Panel::Place::register_);
                               }) ||
           std::ranges::any_of(strategy.pages, [&](const Page& page) {
             return page.phase == name && page.with == Page::With::magic_sign_in_route;
           });
  }

  // A form of before the sign-in in another tab leads on. It is not sent: who it would sign in is not known.
  Result<Response> old_form(Error error) {
    auto& state = engine::state_of(conn_);
    if (state.foreign || !is_way_in() || is_script(state)) return error;
    ROWAN_TRY(claims_, settle(state, GuardKind::session, target_.subject->name));
    if (!claims_) return error;
    conn_.put_flash("info", state.core->pages.text(words::signed_in_already, state.language()));
    return conn_.redirect(conn_.return_to_or(state.addresses->home()));
  }

  Asking asking() {
    auto& state = engine::state_of(conn_);
    return {.tenant = state.tenant(),
            .visitor = state.visitor(),
            .claims = claims_,
            .pending = pending_,
            .trusted = false,
            .return_to = state.return_to(),
            .notes = &notes_};
  }

  Activity activity() const { return ref_.activity(); }

  Result<Response> deliver(SignedIn& signed_in, const Asking&, const std::vector<protection::Count>& counts) {
    auto& state = engine::state_of(conn_);
    auto& core = *state.core;
    if (!signed_in.return_to.empty()) state.return_to(signed_in.return_to);
    auto request = completion_request(ref_, this->asking(), counts,
                                      state.cookies ? tokens::session_purpose : tokens::bearer_purpose);
    if (state.cookies) {
      if (auto room = has_room(); !room) {
        forgive(core, signed_in, request);
        if (signed_in.numbers) signed_in.numbers->settle(Result<>(), false);
        return std::move(room).error();
      }
      // Whatever its tenant: this sign-in takes its place in the cookie, so the visitor could not end it any more.
      if (state.session)
        if (const auto* before = state.session->find(target_.subject->name)) request.replaces = *before;
      if (const auto& sent = state.read_fields())
        request.trust_browser = sent->find({"trust_browser"}).value_or("") == "true";
      request.remember_device = state.device.empty() ? tokens::make_device(core.random) : state.device;
      if (const auto* kept = state.kept_for(target_.subject->name)) request.browser_keeps = kept->text.view();
    }
    ROWAN_TRY(const auto completion, complete_and_tell(core, ref_, signed_in, request));
    state.completion = &completion;
    std::optional<AuthenticatedUser> user;
    prove_user(completion, user);
    if (user && state.cookies) state.keep_device(request.remember_device);
    if (user && !signed_in.renews) state.keep_last_used(*target_.subject, request.activity.strategy);
    if (completion.is_forgotten) state.forget_remembered(target_.subject->name);
    if (completion.keeps) state.keep_remembered(request.realm, *completion.keeps);
    auto response = tell(request.activity, completion, user);
    state.completion = nullptr;
    return response;
  }

  Result<Response> tell(const Activity& activity, const Completion& completion,
                        const std::optional<AuthenticatedUser>& user) {
    auto& controller = controller_;
    const auto& state = engine::state_of(conn_);
    if (completion.pending) return controller.pending(conn_, activity, *completion.pending);
    if (!user) return controller.success(conn_, activity, nullptr, nullptr);
    if (state.cookies) return controller.success(conn_, activity, *user, nullptr);
    ROWAN_TRY(auto text, bearer_token_of(*state.core, completion));
    const Token token(std::move(text));
    return controller.success(conn_, activity, *user, token);
  }

  // A browser is signed in as three subjects at most; a fourth would be told of a session that it does not have.
  Result<> has_room() {
    auto& state = engine::state_of(conn_);
    if (state.has_room_for(target_.subject->name)) return {};
    state.session_full = true;
    return Error{.code = ErrorCode::forbidden, .reason = "this browser is signed in as three other subjects"};
  }

  Result<Response> deliver(Accepted& accepted, const Asking& asking, const std::vector<protection::Count>&) {
    tell_done(*engine::state_of(conn_).core, ref_, asking);
    auto& state = engine::state_of(conn_);
    state.accepted = &accepted;
    if (accepted.ends_session && state.cookies) state.forget_session(target_.subject->name);
    // As after the closing of an account: nobody of this browser comes back that way.
    if (accepted.ends_session) state.keep_last_used(*target_.subject, {});
    keep(accepted.flow);
    auto response = controller_.success(conn_, activity(), nullptr, nullptr);
    state.accepted = nullptr;
    return response;
  }

  Result<Response> deliver(Presented& presented, const Asking& asking, const std::vector<protection::Count>&) {
    tell_done(*engine::state_of(conn_).core, ref_, asking);
    keep(presented.flow);
    engine::state_of(conn_).presented = &presented;
    auto response = controller_.success(conn_, activity(), nullptr, nullptr);
    engine::state_of(conn_).presented = nullptr;
    if (!presented.leads_on.empty()) response.headers.set("Refresh", "0; url=" + presented.leads_on);
    return response;
  }

  Result<Response> deliver(Redirect& redirect, const Asking& asking, const std::vector<protection::Count>&) {
    tell_done(*engine::state_of(conn_).core, ref_, asking);
    keep(redirect.flow);
    return conn_.redirect(redirect.url);
  }

  void keep(const std::string& flow) {
    if (!flow.empty()) engine::state_of(conn_).keep_flow(flow_name_of(*target_.strategy, *target_.phase), flow);
  }

  Response fail(const Error& error) {
    auto& state = engine::state_of(conn_);
    auto& core = *state.core;
    if (is_fault(error)) report_fault(state, error);
    const auto asking = this->asking();
    tell_failure(core, ref_, asking, error, counted_);
    state.may_not = error.code == ErrorCode::authentication_failed &&
                    (ref_.phase.who == Who::session || ref_.phase.who == Who::session_or_enrolling ||
                     !may_see(ref_.phase.who, asking));
    state.failure = &error;
    state.status = http_status(error.code);
    auto response = controller_.failure(conn_, activity(), error);
    if (error.retry_after) response.headers.set("Retry-After", std::to_string(error.retry_after->count()));
    if (error.code == ErrorCode::insufficient_user_authentication && wants_json(state))
      response.headers.set("WWW-Authenticate", challenge_of(error.needs));
    if (error.code == ErrorCode::authentication_failed && !state.cookies && !state.view().authorization.empty())
      response.headers.set("WWW-Authenticate", "Bearer error=\"invalid_token\"");
    state.failure = nullptr;
    return response;
  }

  const PhaseTarget& target_;
  Controller& controller_;
  PhaseRef ref_;
  Conn conn_;
  std::optional<VerifiedClaims> claims_{};  // once they are known
  std::optional<PendingSignIn> pending_{};
  PhaseNotes notes_{};
  bool counted_ = false;
};

}  // namespace

Response run_phase(const PhaseTarget& target, const Arrival& arrival, PathParams path_params) {
  return PhaseRun(target, arrival, std::move(path_params)).answer();
}

namespace {

bool is_anyone_here(ConnState& state) {
  state.open_cookies();
  return state.session && state.session->count > 0;
}

}  // namespace

Response run_sign_out(Auth& auth, Controller& controller, std::shared_ptr<const Addresses> addresses,
                      const Arrival& arrival) {
  Conn conn(start_conn(&auth, arrival, std::move(addresses), controller.takes_cookies()));
  auto& state = engine::state_of(conn);
  const auto answer = [&]() -> Result<Response> {
    ROWAN_CHECK(state.cookies ? state.check_origin_of_form() : state.check_origin());
    if (const auto& sent = state.read_fields(); !sent) return sent.error();
    // The form of another tab, whose session has ended meanwhile: it is so already.
    if (state.cookies)
      if (auto checked = state.check_form(); !checked && (state.foreign || is_anyone_here(state)))
        return std::move(checked).error();
    const auto& params = conn.params();
    // "Signed out" would be untrue: nothing is called so.
    if (const auto subject = params.find("subject");
        subject != params.end() && state.core->find_subject(subject->second) == nullptr)
      return Error{.code = ErrorCode::invalid_input,
                   .reason = "sign-out of an unknown subject",
                   .fields = {{.field = "subject", .code = "invalid"}}};
    auto response = controller.sign_out(conn, params);
    // Saying "signed out" while the token lives on would be a lie: the cookie stays, and the visitor tries again.
    if (state.not_revoked) return *state.not_revoked;
    return response;
  };
  auto response = answer();
  if (!response) {
    const auto& error = response.error();
    if (is_fault(error)) report_fault(state, error);
    state.failure = &error;
    state.status = http_status(error.code);
    auto refusal = controller.failure(conn, {"session", "sign_out"}, error);
    if (error.retry_after) refusal.headers.set("Retry-After", std::to_string(error.retry_after->count()));
    return finish(state, std::move(refusal));
  }
  return finish(state, *std::move(response));
}

}  // namespace rowan::engine
