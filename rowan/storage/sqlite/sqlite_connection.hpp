#pragma once
// Internal. One SQLite connection: the writer, or a reader that cannot write.
#include <rowan/storage/connection.hpp>

namespace rowan::storage {

class SqliteConnection final : public Connection {
 public:
  enum class Role { writer, reader };
  /// `unavailable` or `internal`, with SQLite's result code in the reason. The file must exist.
  static Result<std::unique_ptr<Connection>> open(const std::string& path, Role role,
                                                  std::chrono::milliseconds timeout);
  ~SqliteConnection() override;

  Dialect dialect() const override { return Dialect::sqlite; }
  void* native_handle() override;
  Result<> run_script(const std::string& text) override;
  Result<> be_patient() override { return {}; }  // BEGIN IMMEDIATE has waited already, and scripts have no limit

 private:
  SqliteConnection(std::unique_ptr<soci::session> session, Role role, std::chrono::milliseconds timeout);
  Result<> set_up();
  Result<> switch_to_wal();
  Result<> run_plain(const std::string& text, std::string_view shown) override;
  Result<> run_begin(Durability durability) override;
  Result<> run_begin_snapshot() override;
  Result<> run_commit() override;
  bool is_in_transaction() override;
  StatementShape shape_of(soci::details::statement_backend& backend) override;
  std::int64_t changed_rows(soci::details::statement_backend& backend) override;
  void before_statement() override;
  void reset(soci::details::statement_backend& backend) noexcept override;
  Failure failure_of(const std::exception& exception) override;
  Failure failure_of_code(int code) const;
  Failure failure_of_commit(int code) const;
  void checkpoint();
  bool is_late() const;

  const Role role_;
  const std::chrono::milliseconds timeout_;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  std::int64_t changes_before_ = 0;
  int wal_pages_ = 0;
  Durability durability_ = Durability::on_disk;
};

}  // namespace rowan::storage
