#pragma once
// Not installed.
#include <rowan/strategies/recovery_code/recovery_code.hpp>

namespace rowan::strategies::recovery_code {

const std::vector<Option>& options();

}  // namespace rowan::strategies::recovery_code
