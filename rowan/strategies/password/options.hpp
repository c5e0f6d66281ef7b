#pragma once
// Not installed.
#include <rowan/strategies/password/password.hpp>

namespace rowan::strategies::password {

const std::vector<Option>& options();

}  // namespace rowan::strategies::password
