#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/close_account.hpp>
#include <rowan/engine/letters.hpp>
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

// The address is free again: what was mailed to it, or waits to be, is for nobody. Mails of another account with this
// address, of another tenant or subject, stay.
Result<> forget_address(Transaction& transaction, const Core& core, const User& user) {
  const auto email = EmailAddress::parse(user.email);
  if (!email) return {};
  ROWAN_CHECK(tokens::forget_address(transaction, user.tenant, user.subject, email->key()));
  const auto scope = scope_of_mails(user.tenant, user.subject);
  ROWAN_CHECK(core.spine.outbox.forget(transaction, scope, user.email));
  // As it may have been spelled when there was no account yet.
  return email->key() == user.email ? Result<>() : core.spine.outbox.forget(transaction, scope, email->key());
}

// In the caller's transaction, under the row lock.
Result<> close(Transaction& transaction, Core& core, accounts::Account& account, std::int64_t new_generation,
               const With& with) {
  const auto& user = account.user;
  const auto now = core.clock.now();
  // First: the letters of `with` and of the hooks are to arrive.
  ROWAN_CHECK(forget_address(transaction, core, user));
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
