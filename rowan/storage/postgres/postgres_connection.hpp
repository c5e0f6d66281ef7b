#pragma once
// Internal. One PostgreSQL connection. Reading outside a transaction is read-only by the session's own default.
#include <rowan/storage/connection.hpp>

namespace rowan::storage {

class PostgresConnection final : public Connection {
 public:
  /// `unavailable`, with what kept us from connecting in our own words.
  static Result<std::unique_ptr<Connection>> open(const std::string& url, std::chrono::milliseconds statement_timeout);
  ~PostgresConnection() override;

  Dialect dialect() const override { return Dialect::postgres; }
  void* native_handle() override;
  Result<> run_script(const std::string& text) override;
  /// Looks at the socket, sends nothing: a server that stopped has closed it.
  bool is_alive() override;

 private:
  explicit PostgresConnection(std::unique_ptr<soci::session> session);
  Result<> set_up(std::chrono::milliseconds statement_timeout);
  Result<> run_plain(const std::string& text, std::string_view shown) override;
  Result<> run_begin(Durability durability) override;
  Result<> run_begin_snapshot() override;
  Result<> run_commit() override;
  bool is_in_transaction() override;
  StatementShape shape_of(soci::details::statement_backend& backend) override;
  std::int64_t changed_rows(soci::details::statement_backend& backend) override;
  void reset(soci::details::statement_backend& backend) noexcept override;
  Failure failure_of(const std::exception& exception) override;
  Failure failure_of_state(std::string state);
};

}  // namespace rowan::storage
