#pragma once
// Not installed.
#include <rowan/strategies/magic_link/magic_link.hpp>

namespace rowan::strategies::magic_link {

const std::vector<Option>& options();

}  // namespace rowan::strategies::magic_link
