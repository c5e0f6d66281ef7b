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
  Statement* statement = nullptr;
  try {
    before_statement();
    statement = &prepared(text);
    if (auto bound = statement->bind(params); !bound) {
      return to_error({.code = bound.error().code, .state = bound.error().reason}, text);
    }
    statement->run(rows);
    const auto changed = changed_rows(statement->backend());
    reset(statement->backend());
    return changed;
  } catch (const std::exception& exception) {
    const auto failure = failure_of(exception);
    if (statement) {
      reset(statement->backend());
      statement->detach();
    }
    if (failure.forget_statement) forget(text);
    return to_error(failure, text);
  }
}

Statement& Connection::prepared(std::string_view text) {
  if (const auto found = statements_.find(text); found != statements_.end()) return *found->second;
  auto statement = std::make_unique<Statement>(*session_, text);
  statement->set_shape(shape_of(statement->backend()));
  return *statements_.emplace(text, std::move(statement)).first->second;
}

void Connection::forget(std::string_view text) {
  if (const auto found = statements_.find(text); found != statements_.end()) statements_.erase(found);
}

Error Connection::to_error(const Failure& failure, std::string_view text) {
  constexpr std::size_t shown = 60;
  broken_ |= failure.broken;
  run_again_ |= failure.run_again;
  Error error{.code = failure.code,
              .reason = failure.state + ": " + std::string(text.substr(0, shown)),
              .effect = failure.effect};
  if (!first_failure_) first_failure_ = error;
  return error;
}

Result<> Connection::begin(Durability durability) {
  run_again_ = false;
  first_failure_.reset();
  return note_begun(run_begin(durability));
}

Result<> Connection::begin_snapshot() {
  run_again_ = false;
  first_failure_.reset();
  return note_begun(run_begin_snapshot());
}

Result<> Connection::note_begun(Result<> begun) {
  if (!begun) {
    rollback();            // it may have failed after its BEGIN
    run_again_ = broken_;  // it was stale and nothing has happened yet: another connection may do
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
