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
  const auto server = std::make_shared<PostgresServer>();
  server->url = std::move(complete->text);
  server->connect_at_most = complete->at_most;
  server->statement_timeout = options.statement_timeout;
  // One line when it goes and one when it is back, not one a request.
  const auto away = std::make_shared<std::atomic<bool>>(false);
  const auto pooler_said = std::make_shared<std::atomic<bool>>(false);
  Pool::Open open = [server, away, pooler_said, &logger]() -> Result<std::unique_ptr<Connection>> {
    auto connection = PostgresConnection::open(server);
    if (!connection && !away->exchange(true)) logger.warning("database_away", {{"reason", connection.error().reason}});
    if (connection && away->exchange(false)) logger.info("database_back");
    if (connection && server->has_pooler && !pooler_said->exchange(true)) logger.info("database_behind_pooler");
    return connection;
  };
  return std::make_unique<PooledDatabase>(
      PooledDatabase::Parts{.dialect = Dialect::postgres,
                            .patience = options.statement_timeout,
                            .open_reader = open,
                            .writers = std::make_unique<Pool>(options.pool_size, options.acquire_timeout, open)});
}

}  // namespace rowan::storage
