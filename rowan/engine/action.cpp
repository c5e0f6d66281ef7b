// Phases as functions (DESIGN 5.15): the same inputs, the same run, the same completion, for a trusted caller.
#include <rowan/base/try.hpp>
#include <rowan/engine/complete.hpp>
#include <rowan/engine/read_inputs.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

Result<ActionResult> Auth::action(std::string_view strategy_name, std::string_view phase_name,
                                  const std::map<std::string, std::string>& params, std::string_view subject_name,
                                  std::string_view tenant) {
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
    const PhaseContext context{.spine = core.spine,
                               .subject = subject_name,
                               .tenant = tenant,
                               .inputs = inputs,
                               .visitor = {},
                               .claims = {},
                               .trusted = true,
                               .muted = false,
                               .return_to = {},
                               .strategies = subject->strategies};
    ROWAN_TRY(auto outcome, phase.run(context));
    ActionResult result;
    if (auto* accepted = std::get_if<Accepted>(&outcome); accepted != nullptr && !accepted->flow.empty())
      result.flow = accepted->flow;
    if (auto* presented = std::get_if<Presented>(&outcome)) result.presented = presented->fields;
    if (auto* signed_in = std::get_if<SignedIn>(&outcome)) {
      ROWAN_TRY(const auto completion, engine::complete(core, *signed_in,
                                                        {.subject = *subject,
                                                         .activity = {strategy->name, phase.name},
                                                         .tenant = std::string(tenant),
                                                         .visitor = {},
                                                         .purpose = tokens::bearer_purpose,
                                                         .replaces = {},
                                                         .give_back = {},
                                                         .clear = {},
                                                         .return_to = {}}));
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
