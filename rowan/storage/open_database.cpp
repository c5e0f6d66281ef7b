#include <rowan/base/config_error.hpp>
#include <rowan/base/thread_counts.hpp>
#include <rowan/storage/drivers.hpp>

namespace rowan {
namespace {

void check(const DatabaseOptions& options) {
  using std::chrono::milliseconds;
  std::vector<std::string> problems;
  if (options.acquire_timeout <= milliseconds(0)) problems.emplace_back("database: acquire_timeout must be positive");
  if (options.statement_timeout <= milliseconds(0))
    problems.emplace_back("database: statement_timeout must be positive");
  if (options.connect_timeout <= milliseconds(0)) problems.emplace_back("database: connect_timeout must be positive");
  if (!problems.empty()) throw ConfigError(std::move(problems));
}

}  // namespace

// The URL may hold a password: no message repeats it.
std::unique_ptr<Database> open_database(std::string_view url, DatabaseOptions options, Logger& logger) {
  check(options);
  if (options.pool_size == 0) options.pool_size = usual_connections();
  constexpr std::string_view sqlite = "sqlite:";
  if (url.starts_with(sqlite)) {
#ifdef ROWAN_HAS_STORAGE_SQLITE
    return storage::open_sqlite(url.substr(sqlite.size()), options, logger);
#else
    throw ConfigError("database: this build has no SQLite; build with ROWAN_STORAGE_SQLITE=ON");
#endif
  }
  if (url.starts_with("postgres://") || url.starts_with("postgresql://")) {
#ifdef ROWAN_HAS_STORAGE_POSTGRES
    return storage::open_postgres(std::string(url), options, logger);
#else
    throw ConfigError("database: this build has no PostgreSQL; build with ROWAN_STORAGE_POSTGRES=ON");
#endif
  }
  static_cast<void>(logger);  // unused when no driver is built in
  throw ConfigError("database: write it as sqlite:PATH or postgres://user:password@host:port/name");
}

std::unique_ptr<Database> open_database(std::string_view url, DatabaseOptions options) {
  return open_database(url, options, silent_logger());
}

std::unique_ptr<Database> open_database(std::string_view url) { return open_database(url, DatabaseOptions{}); }

}  // namespace rowan
