#include <algorithm>
#include <map>
#include <rowan/base/config_error.hpp>
#include <rowan/storage/migrator.hpp>

namespace rowan {

namespace embedded {
extern const EmbeddedFile migration_files[];  // written by the build from */migrations/*.sql
extern const std::size_t migration_files_count;
}  // namespace embedded

std::vector<Migration> embedded_migrations(std::string_view folder) {
  return migrations_in(folder, {embedded::migration_files, embedded::migration_files_count});
}

namespace {

bool take_suffix(std::string_view& name, std::string_view suffix) {
  if (!name.ends_with(suffix)) return false;
  name.remove_suffix(suffix.size());
  return true;
}

// "0001_passwords"
bool is_numbered(std::string_view name) {
  return name.size() > 5 && name[4] == '_' &&
         std::ranges::all_of(name.substr(0, 4), [](char c) { return c >= '0' && c <= '9'; });
}

std::string with_type(std::string_view text, std::string_view uuid) {
  constexpr std::string_view placeholder = "{{uuid}}";
  std::string filled;
  for (auto at = text.find(placeholder); at != std::string_view::npos; at = text.find(placeholder)) {
    filled.append(text.substr(0, at)).append(uuid);
    text.remove_prefix(at + placeholder.size());
  }
  return filled.append(text);
}

}  // namespace

std::vector<Migration> migrations_in(std::string_view folder, std::span<const EmbeddedFile> files) {
  const auto prefix = std::string(folder) + "/migrations/";
  const auto feature = folder.substr(folder.rfind('/') + 1);  // npos + 1 is 0
  std::map<std::string, Migration> by_id;                     // numbers have four digits: the order of names is theirs
  for (const auto& file : files) {
    auto name = file.name;
    if (!name.starts_with(prefix)) continue;
    name.remove_prefix(prefix.size());
    const bool sql = take_suffix(name, ".sql");
    const bool only_sqlite = take_suffix(name, ".sqlite");
    const bool only_postgres = !only_sqlite && take_suffix(name, ".postgres");
    if (!sql || !is_numbered(name))
      throw ConfigError("migrations: " + std::string(file.name) + " is not named NNNN_name.sql");
    const auto id = std::string(feature) + "/" + std::string(name);
    auto& migration = by_id[id];
    migration.id = id;
    const bool both = !only_sqlite && !only_postgres;
    if (!only_postgres) migration.sqlite = both ? with_type(file.bytes, "TEXT") : std::string(file.bytes);
    if (!only_sqlite) migration.postgres = both ? with_type(file.bytes, "uuid") : std::string(file.bytes);
  }
  std::vector<Migration> migrations;
  const auto number_at = feature.size() + 1;
  for (auto& [id, migration] : by_id) {
    if (migration.sqlite.empty() || migration.postgres.empty()) {
      throw ConfigError("migrations: " + id + " is missing for one of the databases");
    }
    if (!migrations.empty() && migrations.back().id.compare(number_at, 4, id, number_at, 4) == 0) {
      throw ConfigError("migrations: " + id + " has the number of " + migrations.back().id);
    }
    migrations.push_back(std::move(migration));
  }
  return migrations;
}

}  // namespace rowan
