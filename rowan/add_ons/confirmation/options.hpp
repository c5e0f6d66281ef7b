#pragma once
// Not installed.
#include <rowan/add_ons/confirmation/confirmation.hpp>

namespace rowan::add_ons::confirmation {

const std::vector<Option>& options();

}  // namespace rowan::add_ons::confirmation
