#pragma once
// Internal. Connection: what SQLite and PostgreSQL share: a SOCI session, its prepared statements, and errors without
// values.
#include <exception>
#include <functional>
#include <memory>
#include <rowan/storage/script.hpp>
#include <rowan/storage/statement.hpp>
#include <unordered_map>

namespace rowan::storage {

/// A driver's reading of a failure.
struct Failure {
  ErrorCode code = ErrorCode::internal;
  std::string state{};            // "SQLSTATE 23505", "SQLite 2067"; never the library's text: it quotes bound values
  bool broken = false;            // the connection is of no more use
  bool server_is_gone = false;    // nor are others to that server
  bool run_again = false;         // the same again may do: nothing has been done
  bool forget_statement = false;  // prepare it again next time
  Effect effect = Effect::none;   // unknown: of a COMMIT only
};

/// Not thread-safe; the pool gives it to one thread at a time.
class Connection : public SqlConnection, public ScriptConnection {
 public:
  ~Connection() override;
  Result<std::vector<SqlRow>> query(const Sql& statement, SqlParams params = {}) final;
  Result<std::int64_t> execute(const Sql& statement, SqlParams params = {}) final;

  Result<> begin(Durability durability = Durability::on_disk);
  /// All statements that follow see one snapshot and cannot write. `unavailable` from a server that is not a primary.
  Result<> begin_snapshot();
  /// Before and after statements that are in no transaction and cannot write.
  Result<> begin_reading();
  void end_reading() noexcept;
  /// An error whose effect is `none`: it was rolled back, or will be by the server.
  Result<> commit();
  void rollback() noexcept;

  /// Asked before an idle connection is given out again.
  virtual bool is_alive() { return true; }
  bool is_broken() const { return broken_; }
  bool server_is_gone() const { return server_is_gone_; }
  /// Since begin…(): what failed should be tried again as a whole, on another connection when this one is broken.
  bool wants_another_run() const { return run_again_; }
  /// The first since begin…().
  const std::optional<Error>& first_failure() const { return first_failure_; }
  std::size_t prepared_statements() const { return statements_.size(); }

 protected:
  explicit Connection(std::unique_ptr<soci::session> session);
  soci::session& session() { return *session_; }
  void close();  // for the driver's destructor: statements first, then the session

  /// `shown` is what an error names.
  virtual Result<> run_plain(const std::string& text, std::string_view shown) = 0;
  virtual Result<> run_begin(Durability durability) = 0;
  virtual Result<> run_begin_snapshot() = 0;
  virtual Result<> run_begin_reading() { return {}; }
  virtual Result<> run_commit() = 0;
  /// False when the database ended the transaction by itself.
  virtual bool is_in_transaction() = 0;
  virtual StatementShape shape_of(soci::details::statement_backend& backend) = 0;
  virtual std::int64_t changed_rows(soci::details::statement_backend& backend) = 0;
  virtual void before_statement() {}
  virtual void after_statement() noexcept {}
  virtual Statement::Kept kept() const { return Statement::Kept::on_the_server; }
  bool is_writing() const { return in_transaction_ && !is_reading_; }
  /// An open SELECT hides later changes on SQLite: every statement is reset after use, also after a failure.
  virtual void reset(soci::details::statement_backend& backend) noexcept = 0;
  virtual Failure failure_of(const std::exception& exception) = 0;
  Error to_error(const Failure& failure, std::string_view text);

 private:
  struct HashOfText {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  void before_begin(bool reading);
  Result<> note_begun(Result<> begun);
  Result<std::int64_t> run(std::string_view text, SqlParams params, std::vector<SqlRow>* rows);
  Statement& prepared(std::string_view text);
  void forget(std::string_view text);

  std::unique_ptr<soci::session> session_;
  std::unordered_map<std::string, std::unique_ptr<Statement>, HashOfText, std::equal_to<>> statements_{};
  bool in_transaction_ = false;
  bool is_reading_ = false;  // the transaction, if there is one, was not begun to write
  bool broken_ = false;
  bool server_is_gone_ = false;
  bool run_again_ = false;
  std::optional<Error> first_failure_{};
};

}  // namespace rowan::storage
