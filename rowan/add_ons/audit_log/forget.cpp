#include <rowan/add_ons/audit_log/forget.hpp>
#include <rowan/add_ons/audit_log/queries.hpp>
#include <rowan/base/try.hpp>

namespace rowan::add_ons::audit_log {

namespace {

constexpr auto most_forgotten = Sweep::rows_at_once;
// A request that was answered while the account was closed has written its row by then.
constexpr std::chrono::minutes until_all_is_written{1};

struct Bit {
  std::string next{};  // where it goes on
  bool is_more = false;
};

Result<Bit> forget_bit(Transaction& transaction, AccountId account, Forget what, const std::string& from) {
  const auto& statement = what == Forget::account ? sql::forget_account : sql::forget_details;
  ROWAN_TRY(const auto rows,
            transaction.query(statement, {{"account", account}, {"from", from}, {"most", most_forgotten}}));
  Bit bit{.next = from, .is_more = std::ssize(rows) >= most_forgotten};
  if (!bit.is_more) return bit;
  for (const auto& row : rows) bit.next = std::max(bit.next, row.text("id"));
  return bit;
}

}  // namespace

Result<> forget(Transaction& transaction, const Clock& clock, AccountId account, Forget what) {
  ROWAN_TRY(const auto bit, forget_bit(transaction, account, what, ""));
  ROWAN_CHECK(transaction.execute(sql::leave_rest, {{"account", account},
                                                    {"forget", what == Forget::account ? "account" : "details"},
                                                    {"next", bit.next},
                                                    {"since", clock.now()}}));
  return {};
}

Result<> forget_rest(const Clock& clock, Sweep& sweep) {
  const auto before = clock.now() - until_all_is_written;
  return sweep.repeat([before](Transaction& transaction) -> Result<bool> {
    ROWAN_TRY(const auto rest, transaction.first(sql::any_rest, {{"before", before}}));
    if (!rest) return false;
    const auto account = rest->id<AccountId>("account_id");
    const auto what = rest->text("forget") == "account" ? Forget::account : Forget::details;
    ROWAN_TRY(const auto bit, forget_bit(transaction, account, what, rest->text("next")));
    if (bit.is_more)
      ROWAN_CHECK(transaction.execute(sql::move_on, {{"account", account}, {"next", bit.next}}));
    else
      ROWAN_CHECK(transaction.execute(sql::is_done, {{"account", account}}));
    return true;
  });
}

Result<> hide_earlier(Transaction& transaction, AccountId account, const std::string& last_hidden) {
  ROWAN_CHECK(transaction.execute(sql::set_shown_after, {{"account", account}, {"shown_after", last_hidden}}));
  return {};
}

Result<> expire(Sweep& sweep, std::chrono::seconds lifetime) { return sweep.remove(sql::expire, lifetime); }

}  // namespace rowan::add_ons::audit_log
