#pragma once
// Not installed.
#include <rowan/strategies/remember_me/remember_me.hpp>

namespace rowan::strategies::remember_me {

const std::vector<Option>& options();

}  // namespace rowan::strategies::remember_me
