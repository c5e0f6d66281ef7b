#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/browser_name.hpp>
#include <rowan/engine/parts/sessions.hpp>
#include <rowan/engine/spine.hpp>
#include <rowan/tokens/live_tokens.hpp>

namespace rowan {

namespace {

tokens::Living living(const Services& services, AccountId account) {
  const auto& spine = engine_spine(services);
  return {.account = account, .now = spine.clock.now(), .idle = spine.session_idle, .floor = spine.numbers.floor()};
}

}  // namespace

Result<std::vector<ListedSession>> sessions_of(SqlConnection& connection, const Services& services, AccountId account,
                                               std::size_t most, std::int64_t this_one) {
  ROWAN_TRY(const auto rows,
            tokens::live_tokens_of(connection, living(services, account), this_one, static_cast<std::int64_t>(most)));
  std::vector<ListedSession> all;
  all.reserve(rows.size());
  for (const auto& row : rows)
    all.push_back({.record = {.id = engine_spine(services).bearers.jti_of(row.numbers),
                              .is_bearer = row.is_bearer,
                              .methods = row.methods,
                              .address = row.origin.address,
                              .user_agent = row.origin.user_agent,
                              .browser = browser_name(row.origin.user_agent),
                              .created_at = row.created_at,
                              .seen_at = row.seen_at,
                              .expires_at = row.expires_at},
                   .is_this = row.numbers.token == this_one});
  return all;
}

Result<SessionEnd> end_session(Transaction& transaction, const Services& services, AccountId account,
                               std::string_view id) {
  const auto& spine = engine_spine(services);
  // Any 22 letters say some numbers: they are a session's when its row has all of them.
  for (const auto& numbers : spine.bearers.read_jti(id)) {
    ROWAN_TRY(const auto row, tokens::token_of(transaction.connection(), account, numbers.token));
    if (!row || row->generation != numbers.account_generation) continue;
    ROWAN_TRY(const bool done, tokens::revoke(transaction, spine.revocation, row->end, spine.clock.now()));
    return SessionEnd{.done = done, .number = numbers.token};
  }
  return Error{.code = ErrorCode::not_found, .reason = "no such session of this account"};
}

Result<> end_sessions_beyond(Transaction& transaction, const Services& services, const Realm& realm, AccountId account,
                             std::int64_t newest, std::int64_t most, const Activity& by) {
  ROWAN_TRY(const auto ends,
            tokens::live_tokens_beyond(transaction.connection(), living(services, account), newest, most));
  for (const auto& end : ends)
    ROWAN_CHECK(services.end_token(
        transaction, {.number = end.number, .expires_at = end.expires_at, .account = account, .realm = realm}, by));
  return {};
}

}  // namespace rowan
