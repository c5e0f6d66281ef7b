#pragma once
// Not installed.
#include <rowan/add_ons/active_sessions/active_sessions.hpp>

namespace rowan::add_ons::active_sessions {

const std::vector<Option>& options();

}  // namespace rowan::add_ons::active_sessions
