#pragma once
// Not installed.
#include <rowan/engine/parts/option.hpp>

namespace rowan::add_ons::sign_in_notices {

const std::vector<Option>& options();

}  // namespace rowan::add_ons::sign_in_notices
