#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/kept_tokens.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr Sql find{R"sql(
  SELECT i.account_id, a.generation
  FROM rowan_identities i
  JOIN rowan_accounts a ON a.id = i.account_id
  WHERE i.tenant = :tenant AND i.subject = :subject AND i.provider = :provider AND i.uid = :uid
)sql"};
constexpr Sql insert{R"sql(
  INSERT INTO rowan_identities (tenant, subject, provider, uid, account_id, email, created_at, last_used_at, strategy)
  VALUES (:tenant, :subject, :provider, :uid, :account, :email, :now, :now, :strategy)
  ON CONFLICT DO NOTHING
)sql"};
constexpr Sql use{R"sql(
  UPDATE rowan_identities
  SET email = :email, last_used_at = :now, strategy = :strategy
  WHERE tenant = :tenant AND subject = :subject AND provider = :provider AND uid = :uid
)sql"};
constexpr Sql of_account{R"sql(
  SELECT provider, uid, email, strategy, created_at, last_used_at
  FROM rowan_identities
  WHERE account_id = :account AND provider = :provider
)sql"};
constexpr Sql all_of_account{R"sql(
  SELECT provider, uid, email, strategy, created_at, last_used_at
  FROM rowan_identities
  WHERE account_id = :account
  ORDER BY created_at, provider
)sql"};

Identity identity_from(const SqlRow& row) {
  return {.provider = row.text("provider"),
          .uid = row.text("uid"),
          .email = row.text("email"),
          .strategy = row.text("strategy"),
          .created_at = row.time("created_at"),
          .last_used_at = row.time("last_used_at")};
}

constexpr Sql remove{R"sql(
  DELETE FROM rowan_identities
  WHERE account_id = :account AND provider = :provider AND uid = :uid
)sql"};
constexpr Sql remove_all{"DELETE FROM rowan_identities WHERE account_id = :account"};
constexpr Sql remove_all_of_provider{R"sql(
  DELETE FROM rowan_identities
  WHERE tenant = :tenant AND subject = :subject AND provider = :provider
)sql"};

}  // namespace

std::string shown_email(const Person& person) {
  const auto& email = person.email;
  return email.size() <= 320 && is_storable_text(email) && !has_control_characters(email) ? email : std::string();
}

Result<std::optional<Linked>> find_identity(SqlConnection& connection, const Realm& realm, const Person& person) {
  ROWAN_TRY(const auto row, connection.first(find, {{"tenant", realm.tenant},
                                                    {"subject", realm.subject},
                                                    {"provider", person.provider},
                                                    {"uid", person.uid}}));
  if (!row) return std::optional<Linked>();
  return std::optional(Linked{.account = row->id<AccountId>("account_id"), .generation = row->integer("generation")});
}

Result<bool> add_identity(Transaction& transaction, const Realm& realm, const Person& person, AccountId account,
                          Timestamp now) {
  ROWAN_TRY(const auto inserted, transaction.execute(insert, {{"tenant", realm.tenant},
                                                              {"subject", realm.subject},
                                                              {"provider", person.provider},
                                                              {"uid", person.uid},
                                                              {"account", account},
                                                              {"email", shown_email(person)},
                                                              {"now", now},
                                                              {"strategy", person.strategy}}));
  return inserted == 1;
}

Result<> mark_used(Transaction& transaction, const Realm& realm, const Person& person, Timestamp now) {
  ROWAN_CHECK(transaction.execute(use, {{"tenant", realm.tenant},
                                        {"subject", realm.subject},
                                        {"provider", person.provider},
                                        {"uid", person.uid},
                                        {"email", shown_email(person)},
                                        {"now", now},
                                        {"strategy", person.strategy}}));
  return {};
}

Result<std::optional<Identity>> identity_of(SqlConnection& connection, AccountId account, std::string_view provider) {
  ROWAN_TRY(const auto row, connection.first(of_account, {{"account", account}, {"provider", provider}}));
  return row ? std::optional(identity_from(*row)) : std::optional<Identity>();
}

Result<std::vector<Identity>> identities_of(SqlConnection& connection, AccountId account) {
  ROWAN_TRY(const auto rows, connection.query(all_of_account, {{"account", account}}));
  std::vector<Identity> all;
  for (const auto& row : rows) all.push_back(identity_from(row));
  return all;
}

Result<bool> remove_identity(Transaction& transaction, AccountId account, std::string_view provider,
                             std::string_view uid) {
  ROWAN_TRY(const auto removed,
            transaction.execute(remove, {{"account", account}, {"provider", provider}, {"uid", uid}}));
  if (removed == 1) ROWAN_CHECK(forget_tokens(transaction, account, provider));
  return removed == 1;
}

Result<> forget_identities(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(remove_all, {{"account", account}}));
  return forget_tokens(transaction, account);
}

Result<> forget_identities(Transaction& transaction, const Realm& realm, std::string_view provider) {
  ROWAN_CHECK(transaction.execute(remove_all_of_provider,
                                  {{"tenant", realm.tenant}, {"subject", realm.subject}, {"provider", provider}}));
  return {};
}

}  // namespace rowan::strategies::oauth2
