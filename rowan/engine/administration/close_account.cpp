#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/administration/close_account.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/phases/events.hpp>
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

// Those that are left open nothing, since their account is closed, and expire within the day.
constexpr Sql drop_flows{R"sql(
  DELETE FROM rowan_flows
  WHERE id IN (
    SELECT id
    FROM rowan_flows
    WHERE account_id = :id
    LIMIT :most)
)sql"};
constexpr Sql more_flows{"SELECT 1 AS one FROM rowan_flows WHERE account_id = :id LIMIT 1 OFFSET :most"};
constexpr auto most_flows = Sweep::rows_at_once;

// The address is free again, so what was mailed to it, or waits to be, has no reader any more. Mails of another account
// with this address, of another tenant or subject, stay.
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
  for (const auto* hooks : hooks_of(core, user.subject()))
    if (hooks->on_close) ROWAN_CHECK(hooks->on_close(transaction, core.services, user));
  ROWAN_CHECK(tokens::end_everything_of(transaction, account, new_generation, core.revocation, core.links, now));
  ROWAN_CHECK(tokens::forget_account(transaction, user.id));
  ROWAN_CHECK(transaction.execute(drop_flows, {{"id", user.id}, {"most", most_flows}}));
  return accounts::close(transaction, user.id, now);
}

// What is done to the account, beside closing it.
struct Ending {
  std::string_view act{};       // for the log and for hooks
  std::string_view strategy{};  // who does it: "administration", or "account" for its owner
  const With& with;
  bool erase = false;
};

Result<> end_account(Core& core, AccountId id, const Ending& ending) {
  ROWAN_TRY(auto generation, tokens::NumberLease::take(core.numbers));
  bool used = false, done = false;
  User user;
  auto ended = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    used = done = false;
    ROWAN_TRY(auto account, accounts::lock(transaction, id));
    if (!account) {
      if (ending.erase) return {};
      return Error{.code = ErrorCode::not_found, .reason = "no such account"};
    }
    user = account->user;
    if (!account->closed_at) {
      used = true;
      ROWAN_CHECK(close(transaction, core, *account, generation.number(), ending.with));
    }
    done = used || ending.erase;
    if (done) ROWAN_CHECK(tell(transaction, core, act_on(user, ending.act, ending.strategy)));
    if (!ending.erase) return {};
    ROWAN_CHECK(tokens::drop_links_and_codes(transaction, id));
    return accounts::erase(transaction, id);
  });
  generation.settle(ended, used);
  log_outcome(core, ending.act, user, ended, done);
  return ended;
}

Result<bool> has_many_rows(SqlConnection& connection, AccountId id) {
  ROWAN_TRY(const auto flow, connection.first(more_flows, {{"id", id}, {"most", most_flows}}));
  return flow ? true : tokens::has_many_rows(connection, id);
}

Result<bool> drop_some_rows(Transaction& transaction, AccountId id) {
  ROWAN_TRY(const auto flows, transaction.execute(drop_flows, {{"id", id}, {"most", most_flows}}));
  return flows >= most_flows ? true : tokens::drop_some_rows(transaction, id);
}

// One statement drops the row with everything that references it, so there must not be too much of that. An account
// with very many rows is closed first: then no session is made meanwhile, and they can go bit by bit. Erasing it again
// goes on where a process died.
Result<> drop_rows_of(Core& core, AccountId id) {
  ROWAN_TRY(const bool many,
            core.spine.database.read([&](SqlConnection& connection) { return has_many_rows(connection, id); }));
  if (!many) return {};
  ROWAN_CHECK(close_account(core, id, {}, "administration"));
  Sweep sweep(core.spine.database, core.clock, core.scheduler, std::chrono::hours(1), &core.stopping);
  ROWAN_CHECK(sweep.repeat([&](Transaction& transaction) { return drop_some_rows(transaction, id); }));
  if (sweep.is_complete()) return {};
  return Error{.code = ErrorCode::unavailable, .reason = "the account is closed; its rows are not all removed yet"};
}

}  // namespace

Result<> close_account(Core& core, AccountId id, const With& with, std::string_view by) {
  return end_account(core, id, {.act = "close", .strategy = by, .with = with});
}

Result<> erase_account(Core& core, AccountId id) {
  ROWAN_CHECK(drop_rows_of(core, id));
  const With nothing;
  return end_account(core, id, {.act = "erase", .strategy = "administration", .with = nothing, .erase = true});
}

}  // namespace rowan::engine
