#if defined(ROWAN_HAS_STORAGE_SQLITE) || defined(ROWAN_HAS_STORAGE_POSTGRES)
#include <soci/soci.h>
#include <rowan/base/try.hpp>
#include <rowan/storage/connection.hpp>

namespace rowan::storage {

Connection::Connection(std::unique_ptr<soci::session> session) : session_(std::move(session)) {}
Connection::~Connection() { close(); }

void Connection::close() {
  statements_.clear();
  session_.reset();
}

Result<std::vector<SqlRow>> Connection::query(const Sql& statement, SqlParams params) {
  std::vector<SqlRow> rows;
  ROWAN_CHECK(run(statement.text(dialect()), params, &rows));
  return rows;
}

Result<std::int64_t> Connection::execute(const Sql& statement, SqlParams params) {
  return run(statement.text(dialect()), params, nullptr);
}

Result<std::int64_t> Connection::run(std::string_view text, SqlParams params, std::vector<SqlRow>* rows) {
  if (broken_) return to_error({.code = ErrorCode::unavailable, .state = "connection lost"}, text);
  // SQLite rolls back by itself on a full disk or an interrupt; what follows must not commit one by one.
  if (in_transaction_ && !is_in_transaction()) return to_error({.state = "transaction gone"}, text);
  struct Timed {
    explicit Timed(Connection& connection) : connection(connection) { connection.before_statement(); }
    ~Timed() { connection.after_statement(); }
    Connection& connection;
  };
  const bool was_prepared = statements_.contains(text);
  Statement* statement = nullptr;
  try {
    const Timed timed(*this);
    statement = &prepared(text);
    if (auto bound = statement->bind(params); !bound) {
      return to_error({.code = bound.error().code, .state = bound.error().reason}, text);
    }
    statement->run(rows);
    const auto changed = changed_rows(statement->backend());
    reset(statement->backend());
    return changed;
  } catch (const std::exception& exception) {
    auto failure = failure_of(exception);
    if (statement) {
      reset(statement->backend());
      statement->detach();
    }
    if (failure.forget_statement) {
      const Timed timed(*this);  // it tells the server so
      forget(text);
    }
    if (failure.forget_statement && was_prepared && !failure.broken) {
      if (!in_transaction_ && rows) {  // alone, and it only reads: prepared anew it runs at once
        rows->clear();
        return run(text, params, rows);
      }
      failure.run_again = true;
    }
    return to_error(failure, text);
  }
}

Statement& Connection::prepared(std::string_view text) {
  if (const auto found = statements_.find(text); found != statements_.end()) return *found->second;
  auto statement = std::make_unique<Statement>(*session_, text, kept());
  statement->set_shape(shape_of(statement->backend()));
  return *statements_.emplace(text, std::move(statement)).first->second;
}

void Connection::forget(std::string_view text) {
  if (const auto found = statements_.find(text); found != statements_.end()) statements_.erase(found);
}

namespace {

// Its beginning, on one line.
std::string shown(std::string_view text) {
  constexpr std::size_t most = 60;
  std::string line;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\n';
    if (blank && line.ends_with(' ')) continue;
    if (line.size() == most) break;
    line += blank ? ' ' : c;
  }
  return line;
}

}  // namespace

Error Connection::to_error(const Failure& failure, std::string_view text) {
  broken_ |= failure.broken;
  server_is_gone_ |= failure.server_is_gone;
  run_again_ |= failure.run_again && failure.effect == Effect::none;
  Error error{.code = failure.code, .reason = failure.state + ": " + shown(text), .effect = failure.effect};
  if (!first_failure_) first_failure_ = error;
  return error;
}

void Connection::before_begin(bool reading) {
  is_reading_ = reading;
  run_again_ = false;
  first_failure_.reset();
}

Result<> Connection::begin(Durability durability) {
  before_begin(false);
  return note_begun(run_begin(durability));
}

Result<> Connection::begin_snapshot() {
  before_begin(true);
  return note_begun(run_begin_snapshot());
}

Result<> Connection::begin_reading() {
  before_begin(true);
  auto begun = run_begin_reading();
  if (!begun) {
    rollback();
  } else {
    in_transaction_ = kept() == Statement::Kept::here;
  }
  return begun;
}

// What was read is good whether or not this ends well.
void Connection::end_reading() noexcept {
  try {
    if (in_transaction_ && !broken_ && !first_failure_) static_cast<void>(run_plain("COMMIT", "COMMIT"));
  } catch (...) {
    broken_ = true;
  }
  rollback();
}

Result<> Connection::note_begun(Result<> begun) {
  if (!begun) {
    rollback();  // it may have failed after its BEGIN
    return begun;
  }
  in_transaction_ = true;
  return {};
}

Result<> Connection::commit() {
  if (broken_) return to_error({.code = ErrorCode::unavailable, .state = "connection lost"}, "COMMIT");
  if (!is_in_transaction()) {
    in_transaction_ = false;
    return to_error({.state = "transaction gone"}, "COMMIT");
  }
  auto committed = run_commit();
  if (!committed) rollback();
  in_transaction_ = false;
  return committed;
}

void Connection::rollback() noexcept {
  try {
    if (!broken_ && is_in_transaction() && !run_plain("ROLLBACK", "ROLLBACK")) broken_ = true;
  } catch (...) {
    broken_ = true;  // the pool drops it, and the server rolls back
  }
  in_transaction_ = false;
}

}  // namespace rowan::storage
#endif
