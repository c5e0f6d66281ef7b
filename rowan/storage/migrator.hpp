#pragma once
// Migrations: .sql files beside the feature, forward only, checksummed.
#include <rowan/base/embedded.hpp>
#include <rowan/storage/database.hpp>
#include <span>

namespace rowan {

/// What one file, or a pair, says to each database. `id` is "password/0001_passwords".
struct Migration {
  std::string id{};
  std::string sqlite{};
  std::string postgres{};
  std::string_view text(Dialect dialect) const { return dialect == Dialect::sqlite ? sqlite : postgres; }
};

struct MigrationState {
  std::string id{};
  bool applied = false;
};

/// Applies what is missing, in the order given, each in one transaction, under a lock: two nodes may start at once.
/// Errors: a migration that was applied has another checksum now (`internal`), database away (`unavailable`).
/// Returns the ids applied by this call.
Result<std::vector<std::string>> migrate(Database& database, std::span<const Migration> migrations, Timestamp now);
/// What is applied and what is not; creates nothing.
Result<std::vector<MigrationState>> migration_states(Database& database, std::span<const Migration> migrations);

/// The library's own, by folder: "strategies/password" gives "password/0001_passwords", …, in order of number.
std::vector<Migration> embedded_migrations(std::string_view folder);
/// The same from any files: `<folder>/migrations/NNNN_name.sql`, one for both databases, in which `{{uuid}}` is the
/// type of an account's id: `uuid` on PostgreSQL, `TEXT` on SQLite. Or `….sqlite.sql` and `….postgres.sql`, taken as
/// they are, where the two differ in more. The last part of `folder` begins the id. Throws ConfigError for a name of
/// another form, a number used twice and a dialect without its file.
std::vector<Migration> migrations_in(std::string_view folder, std::span<const EmbeddedFile> files);

namespace storage {
/// By which the ledger knows the text of a migration.
std::string checksum_of(std::string_view text);
}  // namespace storage

}  // namespace rowan
