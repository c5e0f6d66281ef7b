// API keys of accounts, for administrators. What a key is and how it is kept is the strategy's.
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/phases/events.hpp>

namespace rowan {

namespace {

using engine::Core;

Result<const Strategy*> strategy_with_keys(const Core& core, const User& user) {
  const auto* strategy =
      engine::strategy_that(core, user.realm.subject, [](const Strategy& s) { return bool(s.keys.make); });
  if (strategy == nullptr) return engine::no_strategy(user.realm.subject, "has API keys");
  return strategy;
}

}  // namespace

Result<NewKey> Auth::create_key(AccountId id, const KeyWish& wish) {
  auto& core = *core_;
  ROWAN_TRY(const auto account, engine::find_open(core, id));
  if (account.disabled_at) return Error{.code = ErrorCode::forbidden, .reason = "the account is disabled"};
  const auto& user = account.user;
  ROWAN_TRY(const auto* strategy, strategy_with_keys(core, user));
  ROWAN_CHECK(engine::check_realm(core, user.realm));  // its mail names pages of the tenant
  auto made = strategy->keys.make(core.services, user, wish, [&](Transaction& transaction, const User&) {
    return engine::tell(transaction, core, engine::act_on(user, "create_key"));
  });
  engine::log_outcome(core, "create_key", user, made ? Result<>() : Result<>(made.error()), true);
  return made;
}

Result<std::vector<KeyRecord>> Auth::keys(AccountId id) const {
  ROWAN_TRY(const auto account, engine::find_open(*core_, id));
  ROWAN_TRY(const auto* strategy, strategy_with_keys(*core_, account.user));
  return core_->spine.database.read(
      [&](SqlConnection& connection) { return strategy->keys.list(connection, core_->services, id); });
}

Result<> Auth::revoke_key(AccountId id, std::string_view key) {
  auto& core = *core_;
  ROWAN_TRY(const auto account, engine::find_open(core, id));
  const auto& user = account.user;
  ROWAN_TRY(const auto* strategy, strategy_with_keys(core, user));
  bool done = false;
  auto ended = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(done, strategy->keys.revoke(transaction, core.services, id, key));
    if (done) ROWAN_CHECK(engine::tell(transaction, core, engine::act_on(user, "revoke_key")));
    return {};
  });
  engine::log_outcome(core, "revoke_key", user, ended, done);
  return ended;
}

}  // namespace rowan
