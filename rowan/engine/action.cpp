// Phases as functions (docs/architecture.md#phases-as-functions): the same inputs, the same limits unless the
// application itself calls, the same run, the same completion.
#include <rowan/base/local_path.hpp>
#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/engine/dispatch.hpp>
#include <rowan/engine/read_inputs.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

Result<ActionResult> Auth::action(std::string_view strategy_name, std::string_view phase_name,
                                  const std::map<std::string, std::string>& params, std::string_view subject_name,
                                  std::string_view tenant) {
  return action(ActionCaller{}, strategy_name, phase_name, params, subject_name, tenant);
}

Result<ActionResult> Auth::action(const ActionCaller& caller, std::string_view strategy_name,
                                  std::string_view phase_name, const std::map<std::string, std::string>& params,
                                  std::string_view subject_name, std::string_view tenant) {
  auto& core = *core_;
  if (!accounts::is_tenant_name(tenant)) return Error{.code = ErrorCode::not_found, .reason = "no such tenant"};
  if (auto base = core.origins.of(tenant); !base) return std::move(base).error();
  const auto* subject = core.find_subject(subject_name);
  const auto* strategy = subject == nullptr ? nullptr : subject->find(strategy_name);
  if (strategy == nullptr) return Error{.code = ErrorCode::not_found, .reason = "no such subject or strategy"};
  for (const auto& phase : strategy->phases) {
    if (phase.name != phase_name) continue;
    std::vector<std::pair<std::string, Json>> nested, top;
    for (const auto& [name, value] : params) {
      const bool is_top = std::any_of(phase.inputs.begin(), phase.inputs.end(),
                                      [&](const Input& input) { return input.name == name && input.top_level; });
      (is_top ? top : nested).emplace_back(name, value);
    }
    top.emplace_back(std::string(subject_name), Json::object(nested));
    ROWAN_TRY(const auto fields, http::Fields::from_json(Json::object(top), {}));
    ROWAN_TRY(const auto inputs, engine::read_inputs(phase, fields, subject_name));
    if (phase.who == Who::session &&
        (!caller.claims || caller.claims->subject() != subject_name || caller.claims->tenant() != tenant))
      return Error{.code = ErrorCode::authentication_failed, .reason = "nobody is signed in"};
    const auto agent = std::string_view(caller.user_agent).substr(0, 256);
    const auto back = LocalPath::parse(caller.return_to);
    const Visitor visitor{
        .address = caller.address,
        .user_agent = is_storable_text(agent) && !has_control_characters(agent) ? std::string(agent) : std::string(),
        .language = caller.language,
        .device = caller.device};
    PhaseContext context{.spine = core.spine,
                         .subject = subject_name,
                         .tenant = tenant,
                         .inputs = inputs,
                         .visitor = visitor,
                         .claims = caller.claims,
                         .trusted = caller.trusted,
                         .muted = false,
                         .return_to = back ? back->str() : std::string_view(),
                         .strategies = subject->strategies};
    std::vector<protection::Count> counts;
    if (!caller.trusted) counts = engine::counts_of(*strategy, phase, context);
    ROWAN_TRY(context.muted, core.limits.attempt(counts));
    ROWAN_TRY(auto outcome, phase.run(context));
    ActionResult result;
    const auto keep = [&](const std::string& flow) {
      if (!flow.empty()) result.flow = flow;
    };
    if (const auto* accepted = std::get_if<Accepted>(&outcome)) keep(accepted->flow);
    if (const auto* presented = std::get_if<Presented>(&outcome)) {
      keep(presented->flow);
      result.presented = presented->fields;
    }
    if (const auto* redirect = std::get_if<Redirect>(&outcome)) {
      keep(redirect->flow);
      result.redirect = redirect->url;
    }
    if (auto* signed_in = std::get_if<SignedIn>(&outcome)) {
      engine::CompletionRequest request{.subject = *subject,
                                        .activity = {strategy->name, phase.name},
                                        .tenant = std::string(tenant),
                                        .visitor = visitor,
                                        .purpose = tokens::bearer_purpose,
                                        .here = caller.claims,
                                        .replaces = caller.claims,
                                        .give_back = {},
                                        .clear = {},
                                        .return_to = std::string(context.return_to),
                                        .remember_device = {}};
      engine::forgive_in(request, phase, counts);
      ROWAN_TRY(const auto completion, engine::complete(core, *signed_in, request));
      result.taken_over = completion.taken_over;
      if (!completion.granted) return result;
      result.user = completion.user;
      if (completion.pending)
        result.pending_flow = completion.pending->flow;
      else
        result.token = core.bearers.issue(completion.claims, core.clock.now());
    }
    return result;
  }
  return Error{.code = ErrorCode::not_found, .reason = "no such phase"};
}

}  // namespace rowan
