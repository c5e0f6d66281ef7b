#pragma once
// Not installed.
#include <rowan/strategies/totp/totp.hpp>

namespace rowan::strategies::totp {

const std::vector<Option>& options();

}  // namespace rowan::strategies::totp
