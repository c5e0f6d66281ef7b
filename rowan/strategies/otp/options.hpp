#pragma once
// Not installed.
#include <rowan/strategies/otp/otp.hpp>

namespace rowan::strategies::otp {

const std::vector<Option>& options();

}  // namespace rowan::strategies::otp
