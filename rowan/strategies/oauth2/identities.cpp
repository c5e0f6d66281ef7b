#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/strategies/oauth2/identities.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr Sql find{R"sql(
  SELECT i.account_id, a.generation
  FROM rowan_identities i
  JOIN rowan_accounts a ON a.id = i.account_id
  WHERE i.tenant = :tenant AND i.subject = :subject AND i.provider = :provider AND i.uid = :uid
)sql"};
constexpr Sql insert{R"sql(
  INSERT INTO rowan_identities (tenant, subject, provider, uid, account_id, email, created_at, last_used_at)
  VALUES (:tenant, :subject, :provider, :uid, :account, :email, :now, :now)
  ON CONFLICT DO NOTHING
)sql"};
constexpr Sql use{R"sql(
  UPDATE rowan_identities
  SET email = :email, last_used_at = :now
  WHERE tenant = :tenant AND subject = :subject AND provider = :provider AND uid = :uid
)sql"};
constexpr Sql of_account{R"sql(
  SELECT uid, email, created_at
  FROM rowan_identities
  WHERE account_id = :account AND provider = :provider
)sql"};
constexpr Sql remove{R"sql(
  DELETE FROM rowan_identities
  WHERE account_id = :account AND provider = :provider AND uid = :uid
)sql"};
constexpr Sql remove_all{"DELETE FROM rowan_identities WHERE account_id = :account"};

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
                                                              {"now", now}}));
  return inserted == 1;
}

Result<> mark_used(Transaction& transaction, const Realm& realm, const Person& person, Timestamp now) {
  ROWAN_CHECK(transaction.execute(use, {{"tenant", realm.tenant},
                                        {"subject", realm.subject},
                                        {"provider", person.provider},
                                        {"uid", person.uid},
                                        {"email", shown_email(person)},
                                        {"now", now}}));
  return {};
}

Result<std::optional<Identity>> identity_of(SqlConnection& connection, AccountId account, std::string_view provider) {
  ROWAN_TRY(const auto row, connection.first(of_account, {{"account", account}, {"provider", provider}}));
  if (!row) return std::optional<Identity>();
  return std::optional(
      Identity{.uid = row->text("uid"), .email = row->text("email"), .created_at = row->time("created_at")});
}

Result<bool> remove_identity(Transaction& transaction, AccountId account, std::string_view provider,
                             std::string_view uid) {
  ROWAN_TRY(const auto removed,
            transaction.execute(remove, {{"account", account}, {"provider", provider}, {"uid", uid}}));
  return removed == 1;
}

Result<> forget_identities(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(remove_all, {{"account", account}}));
  return {};
}

}  // namespace rowan::strategies::oauth2
