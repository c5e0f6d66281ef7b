// The sessions and tokens of one account: all, some or one of them.
#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/parts/sessions.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/live_tokens.hpp>

namespace rowan {

namespace {

using engine::Core;
using Meant = RevokeWhich::Purpose;

bool means(const RevokeWhich& which, Meant purpose) {
  const auto is_in = [&](const std::vector<Meant>& purposes) {
    return std::ranges::find(purposes, purpose) != purposes.end();
  };
  return (which.purposes.empty() || is_in(which.purposes)) && !is_in(which.except);
}

// One transaction's worth; how many. Under the account's row lock, so that no sign-in comes in between.
Result<std::int64_t> end_some(Core& core, AccountId id, const tokens::Some& some, User& user) {
  return core.spine.database.transact([&](Transaction& transaction) -> Result<std::int64_t> {
    ROWAN_TRY(const auto account, engine::lock_open(transaction, id));
    user = account.user;
    const auto now = core.clock.now();
    ROWAN_TRY(const auto ends, tokens::some_tokens_of(transaction.connection(), id, some, now));
    auto event = engine::act_on(user, "revoke_some");
    for (const auto& end : ends) {
      ROWAN_CHECK(tokens::revoke(transaction, core.revocation, end, now));
      event.ended.push_back(end.number);
    }
    if (!ends.empty()) ROWAN_CHECK(engine::tell(transaction, core, event));
    return std::ssize(ends);
  });
}

}  // namespace

Result<std::int64_t> Auth::revoke_all(AccountId id, const RevokeWhich& which) {
  auto& core = *core_;
  const tokens::Some some{.sessions = means(which, Meant::session),
                          .bearers = means(which, Meant::bearer),
                          .before = which.before.value_or(Timestamp::max())};
  if (some.sessions && some.bearers && !which.before) {
    ROWAN_TRY(const auto all, sessions(id));
    ROWAN_CHECK(revoke_all(id));
    return std::ssize(all);
  }
  std::int64_t ended = 0;
  for (;;) {
    User user;
    const auto now_ended = end_some(core, id, some, user);
    engine::log_outcome(core, "revoke_some", user, now_ended ? Result<>() : Result<>(now_ended.error()),
                        now_ended && *now_ended > 0);
    if (!now_ended) return now_ended.error();
    ended += *now_ended;
    if (*now_ended < tokens::most_rows_marked) return ended;
  }
}

Result<std::vector<SessionRecord>> Auth::sessions(AccountId id) const {
  ROWAN_CHECK(engine::find_open(*core_, id));
  return core_->spine.database.read([&](SqlConnection& connection) -> Result<std::vector<SessionRecord>> {
    ROWAN_TRY(auto listed, sessions_of(connection, core_->services, id, max_sessions_listed));
    std::vector<SessionRecord> records;
    records.reserve(listed.size());
    for (auto& one : listed) records.push_back(std::move(one.record));
    return records;
  });
}

Result<> Auth::end_session(AccountId id, std::string_view session) {
  auto& core = *core_;
  ROWAN_TRY(const auto account, engine::find_open(core, id));
  const auto& user = account.user;
  bool done = false;
  auto ended = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(const auto end, rowan::end_session(transaction, core.services, id, session));
    done = end.done;
    if (!done) return {};
    auto event = engine::act_on(user, "revoke_token");
    event.ended = {end.number};
    return engine::tell(transaction, core, event);
  });
  engine::log_outcome(core, "revoke_token", user, ended, done);
  return ended;
}

}  // namespace rowan
