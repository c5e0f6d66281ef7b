#pragma once
// Not installed. Whether an account can still be signed in to without what is about to be removed (REC-11).
#include <rowan/engine/strategy.hpp>

namespace rowan {

/// Strategy::signs_in of one that mails to the account's address.
inline Result<bool> by_address(SqlConnection&, const Services&, const User& user) { return !user.email.empty(); }

/// By any strategy of this subject but the one of that name, which knows itself what it would have left.
Result<bool> has_other_way_in(SqlConnection& connection, const PhaseContext& context, std::string_view but,
                              const User& user);

}  // namespace rowan
