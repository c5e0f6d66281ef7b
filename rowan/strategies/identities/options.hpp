#pragma once
// Not installed.
#include <rowan/strategies/identities/identities.hpp>

namespace rowan::strategies::identities {

const std::vector<Option>& options();

}  // namespace rowan::strategies::identities
