#pragma once
// Internal. One PostgreSQL connection, to a primary. Reading outside a transaction is read-only: by the session's own
// default or, behind a pooler, in a transaction that says so.
#include <atomic>
#include <rowan/storage/connection.hpp>
#include <rowan/storage/postgres/connect.hpp>
#include <rowan/storage/postgres/sqlstate.hpp>
#include <rowan/storage/postgres/watchdog.hpp>

namespace rowan::storage {

/// What the connections of one Database share.
struct PostgresServer {
  std::string url{};
  std::chrono::milliseconds connect_at_most{}, statement_timeout{};
  /// There is a pooler in between, so what is set or prepared on the session belongs to the next user of that
  /// connection. Once a pooler was seen, this stays true.
  std::atomic<bool> has_pooler{false};
  std::shared_ptr<LeftBehind> left_behind = std::make_shared<LeftBehind>();
  std::shared_ptr<Watchdog> watchdog = std::make_shared<Watchdog>();
};

class PostgresConnection final : public Connection {
 public:
  /// `unavailable`, with what kept us from connecting in our own words.
  static Result<std::unique_ptr<Connection>> open(const std::shared_ptr<PostgresServer>& server);
  ~PostgresConnection() override;

  Dialect dialect() const override { return Dialect::postgres; }
  void* native_handle() override;
  Result<> run_script(const std::string& text) override;
  Result<> be_patient() override;
  /// Looks at the socket, sends nothing: a server that stopped has closed it.
  bool is_alive() override;

 private:
  PostgresConnection(std::unique_ptr<soci::session> session, std::shared_ptr<PostgresServer> server);
  Result<> set_up();
  std::string settings(std::string_view set) const;
  std::string local_settings() const { return is_pooled_ ? settings("; SET LOCAL ") : std::string(); }
  Result<> run_plain(const std::string& text, std::string_view shown) override;
  Result<> run_begin(Durability durability) override;
  Result<> run_begin_snapshot() override;
  Result<> run_begin_reading() override;
  Result<> run_commit() override;
  Result<> begin_on_primary(std::string_view begin);
  Statement::Kept kept() const override { return is_pooled_ ? Statement::Kept::here : Statement::Kept::on_the_server; }
  bool is_in_transaction() override;
  StatementShape shape_of(soci::details::statement_backend& backend) override;
  std::int64_t changed_rows(soci::details::statement_backend& backend) override;
  void before_statement() override;
  void after_statement() noexcept override { call_.reset(); }
  void reset(soci::details::statement_backend& backend) noexcept override;
  Failure failure_of(const std::exception& exception) override;
  Failure failure_of_state(std::string state, During during);
  During during() const { return is_writing() ? During::writing : During::reading; }
  std::chrono::milliseconds at_most() const;

  const std::shared_ptr<PostgresServer> server_;
  std::optional<Watchdog::Watched> watched_{};
  std::optional<Watchdog::Call> call_{};
  bool is_pooled_ = false;
  bool is_patient_ = false;
};

}  // namespace rowan::storage
