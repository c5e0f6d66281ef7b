#include <algorithm>
#include <rowan/accounts/account_row.hpp>
#include <rowan/accounts/accounts.hpp>
#include <rowan/accounts/queries.hpp>
#include <rowan/base/try.hpp>

namespace rowan::accounts {

Result<Account> account_from(const SqlRow& row) {
  const auto subject = SubjectName::from(row.text("subject"));
  const auto tenant = TenantName::from(row.text("tenant"));
  if (!subject || !tenant)
    return Error{.code = ErrorCode::internal, .reason = "an account's row has a subject or tenant of no such name"};
  Account account;
  account.user.id = row.id<AccountId>("id");
  account.user.realm = {.tenant = *tenant, .subject = *subject};
  account.generation = row.integer("generation");
  account.tenant_generation = row.integer("tenant_generation");
  account.user.locale = row.text("locale");
  // What SQL wrote there and cannot be read is nothing: an account must not become one that cannot be ended.
  if (auto extra = Json::parse(row.text("extra"))) account.user.extra = *std::move(extra);
  account.user.created_at = row.time("created_at");
  account.disabled_at = row.maybe_time("disabled_at");
  account.closed_at = row.maybe_time("closed_at");
  account.user.email = row.text_or("shown", "");
  account.user.confirmed_at = row.maybe_time("verified_at");
  return account;
}

namespace {

Result<std::optional<Account>> maybe_account(const std::optional<SqlRow>& row) {
  if (!row) return std::nullopt;
  ROWAN_TRY(auto account, account_from(*row));
  return account;
}

}  // namespace

Result<std::optional<Account>> find(SqlConnection& connection, AccountId id) {
  ROWAN_TRY(const auto row, connection.first(sql::by_id, {{"id", id}}));
  return maybe_account(row);
}

Result<std::optional<Account>> find_by_email(SqlConnection& connection, const Realm& realm, const EmailKey& email) {
  ROWAN_TRY(const auto row,
            connection.first(
                sql::by_identifier,
                {{"tenant", realm.tenant}, {"subject", realm.subject}, {"kind", "email"}, {"key", email.text()}}));
  // Read before it is dropped, so that an address without an account takes as long (THR-07).
  auto account = maybe_account(row);
  if (row && row->integer("theirs") == 0) return std::nullopt;
  return account;
}

Result<std::optional<Account>> lock(Transaction& transaction, AccountId id) {
  ROWAN_TRY(const auto locked, transaction.first(sql::lock, {{"id", id}}));
  if (!locked) return std::nullopt;
  return find(transaction.connection(), id);
}

Result<bool> create(Transaction& transaction, const NewAccount& account, const EmailAddress& email, Timestamp now) {
  ROWAN_CHECK(transaction.insert_unique(sql::insert_tenant,
                                        {{"tenant", account.realm.tenant}, {"generation", account.tenant_generation}}));
  ROWAN_CHECK(transaction.execute(sql::insert_account, {{"id", account.id},
                                                        {"tenant", account.realm.tenant},
                                                        {"subject", account.realm.subject},
                                                        {"generation", account.generation},
                                                        {"locale", account.locale},
                                                        {"extra", account.extra.text()},
                                                        {"now", now}}));
  ROWAN_TRY(const bool free, transaction.insert_unique(sql::insert_identifier, {{"tenant", account.realm.tenant},
                                                                                {"subject", account.realm.subject},
                                                                                {"kind", "email"},
                                                                                {"key", email.key().text()},
                                                                                {"shown", email.shown()},
                                                                                {"verified_at", account.verified_at},
                                                                                {"account", account.id},
                                                                                {"now", now}}));
  if (free) return true;
  ROWAN_CHECK(transaction.execute(sql::delete_account, {{"id", account.id}}));
  return false;
}

Result<> set_generation(Transaction& transaction, AccountId id, std::int64_t generation, Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::set_generation, {{"id", id}, {"generation", generation}, {"now", now}}));
  return {};
}

Result<> set_disabled(Transaction& transaction, AccountId id, std::optional<Timestamp> since, Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::set_disabled, {{"id", id}, {"disabled_at", since}, {"now", now}}));
  return {};
}

Result<bool> change_email(Transaction& transaction, const Account& account, const EmailAddress& email, Timestamp now) {
  ROWAN_TRY(const auto inserted,
            transaction.execute(sql::insert_identifier, {{"tenant", account.user.realm.tenant},
                                                         {"subject", account.user.realm.subject},
                                                         {"kind", "email"},
                                                         {"key", email.key().text()},
                                                         {"shown", email.shown()},
                                                         {"verified_at", std::optional<Timestamp>()},
                                                         {"account", account.user.id},
                                                         {"now", now}}));
  if (inserted != 1) {
    // The same address in another spelling is the account's own.
    ROWAN_TRY(const auto renamed,
              transaction.execute(sql::rename_identifier,
                                  {{"id", account.user.id}, {"key", email.key().text()}, {"shown", email.shown()}}));
    if (renamed != 1) return false;
  }
  ROWAN_CHECK(
      transaction.execute(sql::delete_other_identifiers, {{"id", account.user.id}, {"key", email.key().text()}}));
  return true;
}

Result<> free_unproven(Transaction& transaction, const Account& account, const EmailAddress& email,
                       Timestamp made_since) {
  ROWAN_CHECK(transaction.execute(sql::free_unproven, {{"tenant", account.user.realm.tenant},
                                                       {"subject", account.user.realm.subject},
                                                       {"key", email.key().text()},
                                                       {"id", account.user.id},
                                                       {"made_since", made_since}}));
  return {};
}

Result<bool> verify_email(Transaction& transaction, AccountId id, const EmailKey& email, Timestamp now) {
  ROWAN_TRY(const auto changed,
            transaction.execute(sql::verify_identifier, {{"id", id}, {"key", email.text()}, {"now", now}}));
  return changed == 1;
}

Result<> set_extra(Transaction& transaction, AccountId id, const Json& extra, Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::set_extra, {{"id", id}, {"extra", extra.text()}, {"now", now}}));
  return {};
}

Result<> close(Transaction& transaction, AccountId id, Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::delete_identifiers, {{"id", id}}));
  ROWAN_CHECK(transaction.execute(sql::close, {{"id", id}, {"now", now}}));
  return {};
}

Result<> erase(Transaction& transaction, AccountId id) {
  ROWAN_CHECK(transaction.execute(sql::delete_account, {{"id", id}}));
  return {};
}

}  // namespace rowan::accounts
