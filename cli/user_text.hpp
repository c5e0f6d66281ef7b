#pragma once
// Internal. Accounts as the commands show them.
#include <rowan/engine/auth.hpp>
#include <vector>

namespace rowan::cli {

void print_user(const UserRecord& record, bool json);
void print_factors(const std::vector<Factor>& factors, bool json);
/// `is_more`: whether another page may follow.
void print_users(const std::vector<UserRecord>& records, bool is_more, bool json);

}  // namespace rowan::cli
