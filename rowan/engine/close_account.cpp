#include <rowan/base/try.hpp>
#include <rowan/engine/close_account.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

namespace {

using With = std::function<Result<>(Transaction&, const User&)>;

constexpr Sql drop_flows{"DELETE FROM rowan_flows WHERE account_id = :id"};

// A subject that is no longer declared has no rooms any more; the application's own hooks still hear of it.
std::vector<const Hooks*> hooks_of(const Core& core, const User& user) {
  const auto* subject = core.find_subject(user.subject);
  return subject == nullptr ? std::vector<const Hooks*>{&core.options.hooks} : core.hooks(*subject);
}

// In the caller's transaction, under the row lock.
Result<> close(Transaction& transaction, Core& core, accounts::Account& account, std::int64_t new_generation,
               const With& with) {
  const auto& user = account.user;
  const auto now = core.clock.now();
  if (with) ROWAN_CHECK(with(transaction, user));
  for (const auto* hooks : hooks_of(core, user))
    if (hooks->on_close) ROWAN_CHECK(hooks->on_close(transaction, core.spine, user));
  ROWAN_CHECK(tokens::end_everything_of(transaction, account, new_generation, core.revocation, core.links, now));
  ROWAN_CHECK(tokens::forget_account(transaction, user.id));
  ROWAN_CHECK(transaction.execute(drop_flows, {{"id", user.id}}));
  return accounts::close(transaction, user.id, now);
}

Result<> end_account(Core& core, AccountId id, const With& with, bool erase) {
  ROWAN_TRY(auto generation, tokens::NumberLease::take(core.numbers));
  bool used = false;
  auto done = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    used = false;
    ROWAN_TRY(auto account, accounts::lock(transaction, id));
    if (!account) return erase ? Result<>() : Error{.code = ErrorCode::not_found, .reason = "no such account"};
    if (!account->closed_at) {
      used = true;
      ROWAN_CHECK(close(transaction, core, *account, generation.number(), with));
    }
    return erase ? accounts::erase(transaction, id) : Result<>();
  });
  generation.settle(done, used);
  return done;
}

}  // namespace

Result<> close_account(Core& core, AccountId id, const With& with) { return end_account(core, id, with, false); }
Result<> erase_account(Core& core, AccountId id) { return end_account(core, id, {}, true); }

}  // namespace rowan::engine
