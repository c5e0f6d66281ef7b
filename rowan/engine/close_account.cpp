#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/close_account.hpp>
#include <rowan/engine/letters.hpp>
#include <rowan/tokens/closed_accounts.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan::engine {

Result<> act_and_end(Core& core, AccountId id, const Act& act) {
  ROWAN_TRY(auto generation, tokens::NumberLease::take(core.numbers));
  bool used = false;
  auto ended = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    used = false;
    ROWAN_TRY(auto account, accounts::lock(transaction, id));
    if (!account || account->closed_at) return Error{.code = ErrorCode::not_found, .reason = "no such account"};
    ROWAN_TRY(used, act(transaction, *account));
    if (!used) return {};
    return tokens::end_everything_of(transaction, *account, generation.number(), core.revocation, core.links,
                                     core.clock.now());
  });
  generation.settle(ended, used);
  return ended;
}

namespace {

using With = Services::With;

constexpr Sql drop_flows{"DELETE FROM rowan_flows WHERE account_id = :id"};

// A subject that is no longer declared has no rooms any more; the application's own hooks still hear of it.
std::vector<const Hooks*> hooks_of(const Core& core, const User& user) {
  const auto* subject = core.find_subject(user.subject());
  return subject == nullptr ? std::vector<const Hooks*>{&core.options.hooks} : core.hooks(*subject);
}

// The address is free again: what was mailed to it, or waits to be, is for nobody. Mails of another account with this
// address, of another tenant or subject, stay.
Result<> forget_address(Transaction& transaction, const Core& core, const User& user) {
  const auto email = EmailAddress::parse(user.email);
  if (!email) return {};
  ROWAN_CHECK(tokens::forget_address(transaction, user.realm, email->key()));
  const auto scope = scope_of_mails(user.realm);
  ROWAN_CHECK(core.spine.outbox.forget(transaction, scope, user.email));
  // As it may have been spelled when there was no account yet.
  return email->key().text() == user.email ? Result<>()
                                           : core.spine.outbox.forget(transaction, scope, email->key().text());
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
    if (hooks->on_close) ROWAN_CHECK(hooks->on_close(transaction, core.services, user));
  ROWAN_CHECK(tokens::end_everything_of(transaction, account, new_generation, core.revocation, core.links, now));
  ROWAN_CHECK(tokens::forget_account(transaction, user.id));
  ROWAN_CHECK(transaction.execute(drop_flows, {{"id", user.id}}));
  return accounts::close(transaction, user.id, now);
}

// Whose account it was, when something was done.
Result<std::optional<User>> end_account(Core& core, AccountId id, const With& with, bool erase) {
  ROWAN_TRY(auto generation, tokens::NumberLease::take(core.numbers));
  bool used = false;
  auto done = core.spine.database.transact([&](Transaction& transaction) -> Result<std::optional<User>> {
    used = false;
    ROWAN_TRY(auto account, accounts::lock(transaction, id));
    if (!account) {
      if (erase) return std::nullopt;
      return Error{.code = ErrorCode::not_found, .reason = "no such account"};
    }
    const auto user = account->user;
    if (!account->closed_at) {
      used = true;
      ROWAN_CHECK(close(transaction, core, *account, generation.number(), with));
    }
    if (erase) ROWAN_CHECK(accounts::erase(transaction, id));
    return used || erase ? std::optional(user) : std::nullopt;
  });
  generation.settle(done, used);
  return done;
}

// One statement drops the row with everything that references it, so there must not be too much of that. Tokens that
// are dead can go before, bit by bit. Whoever signs in meanwhile loses the row of that session, so should the erasing
// then fail, it ends with the account and not by its jti.
Result<> drop_tokens_of(Core& core, AccountId id) {
  ROWAN_TRY(const bool many, core.spine.database.read(
                                 [&](SqlConnection& connection) { return tokens::has_many_tokens(connection, id); }));
  if (!many) return {};
  const auto ended = act_and_end(core, id, [](Transaction&, const accounts::Account&) { return Result<bool>(true); });
  if (!ended && ended.error().code != ErrorCode::not_found) return ended;
  while (true) {
    ROWAN_TRY(const bool is_more, core.spine.database.transact([&](Transaction& transaction) {
      return tokens::drop_some_tokens(transaction, id);
    }));
    if (!is_more) return {};
  }
}

}  // namespace

Result<std::optional<User>> close_account(Core& core, AccountId id, const With& with) {
  return end_account(core, id, with, false);
}

Result<std::optional<User>> erase_account(Core& core, AccountId id) {
  ROWAN_CHECK(drop_tokens_of(core, id));
  return end_account(core, id, {}, true);
}

}  // namespace rowan::engine
