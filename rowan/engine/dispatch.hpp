#pragma once
// Not installed. One phase, from the request to the controller's answer.
#include <rowan/engine/conn_state.hpp>

namespace rowan::engine {

struct PhaseTarget {
  Auth* auth = nullptr;
  Controller* controller = nullptr;
  std::shared_ptr<const Addresses> addresses{};
  const Subject* subject = nullptr;
  const Strategy* strategy = nullptr;
  const Phase* phase = nullptr;
};

using PathParams = std::map<std::string, std::string, std::less<>>;

Response run_phase(const PhaseTarget& target, const Arrival& arrival, PathParams path_params);
Response run_sign_out(Auth& auth, Controller& controller, std::shared_ptr<const Addresses> addresses,
                      const Arrival& arrival);

/// The attempts a phase counts for these inputs, in the order of its limits.
std::vector<protection::Count> counts_of(const Strategy& strategy, const Phase& phase, const PhaseContext& context);
/// Those of them that a right credential gives back or clears.
void forgive_in(CompletionRequest& request, const Phase& phase, const std::vector<protection::Count>& counts);
/// What a phase's flow is kept under in a browser.
std::string_view flow_name_of(const Strategy& strategy, const Phase& phase);

}  // namespace rowan::engine
