#pragma once
// Not installed. The sessions and tokens of an account, for the room that shows them to their owner and for
// administrators.
#include <rowan/engine/services.hpp>
#include <rowan/engine/sessions.hpp>
#include <rowan/tokens/claims.hpp>

namespace rowan {

struct ListedSession {
  SessionRecord record{};
  bool is_this = false;
};
/// What works, the one used last first; the one with the number `this_one` comes before all others. `most`: no more
/// than these.
Result<std::vector<ListedSession>> sessions_of(SqlConnection& connection, const Services& services, AccountId account,
                                               std::size_t most, std::int64_t this_one = 0);

/// What became of ending one.
struct SessionEnd {
  bool done = false;  // false: it had ended already
  std::int64_t number = 0;
};
/// Ends one by its SessionRecord::id. `not_found` when it is not of this account, or expired a day ago.
Result<SessionEnd> end_session(Transaction& transaction, const Services& services, AccountId account,
                               std::string_view id);

/// In the transaction that has made the session or token with this number, under the account's row lock: the ones that
/// were unseen for longest end, until `most` are left. Hooks hear that they were signed out, by this phase.
Result<> end_sessions_beyond(Transaction& transaction, const Services& services, const Realm& realm, AccountId account,
                             std::int64_t newest, std::int64_t most, const Activity& by);

}  // namespace rowan
