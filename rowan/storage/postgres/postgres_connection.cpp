#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <algorithm>
#include <charconv>
#include <rowan/base/try.hpp>
#include <rowan/storage/postgres/postgres_connection.hpp>

// SOCI exports its PostgreSQL back end's functions only as virtuals, without type information: UBSan's vptr check
// cannot look at them.
#define ROWAN_PLAIN_DOWNCAST __attribute__((no_sanitize("vptr")))

namespace rowan::storage {
namespace {

ROWAN_PLAIN_DOWNCAST PGconn* native(soci::session& session) {
  return static_cast<soci::postgresql_session_backend*>(session.get_backend())->conn_;
}

ROWAN_PLAIN_DOWNCAST soci::postgresql_statement_backend& native(soci::details::statement_backend& backend) {
  return static_cast<soci::postgresql_statement_backend&>(backend);
}

using Answer = std::unique_ptr<PGresult, decltype(&PQclear)>;

std::string state_of(const PGresult* answer) {
  const char* const state = answer ? PQresultErrorField(answer, PG_DIAG_SQLSTATE) : nullptr;
  return state ? state : "";
}

// libpq gives no code for a connection that was not made. Its text names host and user, which are the operator's, but
// it goes no further than here.
std::string_view why_not_connected(std::string_view text) {
  using Case = std::pair<std::string_view, std::string_view>;
  for (const auto& [part, word] :
       {Case("Connection refused", "connection refused"), Case("timeout expired", "timeout"),
        Case("could not translate host name", "unknown host"),
        Case("password authentication failed", "wrong user or password"), Case("no password supplied", "no password"),
        Case("pg_hba.conf", "refused by pg_hba.conf"), Case("does not exist", "no such database or role"),
        Case("starting up", "starting up"), Case("shutting down", "shutting down"),
        Case("too many", "too many connections"), Case("remaining connection slots", "too many connections"),
        Case("SSL", "TLS"), Case("certificate", "TLS"), Case("No such file", "no such socket")}) {
    if (text.find(part) != std::string_view::npos) return word;
  }
  return "other";
}

}  // namespace

Result<std::unique_ptr<Connection>> PostgresConnection::open(const std::string& url,
                                                             std::chrono::milliseconds statement_timeout) {
  std::unique_ptr<soci::session> session;
  try {
    session = std::make_unique<soci::session>(soci::postgresql, url);
  } catch (const soci::soci_error& error) {
    return Error{.code = ErrorCode::unavailable,
                 .reason = "PostgreSQL: cannot connect: " + std::string(why_not_connected(error.what()))};
  }
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(std::move(session)));
  if (auto ready = connection->set_up(statement_timeout); !ready) {
    auto error = std::move(ready).error();
    error.code = ErrorCode::unavailable;
    return error;
  }
  return std::unique_ptr<Connection>(std::move(connection));
}

PostgresConnection::PostgresConnection(std::unique_ptr<soci::session> session) : Connection(std::move(session)) {}
PostgresConnection::~PostgresConnection() { close(); }
void* PostgresConnection::native_handle() { return native(session()); }

Result<> PostgresConnection::set_up(std::chrono::milliseconds statement_timeout) {
  PQsetNoticeProcessor(
      native(session()), [](void*, const char*) {}, nullptr);  // the library itself never prints
  // A lock must time out before its statement does, or the log could not tell the two apart.
  const auto statement = statement_timeout.count();
  const auto lock = std::max(statement * 4 / 5, std::int64_t{1});
  const auto idle = std::max(statement * 2, std::int64_t{10'000});
  return run_plain("SET statement_timeout = " + std::to_string(statement) + "; SET lock_timeout = " +
                       std::to_string(lock) + "; SET idle_in_transaction_session_timeout = " + std::to_string(idle) +
                       "; SET jit = off; SET client_encoding = 'UTF8'; SET standard_conforming_strings = on"
                       "; SET default_transaction_read_only = on",
                   "SET");
}

Result<> PostgresConnection::run_plain(const std::string& text, std::string_view shown) {
  const Answer answer(PQexec(native(session()), text.c_str()), &PQclear);
  const auto status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  return to_error(failure_of_state(state_of(answer.get())), shown);
}

Result<> PostgresConnection::run_script(const std::string& text) { return run_plain(text, text); }

Result<> PostgresConnection::run_begin(Durability durability) {
  const std::string begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
  if (durability == Durability::on_disk) return run_plain(begin, begin);
  return run_plain(begin + "; SET LOCAL synchronous_commit = off", begin);
}

Result<> PostgresConnection::run_begin_snapshot() {
  constexpr auto* begin = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY";
  // One round trip; the answer is that of the last statement.
  const Answer answer(PQexec(native(session()), (std::string(begin) + "; SELECT pg_is_in_recovery()").c_str()),
                      &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) return to_error(failure_of_state(state_of(answer.get())), begin);
  if (std::string_view(PQgetvalue(answer.get(), 0, 0)) == "f") return {};
  return to_error({.code = ErrorCode::unavailable, .state = "a standby answered", .broken = true}, begin);
}

Result<> PostgresConnection::run_commit() {
  const Answer answer(PQexec(native(session()), "COMMIT"), &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    auto failure = failure_of_state(state_of(answer.get()));
    // An error, and then "idle": it was rolled back. Without that word it may have been done.
    if (failure.broken || !answer || PQtransactionStatus(native(session())) != PQTRANS_IDLE) {
      failure.effect = Effect::unknown;
    }
    return to_error(failure, "COMMIT");
  }
  // After a failed statement COMMIT answers ROLLBACK, and that is no error to PostgreSQL.
  if (std::string_view(PQcmdStatus(answer.get())) != "COMMIT") {
    return to_error({.state = "SQLSTATE 25P02"}, "COMMIT");
  }
  return {};
}

bool PostgresConnection::is_in_transaction() {
  const auto status = PQtransactionStatus(native(session()));
  // Unknown: the connection is gone, which the next statement reports as what it is.
  return status != PQTRANS_IDLE;
}

StatementShape PostgresConnection::shape_of(soci::details::statement_backend& backend) {
  auto& statement = native(backend);
  StatementShape shape;
  for (const auto& name : statement.names_) {
    if (std::ranges::find(shape.parameters, name) == shape.parameters.end()) shape.parameters.push_back(name);
  }
  // SOCI's own way (prepare_for_describe) runs the statement.
  auto* const connection = native(session());
  const Answer answer(PQdescribePrepared(connection, statement.statementName_.c_str()), &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    throw soci::postgresql_soci_error("", (state_of(answer.get()) + "     ").c_str());
  }
  shape.columns = PQnfields(answer.get());
  return shape;
}

std::int64_t PostgresConnection::changed_rows(soci::details::statement_backend& backend) {
  PGresult* const answer = native(backend).result_.get_result();
  const std::string_view command = PQcmdStatus(answer);
  if (command.starts_with("SELECT")) return 0;
  const std::string_view count = PQcmdTuples(answer);
  std::int64_t changed = 0;
  std::from_chars(count.data(), count.data() + count.size(), changed);  // empty for what has no count
  return changed;
}

// The rows are copied: nothing keeps the server's answer.
void PostgresConnection::reset(soci::details::statement_backend& backend) noexcept { native(backend).result_.reset(); }

bool PostgresConnection::is_alive() {
  auto* const connection = native(session());
  // Twice: a stopping server sends why before it closes.
  for (int look = 0; look < 2; ++look) {
    if (PQstatus(connection) != CONNECTION_OK) return false;
    pollfd socket{.fd = PQsocket(connection), .events = POLLIN, .revents = 0};
    if (::poll(&socket, 1, 0) <= 0) return true;
    if (PQconsumeInput(connection) == 0) return false;
    while (PGnotify* const notice = PQnotifies(connection)) PQfreemem(notice);
  }
  return PQstatus(connection) == CONNECTION_OK;
}

Failure PostgresConnection::failure_of(const std::exception& exception) {
  const auto* const error = dynamic_cast<const soci::postgresql_soci_error*>(&exception);
  return failure_of_state(error ? error->sqlstate() : "");
}

Failure PostgresConnection::failure_of_state(std::string state) {
  if (state.find(' ') != std::string::npos) state.clear();  // SOCI's word for none
  if (PQstatus(native(session())) != CONNECTION_OK) {
    return {.code = ErrorCode::unavailable, .state = "SQLSTATE " + (state.empty() ? "08006" : state), .broken = true};
  }
  // PostgreSQL 15, appendix A: 08 connection, 53 resources, 57P shutting down, 57014 statement timeout, 55P03 lock
  // timeout, 25P03 idle in transaction, 40001 and 40P01 serialization and deadlock.
  constexpr const char* away[] = {"08", "53", "57P", "57014", "55P03", "25P03", "40001", "40P01"};
  Failure failure{.state = "SQLSTATE " + (state.empty() ? "unknown" : state)};
  const auto is = [&](std::string_view prefix) { return state.starts_with(prefix); };
  if (std::ranges::any_of(away, is)) failure.code = ErrorCode::unavailable;
  failure.run_again = is("40001") || is("40P01");
  // A table changed under a prepared statement, or somebody discarded them all.
  failure.forget_statement = is("0A000") || is("26000");
  return failure;
}

}  // namespace rowan::storage
