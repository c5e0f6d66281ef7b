#pragma once
// Not installed.
#include <rowan/add_ons/account/account.hpp>

namespace rowan::add_ons::account {

const std::vector<Option>& options();

}  // namespace rowan::add_ons::account
