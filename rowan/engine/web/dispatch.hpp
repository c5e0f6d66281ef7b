#pragma once
// Not installed. One phase, from the request to the controller's answer.
#include <rowan/engine/web/conn_state.hpp>
#include <rowan/engine/web/controller.hpp>

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

}  // namespace rowan::engine
