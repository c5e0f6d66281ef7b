#include <soci/soci.h>
#include <soci/sqlite3/soci-sqlite3.h>

#include <rowan/base/try.hpp>
#include <rowan/storage/sqlite/sqlite_connection.hpp>

// SOCI exports its SQLite back end's functions only as virtuals, without type information: UBSan's vptr check cannot
// look at them.
#define ROWAN_PLAIN_DOWNCAST __attribute__((no_sanitize("vptr")))

namespace rowan::storage {
namespace {

using namespace sqlite_api;

ROWAN_PLAIN_DOWNCAST ::sqlite_api::sqlite3* native(soci::session& session) {
  return static_cast<soci::sqlite3_session_backend*>(session.get_backend())->conn_;
}

ROWAN_PLAIN_DOWNCAST sqlite3_stmt* native(soci::details::statement_backend& backend) {
  return static_cast<soci::sqlite3_statement_backend&>(backend).stmt_;
}

}  // namespace

Result<std::unique_ptr<Connection>> SqliteConnection::open(const std::string& path, Role role,
                                                           std::chrono::milliseconds timeout) {
  std::unique_ptr<soci::session> session;
  try {
    session = std::make_unique<soci::session>(soci::sqlite3, "dbname=\"" + path + "\"");
  } catch (const soci::sqlite3_soci_error& error) {
    return Error{.code = ErrorCode::unavailable, .reason = "SQLite " + std::to_string(error.result()) + ": open"};
  } catch (const soci::soci_error&) {
    return Error{.code = ErrorCode::unavailable, .reason = "SQLite: open"};
  }
  std::unique_ptr<SqliteConnection> connection(new SqliteConnection(std::move(session), role, timeout));
  ROWAN_CHECK(connection->set_up());
  return std::unique_ptr<Connection>(std::move(connection));
}

SqliteConnection::SqliteConnection(std::unique_ptr<soci::session> session, Role role, std::chrono::milliseconds timeout)
    : Connection(std::move(session)), role_(role), timeout_(timeout) {}

SqliteConnection::~SqliteConnection() {
  if (role_ == Role::writer) checkpoint();
  close();
}

void* SqliteConnection::native_handle() { return native(session()); }

Result<> SqliteConnection::set_up() {
  auto* const db = native(session());
  sqlite3_extended_result_codes(db, 1);
  sqlite3_busy_timeout(db, static_cast<int>(timeout_.count()));
  // Once in so many steps of SQLite's machine (some 0.1 ms): is the statement late?
  constexpr int steps = 10'000;
  sqlite3_progress_handler(
      db, steps, [](void* self) { return static_cast<int>(static_cast<SqliteConnection*>(self)->is_late()); }, this);
  ROWAN_CHECK(run_plain("PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF;", "PRAGMA"));
  if (role_ == Role::writer) {
    ROWAN_CHECK(switch_to_wal());
    // The hook takes the place of wal_autocheckpoint, which would let readers checkpoint too: 3.40.1 may then lose a
    // commit (the WAL-reset bug, fixed in 3.51.3). Checkpoints are made by the writer, after its commit.
    sqlite3_wal_hook(
        db,
        [](void* self, ::sqlite_api::sqlite3*, const char*, int pages) {
          static_cast<SqliteConnection*>(self)->wal_pages_ = pages;
          return SQLITE_OK;
        },
        this);
    return run_plain("PRAGMA synchronous=FULL;", "PRAGMA");
  }
  sqlite3_db_config(db, SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, 1, nullptr);
  return run_plain("PRAGMA wal_autocheckpoint=0; PRAGMA query_only=ON;", "PRAGMA");
}

// Another process may be switching too, and SQLite does not wait for that lock.
Result<> SqliteConnection::switch_to_wal() {
  for (int attempt = 1;; ++attempt) {
    auto switched = run_plain("PRAGMA journal_mode=WAL;", "PRAGMA journal_mode=WAL");
    if (switched) break;
    if (switched.error().code != ErrorCode::unavailable || attempt == 100) return switched;
    sqlite3_sleep(10);
  }
  auto mode = query(Sql("PRAGMA journal_mode"));
  if (!mode) return std::move(mode).error();
  if (mode->empty() || mode->front().text_or("journal_mode", "") != "wal") {
    return Error{.code = ErrorCode::internal, .reason = "SQLite: no WAL"};
  }
  return {};
}

Result<> SqliteConnection::run_plain(const std::string& text, std::string_view shown) {
  deadline_ = std::chrono::steady_clock::time_point::max();
  const int code = sqlite3_exec(native(session()), text.c_str(), nullptr, nullptr, nullptr);
  if (code == SQLITE_OK) return {};
  return to_error(failure_of_code(code), shown);
}

Result<> SqliteConnection::run_script(const std::string& text) { return run_plain(text, text); }

// Without FULL a commit writes to the log but does not wait for the disk; the next that does takes the whole log along.
Result<> SqliteConnection::run_begin(Durability durability) {
  if (durability != durability_) {
    const bool on_disk = durability == Durability::on_disk;
    ROWAN_CHECK(run_plain(on_disk ? "PRAGMA synchronous=FULL;" : "PRAGMA synchronous=NORMAL;", "PRAGMA"));
    durability_ = durability;
  }
  return run_plain("BEGIN IMMEDIATE", "BEGIN IMMEDIATE");
}

// The first SELECT fixes the moment that all others see.
Result<> SqliteConnection::run_begin_snapshot() { return run_plain("BEGIN", "BEGIN"); }

Result<> SqliteConnection::run_commit() {
  deadline_ = std::chrono::steady_clock::time_point::max();
  const int code = sqlite3_exec(native(session()), "COMMIT", nullptr, nullptr, nullptr);
  if (code != SQLITE_OK) return to_error(failure_of_commit(code), "COMMIT");
  constexpr int many_pages = 1000;
  if (wal_pages_ > many_pages) checkpoint();
  return {};
}

// Passive: it never waits for a reader, and what it cannot move now it moves after a later commit. The commit itself is
// on disk already, so a failure here is ignored.
void SqliteConnection::checkpoint() {
  static_cast<void>(sqlite3_wal_checkpoint_v2(native(session()), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr));
  wal_pages_ = 0;
}

bool SqliteConnection::is_in_transaction() { return sqlite3_get_autocommit(native(session())) == 0; }

StatementShape SqliteConnection::shape_of(soci::details::statement_backend& backend) {
  sqlite3_stmt* const statement = native(backend);
  StatementShape shape;
  for (int i = 0; i < sqlite3_column_count(statement); ++i) {
    const char* const name = sqlite3_column_name(statement, i);
    shape.columns.emplace_back(name ? name : "?");
  }
  for (int i = 1; i <= sqlite3_bind_parameter_count(statement); ++i) {
    const char* const name = sqlite3_bind_parameter_name(statement, i);
    shape.parameters.emplace_back(name ? name + 1 : "?");
  }
  return shape;
}

void SqliteConnection::before_statement() {
  deadline_ = std::chrono::steady_clock::now() + timeout_;
  changes_before_ = sqlite3_total_changes64(native(session()));
}

// sqlite3_changes() keeps its last value over statements that change nothing.
std::int64_t SqliteConnection::changed_rows(soci::details::statement_backend&) {
  auto* const db = native(session());
  return sqlite3_total_changes64(db) == changes_before_ ? 0 : sqlite3_changes64(db);
}

void SqliteConnection::reset(soci::details::statement_backend& backend) noexcept {
  if (sqlite3_stmt* const statement = native(backend)) sqlite3_reset(statement);
}

Failure SqliteConnection::failure_of(const std::exception& exception) {
  const auto* const error = dynamic_cast<const soci::sqlite3_soci_error*>(&exception);
  if (!error) return {.state = "SQLite"};
  return failure_of_code(error->result());
}

Failure SqliteConnection::failure_of_code(int code) const {
  Failure failure{.state = "SQLite " + std::to_string(code)};
  switch (code & 0xFF) {
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_INTERRUPT:  // late, see is_late
    case SQLITE_FULL:
    case SQLITE_IOERR:
    case SQLITE_CANTOPEN: failure.code = ErrorCode::unavailable; break;
    default: break;
  }
  return failure;
}

// Refused before its last frame was written: nothing of it is in the log. After any other failure that frame may be
// there, not yet flushed: this process rolls back, but should it die before it writes again, the next one finds the
// frame and takes the transaction for committed.
Failure SqliteConnection::failure_of_commit(int code) const {
  auto failure = failure_of_code(code);
  switch (code & 0xFF) {
    case SQLITE_ERROR:
    case SQLITE_BUSY:
    case SQLITE_LOCKED:
    case SQLITE_CONSTRAINT:
    case SQLITE_FULL:
    case SQLITE_READONLY:
    case SQLITE_INTERRUPT: break;
    default: failure.effect = Effect::unknown; break;
  }
  return failure;
}

bool SqliteConnection::is_late() const { return std::chrono::steady_clock::now() > deadline_; }

}  // namespace rowan::storage
