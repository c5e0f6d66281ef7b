#pragma once
// Migrations: .sql files in the folder of the feature. They only go forward, and checksums detect changed files.
#include <rowan/base/embedded.hpp>
#include <rowan/storage/database.hpp>
#include <span>

namespace rowan {

/// The text of one migration for each database, from one file or a pair. `id` is "password/0001_passwords".
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

/// Applies the missing migrations in the given order, each in one transaction, under a lock, so that two nodes can
/// start at once. Returns the ids that this call applied. Errors: `internal` when the checksum of an applied migration
/// has changed, `unavailable` when the database cannot be reached.
Result<std::vector<std::string>> migrate(Database& database, std::span<const Migration> migrations, Timestamp now);
/// Which migrations are applied. Creates nothing.
Result<std::vector<MigrationState>> migration_states(Database& database, std::span<const Migration> migrations);

/// The library's own, by folder: "strategies/password" gives "password/0001_passwords", …, in order of number.
std::vector<Migration> embedded_migrations(std::string_view folder);
/// The same from any files: `<folder>/migrations/NNNN_name.sql`, one for both databases. `{{uuid}}` in it is replaced
/// by the type of an account's id: `uuid` on PostgreSQL, `TEXT` on SQLite. If the databases differ in more than that,
/// write `….sqlite.sql` and `….postgres.sql`; they are used as they are. Ids begin with the last part of `folder`.
/// Throws ConfigError for any other file name, a number that is used twice, and a missing file of a pair.
std::vector<Migration> migrations_in(std::string_view folder, std::span<const EmbeddedFile> files);

namespace storage {
/// The checksum of a migration's text, as the ledger stores it.
std::string checksum_of(std::string_view text);
}  // namespace storage

}  // namespace rowan
