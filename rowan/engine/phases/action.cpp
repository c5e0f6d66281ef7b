// Phases as functions (docs/architecture.md#phases-as-functions): the same inputs, the same limits unless the
// application itself calls, the same run, the same completion, the same hooks when it fails.
#include <algorithm>
#include <array>
#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/phases/pending_flows.hpp>
#include <rowan/engine/phases/phase_call.hpp>
#include <rowan/engine/phases/read_inputs.hpp>
#include <rowan/engine/phases/token_content.hpp>
#include <rowan/tokens/devices.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

namespace {

using engine::Core;
using ActionParams = std::map<std::string, std::string>;

Error not_there(std::string reason) { return {.code = ErrorCode::not_found, .reason = std::move(reason)}; }

Result<engine::PhaseRef> find_phase(const Core& core, const SubjectName& subject_name, const Activity& activity,
                                    bool trusted) {
  const auto* subject = core.find_subject(subject_name);
  if (subject == nullptr) return not_there("no such subject");
  const auto* strategy = subject->find(activity.strategy);
  if (strategy == nullptr) return not_there("no such strategy");
  const auto phase = std::ranges::find(strategy->phases, activity.phase, &Phase::name);
  // What no mount answers is the application's own.
  if (phase == strategy->phases.end() || (!trusted && !phase->web && !phase->api)) return not_there("no such phase");
  return engine::PhaseRef{*subject, *strategy, *phase};
}

Visitor visitor_of(const Core& core, const ActionCaller& caller) {
  const std::array<std::string_view, 1> wishes{caller.language};
  return {.address = caller.address,
          .user_agent = engine::storable_user_agent(caller.user_agent),
          .language = core.pages.choose_language(wishes, {}),
          .device = tokens::is_device(caller.device) ? caller.device : std::string()};
}

// As a client would have sent them.
Result<http::Fields> fields_of(const engine::PhaseRef& ref, const ActionParams& params) {
  std::vector<std::pair<std::string, Json>> nested, top;
  for (const auto& [name, value] : params) {
    const auto input = std::ranges::find(ref.phase.inputs, name, &Input::name);
    const bool is_declared = input != ref.phase.inputs.end();
    Json field = value;
    if (is_declared && input->kind == Input::Kind::json) {
      auto parsed = Json::parse(value);
      if (!parsed)
        return Error{.code = ErrorCode::invalid_input,
                     .reason = name + ": is not JSON",
                     .fields = {{.field = name, .code = "invalid"}}};
      field = *std::move(parsed);
    }
    (is_declared && input->top_level ? top : nested).emplace_back(name, std::move(field));
  }
  top.emplace_back(ref.subject.name.text(), Json::object(nested));
  return http::Fields::from_json(Json::object(top), {});
}

struct Told {
  ActionResult& result;
  const engine::PhaseRef& ref;
  const engine::Asking& asking;
  const std::vector<protection::Count>& counts;
  Core& core;

  void keep(const std::string& flow) const {
    if (!flow.empty()) result.flow = flow;
  }
  Result<> operator()(const Accepted& accepted) const {
    keep(accepted.flow);
    result.session_ended = accepted.ends_session;
    return {};
  }
  Result<> operator()(const Presented& presented) const {
    keep(presented.flow);
    result.presented = presented.fields;
    return {};
  }
  Result<> operator()(const Redirect& redirect) const {
    keep(redirect.flow);
    result.redirect = redirect.url;
    return {};
  }
  Result<> operator()(const SignedIn& signed_in) const {
    const auto request = engine::completion_request(ref, asking, counts, tokens::bearer_purpose);
    ROWAN_TRY(const auto completion, engine::complete_and_tell(core, ref, signed_in, request));
    result.taken_over = completion.taken_over;
    result.registered = completion.registered;
    if (!completion.granted) return {};
    result.user = completion.user;
    if (completion.pending) {
      result.pending_flow = completion.pending->flow;
      result.factors = completion.pending->factors;
      result.set_up = completion.pending->set_up;
    } else {
      ROWAN_TRY(result.token, engine::bearer_token_of(core, completion));
    }
    return {};
  }
};

// `asking` is filled in as it becomes known, for the hooks of a failure.
Result<ActionResult> run(Core& core, const engine::PhaseRef& ref, const ActionCaller& caller,
                         const ActionParams& params, engine::Asking& asking, bool& counted) {
  ROWAN_TRY(const auto fields, fields_of(ref, params));
  if (caller.claims) {
    ROWAN_TRY(asking.claims,
              engine::current_claims(core, *caller.claims, {.tenant = asking.tenant, .subject = ref.subject.name}));
    ROWAN_CHECK(engine::leave_out_key(ref, asking.claims));
  }
  if (engine::may_be_pending(ref.phase.who)) {
    ROWAN_TRY(auto pending,
              engine::find_pending(core, caller.pending_flow, {.tenant = asking.tenant, .subject = ref.subject.name}));
    asking.pending = engine::pending_for(ref.phase.who, std::move(pending));
  }
  ROWAN_CHECK(engine::check_who(ref, asking));
  ROWAN_TRY(const auto inputs, engine::read_inputs(ref.phase, fields, ref.subject.name));
  counted = true;
  ROWAN_TRY(const auto ran, engine::run_counted(core, ref, inputs, asking));
  ActionResult result;
  ROWAN_CHECK(std::visit(Told{result, ref, asking, ran.counts, core}, ran.outcome));
  if (!std::holds_alternative<SignedIn>(ran.outcome)) engine::tell_done(core, ref, asking);
  return result;
}

}  // namespace

Result<ActionResult> Auth::action(const Activity& activity, const ActionParams& params, const Realm& realm) {
  return action(ActionCaller{}, activity, params, realm);
}

Result<ActionResult> Auth::action(const ActionCaller& caller, const Activity& activity, const ActionParams& params,
                                  const Realm& realm) {
  auto& core = *core_;
  if (auto base = core.origins.of(realm.tenant); !base) return std::move(base).error();
  ROWAN_TRY(const auto ref, find_phase(core, realm.subject, activity, caller.trusted));
  const auto back = LocalPath::parse(caller.return_to);
  PhaseNotes notes;
  engine::Asking asking{.tenant = realm.tenant,
                        .visitor = visitor_of(core, caller),
                        .claims = {},
                        .pending = {},
                        .trusted = caller.trusted,
                        .return_to = back ? back->str() : std::string_view(),
                        .notes = &notes};
  bool counted = false;
  auto result = run(core, ref, caller, params, asking, counted);
  if (result) return result;
  const auto& error = result.error();
  if (http_status(error.code) >= 500)
    core.logger.error("fault", {{"code", public_name(error.code)},
                                {"reason", error.reason},
                                {"strategy", activity.strategy},
                                {"phase", activity.phase}});
  engine::tell_failure(core, ref, asking, error, counted);
  return result;
}

}  // namespace rowan
