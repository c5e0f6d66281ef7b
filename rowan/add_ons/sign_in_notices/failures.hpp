#pragma once
// Not installed. Failed attempts at an account, counted until somebody signs in.
#include <rowan/add_ons/sign_in_notices/sign_in_notices.hpp>

namespace rowan::add_ons::sign_in_notices {

/// One more. An address without an account is counted like any other.
Result<> count_failure(Transaction& transaction, const Services& services, const AuthEvent& event,
                       const SignInNoticesOptions& options);
/// How many there were before this sign-in; the next one begins at none.
Result<std::int64_t> take_failures(Transaction& transaction, const Services& services, const User& user);
/// Not more often than a few times an hour, whoever signs in again and again (THR-09). Counts this time.
Result<bool> may_be_told(Transaction& transaction, const Services& services, const User& user);
Result<> forget_failures(Transaction& transaction, const Services& services, const User& user);

}  // namespace rowan::add_ons::sign_in_notices
