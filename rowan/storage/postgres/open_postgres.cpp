#include <atomic>
#include <rowan/base/config_error.hpp>
#include <rowan/storage/drivers.hpp>
#include <rowan/storage/pooled_database.hpp>
#include <rowan/storage/postgres/connection_url.hpp>
#include <rowan/storage/postgres/postgres_connection.hpp>

namespace rowan::storage {

std::unique_ptr<Database> open_postgres(const std::string& url, const DatabaseOptions& options, Logger& logger) {
  auto complete = connection_url(url, options.connect_timeout, options.statement_timeout);
  if (!complete) {
    throw ConfigError(
        "database: PostgreSQL cannot read this URL; write it as postgres://user:password@host:port/name, with special "
        "characters percent-encoded");
  }
  // One line when it goes and one when it is back, not one a request.
  const auto away = std::make_shared<std::atomic<bool>>(false);
  auto open = [away, &logger, url = *std::move(complete),
               timeout = options.statement_timeout]() -> Result<std::unique_ptr<Connection>> {
    auto connection = PostgresConnection::open(url, timeout);
    if (!connection && !away->exchange(true)) logger.warning("database_away", {{"reason", connection.error().reason}});
    if (connection && away->exchange(false)) logger.info("database_back");
    return connection;
  };
  auto pool = std::make_unique<Pool>(options.pool_size, options.acquire_timeout, open);
  return std::make_unique<PooledDatabase>(Dialect::postgres, std::move(open), std::move(pool));
}

}  // namespace rowan::storage
