#include <algorithm>
#include <map>
#include <rowan/base/try.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/storage/script.hpp>
#include <thread>

namespace rowan {

// FNV-1a of 64 bits and the length. It guards against accidents (an edited file), not against attacks: an attacker who
// can write the ledger or the program needs no collision.
std::string storage::checksum_of(std::string_view text) {
  std::uint64_t hash = 14695981039346656037u;
  for (const char c : text) {
    hash ^= static_cast<unsigned char>(c);
    hash *= 1099511628211u;
  }
  return std::to_string(hash) + "-" + std::to_string(text.size());
}

namespace {

using storage::checksum_of;

constexpr Sql find_ledger{"SELECT name FROM sqlite_master WHERE type = 'table' AND name = 'rowan_migrations'",
                          "SELECT CAST(to_regclass('rowan_migrations') AS text) AS name"};
constexpr Sql create_ledger{R"sql(
  CREATE TABLE IF NOT EXISTS rowan_migrations (
    id TEXT PRIMARY KEY,
    checksum TEXT NOT NULL,
    applied_at BIGINT NOT NULL)
)sql"};
// On PostgreSQL it holds until COMMIT and lets readers pass; on SQLite BEGIN IMMEDIATE has locked already.
constexpr Sql lock_ledger{"SELECT 1", "LOCK TABLE rowan_migrations IN EXCLUSIVE MODE"};
constexpr Sql list_applied{"SELECT id, checksum FROM rowan_migrations"};
constexpr Sql find_applied{"SELECT checksum FROM rowan_migrations WHERE id = :id"};
constexpr Sql insert_applied{R"sql(
  INSERT INTO rowan_migrations (id, checksum, applied_at)
  VALUES (:id, :checksum, :now)
)sql"};

using Checksums = std::map<std::string, std::string, std::less<>>;

Result<bool> has_ledger(Database& database) {
  return database.read([](SqlConnection& connection) -> Result<bool> {
    ROWAN_TRY(const auto row, connection.first(find_ledger));
    return row && !row->is_null("name");
  });
}

// Two nodes may create it at once: IF NOT EXISTS does not keep PostgreSQL from answering 23505 or 42P07 then.
Result<> ensure_ledger(Database& database) {
  constexpr int attempts = 5;
  for (int attempt = 1;; ++attempt) {
    ROWAN_TRY(const bool there, has_ledger(database));
    if (there) return {};
    auto created = database.transact([](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(transaction.execute(create_ledger));
      return {};
    });
    if (created) return {};
    if (created.error().code != ErrorCode::internal || attempt == attempts) return created;
  }
}

Result<Checksums> applied(Database& database) {
  ROWAN_TRY(const bool there, has_ledger(database));
  if (!there) return Checksums();
  return database.read([](SqlConnection& connection) -> Result<Checksums> {
    ROWAN_TRY(const auto rows, connection.query(list_applied));
    Checksums checksums;
    for (const auto& row : rows) checksums.emplace(row.text("id"), row.text("checksum"));
    return checksums;
  });
}

Result<> compare(const Migration& migration, std::string_view text, std::string_view applied_checksum) {
  if (checksum_of(text) == applied_checksum) return {};
  return Error{
      .code = ErrorCode::internal,
      .reason = "migration " + migration.id + " was changed after it had been applied; write a new one instead"};
}

// False when another node was faster. `locked_out`: one of its locks was not to be had, and another try may get it.
Result<bool> apply(Transaction& transaction, const Migration& migration, Timestamp now, bool& locked_out) {
  const auto text = migration.text(transaction.dialect());
  auto* const scripts = dynamic_cast<storage::ScriptConnection*>(&transaction.connection());
  if (!scripts) return Error{.code = ErrorCode::internal, .reason = "this database cannot run migrations"};
  // An index on a large table takes long, and the other node waits for it.
  ROWAN_CHECK(scripts->be_patient());
  ROWAN_CHECK(transaction.query(lock_ledger));
  ROWAN_TRY(const auto row, transaction.first(find_applied, {{"id", migration.id}}));
  if (row) {
    ROWAN_CHECK(compare(migration, text, row->text("checksum")));
    return false;
  }
  if (auto ran = scripts->run_script(std::string(text)); !ran) {
    auto error = std::move(ran).error();
    locked_out = error.code == ErrorCode::unavailable && error.reason.starts_with("SQLSTATE 55P03");
    error.reason = "migration " + migration.id + ": " + error.reason;
    return error;
  }
  ROWAN_CHECK(
      transaction.execute(insert_applied, {{"id", migration.id}, {"checksum", checksum_of(text)}, {"now", now}}));
  return true;
}

// A pg_dump or a long report may hold the lock for minutes, and every reader would wait behind us while we wait for it.
// So each try is short, and the others go on between two tries.
Result<bool> apply_when_free(Database& database, const Migration& migration, Timestamp now) {
  constexpr std::chrono::seconds pause{3};
  constexpr std::chrono::minutes longest{10};
  const auto began = std::chrono::steady_clock::now();
  for (;;) {
    bool locked_out = false;
    auto done = database.transact([&](Transaction& transaction) {
      locked_out = false;
      return apply(transaction, migration, now, locked_out);
    });
    if (!locked_out || done || std::chrono::steady_clock::now() - began > longest) return done;
    std::this_thread::sleep_for(pause);
  }
}

}  // namespace

Result<std::vector<std::string>> migrate(Database& database, std::span<const Migration> migrations, Timestamp now) {
  ROWAN_CHECK(ensure_ledger(database));
  ROWAN_TRY(const auto before, applied(database));
  // Every changed file is found before anything is applied.
  for (const auto& migration : migrations) {
    const auto found = before.find(migration.id);
    if (found != before.end()) ROWAN_CHECK(compare(migration, migration.text(database.dialect()), found->second));
  }
  std::vector<std::string> done;
  for (const auto& migration : migrations) {
    if (before.contains(migration.id)) continue;
    ROWAN_TRY(const bool mine, apply_when_free(database, migration, now));
    if (mine) done.push_back(migration.id);
  }
  return done;
}

Result<std::vector<MigrationState>> migration_states(Database& database, std::span<const Migration> migrations) {
  ROWAN_TRY(const auto checksums, applied(database));
  std::vector<MigrationState> states;
  for (const auto& migration : migrations)
    states.push_back({.id = migration.id, .applied = checksums.contains(migration.id)});
  return states;
}

}  // namespace rowan
