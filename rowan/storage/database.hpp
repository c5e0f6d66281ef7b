#pragma once
// Database: SQLite or PostgreSQL, chosen by a URL. The same statements run on both.
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <memory>
#include <optional>
#include <rowan/base/logger.hpp>
#include <rowan/base/result.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/storage/sql.hpp>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace rowan {

/// A value bound to a parameter: null, integer or text. Binary values are stored as base64url or hex text.
using SqlValue = std::variant<std::monostate, std::int64_t, std::string>;

struct SqlParam {
  SqlParam(std::string_view name, SqlValue value) : name(name), value(std::move(value)) {}
  SqlParam(std::string_view name, std::string_view text) : name(name), value(std::string(text)) {}
  SqlParam(std::string_view name, const std::string& text) : name(name), value(text) {}
  SqlParam(std::string_view name, const char* text) : name(name), value(std::string(text)) {}
  template <std::integral I>
  SqlParam(std::string_view name, I number) : name(name), value(static_cast<std::int64_t>(number)) {}
  SqlParam(std::string_view name, Timestamp time) : name(name), value(to_microseconds(time)) {}
  template <class Tag>
  SqlParam(std::string_view name, const StrongId<Tag>& id) : name(name), value(id.text()) {}
  template <class T>
  SqlParam(std::string_view name, const std::optional<T>& maybe) : SqlParam(name, SqlValue{}) {
    if (maybe) value = SqlParam(name, *maybe).value;
  }
  std::string_view name;
  SqlValue value;
};
using SqlParams = std::initializer_list<SqlParam>;

/// The column names of a result; all of its rows share them.
using SqlNames = std::shared_ptr<const std::vector<std::string>>;

/// One row of a result. You read columns by the names that the statement gives them (`COUNT(*) AS count`). A name that
/// the result lacks or has twice, and `text` of a null, are programming errors: they throw std::logic_error.
class SqlRow {
 public:
  SqlRow(SqlNames names, std::vector<std::optional<std::string>> values)
      : names_(std::move(names)), values_(std::move(values)) {}
  std::size_t size() const { return values_.size(); }
  bool is_null(std::string_view name) const { return !value(name); }
  const std::string& text(std::string_view name) const;  // precondition: not null
  std::string text_or(std::string_view name, std::string_view other) const {
    return value(name).value_or(std::string(other));
  }
  const std::optional<std::string>& maybe_text(std::string_view name) const { return value(name); }
  std::int64_t integer(std::string_view name) const { return number(value(name)); }  // 0 when null or not a number
  Timestamp time(std::string_view name) const { return from_microseconds(integer(name)); }
  std::optional<Timestamp> maybe_time(std::string_view name) const {
    return is_null(name) ? std::nullopt : std::optional(time(name));
  }
  template <class Id>
  Id id(std::string_view name) const {
    return is_null(name) ? Id{} : Id::parse(text(name)).value_or(Id{});
  }

 private:
  friend class SqlConnection;  // `each` reads its rows by position
  const std::optional<std::string>& value(std::string_view name) const;
  static std::int64_t number(const std::optional<std::string>& value);

  SqlNames names_;
  std::vector<std::optional<std::string>> values_;
};

/// Runs statements. Each is prepared once per connection and kept. Not thread-safe: one thread at a time.
/// Errors are `unavailable` (database unreachable, busy, timed out) or `internal`. Their reason never contains a bound
/// value.
class SqlConnection {
 public:
  virtual ~SqlConnection() = default;
  virtual Result<std::vector<SqlRow>> query(const Sql& statement, SqlParams params = {}) = 0;
  /// The number of rows changed.
  virtual Result<std::int64_t> execute(const Sql& statement, SqlParams params = {}) = 0;
  /// The first row, if any.
  Result<std::optional<SqlRow>> first(const Sql& statement, SqlParams params = {});
  /// For many rows of numbers. `take` is called with each row: its columns in the statement's order, null as 0. The
  /// values are valid during the call only.
  virtual Result<> each(const Sql& statement, SqlParams params,
                        const std::function<void(std::span<const std::int64_t>)>& take);
  /// False when a unique key was already taken; the transaction stays usable. Write it as `INSERT … ON CONFLICT DO
  /// NOTHING`.
  Result<bool> insert_unique(const Sql& statement, SqlParams params);
  virtual Dialect dialect() const = 0;
  /// `PGconn*` or `sqlite3*`.
  virtual void* native_handle() = 0;
};

/// A transaction that the Database opened; it commits when the work returns a value and rolls back when it returns an
/// error.
class Transaction {
 public:
  explicit Transaction(SqlConnection& connection) : connection_(&connection) {}
  Transaction(const Transaction&) = delete;
  Transaction& operator=(const Transaction&) = delete;
  Result<std::vector<SqlRow>> query(const Sql& s, SqlParams p = {}) { return connection_->query(s, p); }
  Result<std::int64_t> execute(const Sql& s, SqlParams p = {}) { return connection_->execute(s, p); }
  Result<std::optional<SqlRow>> first(const Sql& s, SqlParams p = {}) { return connection_->first(s, p); }
  Result<bool> insert_unique(const Sql& s, SqlParams p) { return connection_->insert_unique(s, p); }
  Dialect dialect() const { return connection_->dialect(); }
  void* native_handle() { return connection_->native_handle(); }
  SqlConnection& connection() { return *connection_; }
  /// `work` runs last, just before COMMIT; an error rolls back. For the revocation feed
  /// (docs/architecture.md#revocation).
  void before_commit(std::function<Result<>(Transaction&)> work) { before_commit_.push_back(std::move(work)); }
  /// `work` runs after a successful COMMIT, outside the transaction.
  void after_commit(std::function<void()> work) { after_commit_.push_back(std::move(work)); }
  Result<> run_before_commit();
  void run_after_commit();

 private:
  SqlConnection* connection_;
  std::vector<std::function<Result<>(Transaction&)>> before_commit_{};
  std::vector<std::function<void()>> after_commit_{};
};

/// What a commit guarantees when the whole machine, not just the process, goes down right after it.
enum class Durability {
  on_disk,  // it survives a power loss; use it for everything that a client is told
  soon,     // the last ones may be lost; for counts of attempts, which no client sees. The next `on_disk` keeps them
};

/// Reads on a connection outside the pool, for the thread that polls the feed: neither it nor the users of the pool
/// have to wait for each other. One thread at a time.
class OwnReader {
 public:
  virtual ~OwnReader() = default;
  /// All statements of `work` see one snapshot. On PostgreSQL each call checks that the server is a primary, and fails
  /// with `unavailable` on a standby.
  template <class F>
  auto read(F&& work) -> std::invoke_result_t<F&, SqlConnection&> {
    std::optional<std::invoke_result_t<F&, SqlConnection&>> result;
    auto ran = with_reader([&](SqlConnection& connection) { result.emplace(work(connection)); });
    if (!ran) return std::move(ran).error();
    return std::move(*result);
  }

 protected:
  virtual Result<> with_reader(const std::function<void(SqlConnection&)>& work) = 0;
};

/// Thread-safe. Takes connections from a pool. When none is free it waits for a bounded time, then fails with
/// `unavailable`.
class Database {
 public:
  virtual ~Database() = default;
  virtual Dialect dialect() const = 0;
  /// A reader with a connection of its own. The database must outlive it.
  virtual std::unique_ptr<OwnReader> own_reader();
  /// How many callers can use it at once without waiting; 0 when unknown.
  virtual unsigned connections() const { return 0; }

  /// Runs statements outside any transaction, on a connection for reading. When that connection turns out to be broken,
  /// `work` is called again.
  template <class F>
  auto read(F&& work) -> std::invoke_result_t<F&, SqlConnection&> {
    std::optional<std::invoke_result_t<F&, SqlConnection&>> result;
    auto ran = with_reader([&](SqlConnection& connection) { result.emplace(work(connection)); });
    if (!ran) return std::move(ran).error();
    return std::move(*result);
  }
  /// Runs `work` in a transaction (BEGIN IMMEDIATE on SQLite, READ COMMITTED on PostgreSQL): all of it takes effect, or
  /// nothing. `work` is called again when PostgreSQL reports a deadlock or serialization failure, and when the
  /// connection broke before COMMIT was sent, so it must keep its effects in the database.
  /// An error with Effect::unknown means that the COMMIT was sent and its answer was lost: it may have taken effect.
  template <class F>
  auto transact(F&& work, Durability durability = Durability::on_disk) -> std::invoke_result_t<F&, Transaction&> {
    std::optional<std::invoke_result_t<F&, Transaction&>> result;
    auto committed = with_transaction(
        [&](Transaction& transaction) -> Result<> {
          result.emplace(work(transaction));
          if (!*result) return result->error();
          return {};
        },
        durability);
    if (!committed) return std::move(committed).error();
    return std::move(*result);
  }

 protected:
  friend class SharedReader;
  virtual Result<> with_reader(const std::function<void(SqlConnection&)>& work) = 0;
  virtual Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) = 0;
};

struct DatabaseOptions {
  unsigned pool_size = 0;  // connections (PostgreSQL), readers (SQLite); 0: usual_connections()
  std::chrono::milliseconds acquire_timeout{2000};  // waiting for a free connection
  // The limit for one statement, and for waiting for SQLite's lock. A server that does not answer at all is given up
  // one second later.
  std::chrono::milliseconds statement_timeout{5000};
  std::chrono::milliseconds connect_timeout{3000};
};

/// "sqlite:PATH" or "postgres://user:pass@host:port/db". Throws ConfigError for a URL it cannot read and for a file
/// that cannot be opened or written. It does not fail when a PostgreSQL server is unreachable: requests are answered
/// with `unavailable` until the server is back.
std::unique_ptr<Database> open_database(std::string_view url, DatabaseOptions options);
std::unique_ptr<Database> open_database(std::string_view url);

/// The same, with a logger.
std::unique_ptr<Database> open_database(std::string_view url, DatabaseOptions options, Logger& logger);

}  // namespace rowan
