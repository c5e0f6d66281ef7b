#include <libpq-fe.h>
#include <poll.h>
#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>
#include <sys/socket.h>

#include <algorithm>
#include <charconv>
#include <rowan/base/try.hpp>
#include <rowan/storage/postgres/postgres_connection.hpp>
#include <system_error>

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

}  // namespace

Result<std::unique_ptr<Connection>> PostgresConnection::open(const std::shared_ptr<PostgresServer>& server) {
  ROWAN_TRY(auto session, connect(server->url, server->connect_at_most, server->left_behind));
  std::unique_ptr<PostgresConnection> connection(new PostgresConnection(std::move(session), server));
  if (auto ready = connection->set_up(); !ready) {
    auto error = std::move(ready).error();
    error.code = ErrorCode::unavailable;
    return error;
  }
  return std::unique_ptr<Connection>(std::move(connection));
}

PostgresConnection::PostgresConnection(std::unique_ptr<soci::session> session, std::shared_ptr<PostgresServer> server)
    : Connection(std::move(session)), server_(std::move(server)) {}

// SOCI sends a DEALLOCATE for each kept statement and waits for its answer, which a frozen server never gives. The
// server forgets them with the connection: nothing more is said to it.
PostgresConnection::~PostgresConnection() {
  if (const int socket = PQsocket(native(session())); socket >= 0) ::shutdown(socket, SHUT_RDWR);
  close();
}

void* PostgresConnection::native_handle() { return native(session()); }

Result<> PostgresConnection::set_up() {
  auto* const connection = native(session());
  PQsetNoticeProcessor(connection, [](void*, const char*) {}, nullptr);  // the library itself never prints
  try {
    watched_.emplace(server_->watchdog, PQsocket(connection));
  } catch (const std::system_error&) {
    return Error{.code = ErrorCode::unavailable, .reason = "PostgreSQL: nothing left to watch the connection with"};
  }
  const Watchdog::Call call(&*watched_, std::min(server_->connect_at_most, at_most()));
  const Answer who(PQexec(connection, "SELECT pg_backend_pid(), pg_is_in_recovery()"), &PQclear);
  if (PQresultStatus(who.get()) != PGRES_TUPLES_OK) {
    return to_error(failure_of_state(state_of(who.get()), During::begin), "SELECT pg_backend_pid()");
  }
  if (std::string_view(PQgetvalue(who.get(), 0, 1)) != "f") {
    return Error{.code = ErrorCode::unavailable, .reason = "PostgreSQL: cannot connect: only a standby answered"};
  }
  // A pooler greets with a number of its own.
  if (std::to_string(PQbackendPID(connection)) != PQgetvalue(who.get(), 0, 0)) server_->has_pooler = true;
  is_pooled_ = server_->has_pooler;
  if (is_pooled_) return {};
  return run_plain("SET standard_conforming_strings = on; SET default_transaction_read_only = on" + settings("; SET "),
                   "SET");
}

// A lock must time out before its statement does, or the log could not tell the two apart.
std::string PostgresConnection::settings(std::string_view set) const {
  const auto statement = server_->statement_timeout.count();
  const auto lock = std::max(statement * 4 / 5, std::int64_t{1});
  const auto idle = std::max(statement * 2, std::int64_t{10'000});
  std::string text;
  const auto add = [&](std::string_view setting, const std::string& value) {
    text.append(set).append(setting).append(" = ").append(value);
  };
  add("statement_timeout", std::to_string(statement));
  add("lock_timeout", std::to_string(lock));
  add("idle_in_transaction_session_timeout", std::to_string(idle));
  add("jit", "off");
  return text;
}

// The server's own time-out comes first: it leaves us a connection.
std::chrono::milliseconds PostgresConnection::at_most() const {
  constexpr std::chrono::seconds margin{1};
  constexpr std::chrono::minutes patience{11};  // longer than the locks of be_patient()
  return is_patient_ ? std::chrono::milliseconds(patience) : server_->statement_timeout + margin;
}

Result<> PostgresConnection::run_plain(const std::string& text, std::string_view shown) {
  const Watchdog::Call call(&*watched_, at_most());
  const Answer answer(PQexec(native(session()), text.c_str()), &PQclear);
  const auto status = PQresultStatus(answer.get());
  if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return {};
  const bool begins = shown.starts_with("BEGIN");
  return to_error(failure_of_state(state_of(answer.get()), begins ? During::begin : during()), shown);
}

Result<> PostgresConnection::be_patient() {
  ROWAN_CHECK(run_plain("SET LOCAL statement_timeout = 0; SET LOCAL lock_timeout = '600s'", "SET LOCAL"));
  is_patient_ = true;
  return {};
}

// A migration may take hours, so this waits even for a frozen server. But everyone who comes after an ALTER TABLE that
// waits for its lock waits behind it, readers too, so the lock must not be waited for long.
Result<> PostgresConnection::run_script(const std::string& text) {
  ROWAN_CHECK(run_plain("SET LOCAL lock_timeout = '2s'", "SET LOCAL"));
  const Watchdog::Call call(&*watched_, std::chrono::hours(24));
  return run_plain(text, text);
}

Result<> PostgresConnection::run_begin(Durability durability) {
  is_patient_ = false;
  const std::string begin = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE";
  const auto soon = durability == Durability::soon ? "; SET LOCAL synchronous_commit = off" : "";
  return run_plain(begin + local_settings() + soon, begin);
}

Result<> PostgresConnection::run_begin_snapshot() {
  return begin_on_primary("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY");
}

// A connection of one's own stays with the server that was asked when it was made.
Result<> PostgresConnection::run_begin_reading() {
  is_patient_ = false;
  if (!is_pooled_) return {};
  return begin_on_primary("BEGIN ISOLATION LEVEL READ COMMITTED READ ONLY");
}

Result<> PostgresConnection::begin_on_primary(std::string_view begin) {
  is_patient_ = false;
  // One round trip; the answer is that of the last statement.
  const auto text = std::string(begin) + local_settings() + "; SELECT pg_is_in_recovery()";
  const Watchdog::Call call(&*watched_, at_most());
  const Answer answer(PQexec(native(session()), text.c_str()), &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_TUPLES_OK) {
    return to_error(failure_of_state(state_of(answer.get()), During::begin), begin);
  }
  if (std::string_view(PQgetvalue(answer.get(), 0, 0)) == "f") return {};
  return to_error({.code = ErrorCode::unavailable,
                   .state = "a standby answered",
                   .broken = true,
                   .server_is_gone = true,
                   .run_again = true},
                  begin);
}

Result<> PostgresConnection::run_commit() {
  if (PQstatus(native(session())) != CONNECTION_OK) {  // nothing is sent
    return to_error(failure_of_state("", During::writing), "COMMIT");
  }
  const Watchdog::Call call(&*watched_, at_most());
  const Answer answer(PQexec(native(session()), "COMMIT"), &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    auto failure = failure_of_state(state_of(answer.get()), During::writing);
    // An error, and then "idle": it was rolled back. Without that word it may have been done.
    if (failure.broken || !answer || PQtransactionStatus(native(session())) != PQTRANS_IDLE) {
      failure.effect = Effect::unknown;
    }
    return to_error(failure, "COMMIT");
  }
  // After a failed statement COMMIT answers ROLLBACK, and PostgreSQL does not treat that as an error.
  if (std::string_view(PQcmdStatus(answer.get())) != "COMMIT") {
    return to_error({.state = "SQLSTATE 25P02"}, "COMMIT");
  }
  return {};
}

void PostgresConnection::before_statement() { call_.emplace(&*watched_, at_most()); }

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
  if (is_pooled_) {  // under no name, which is safe within a transaction
    const Answer prepared(PQprepare(connection, "", statement.query_.c_str(), 0, nullptr), &PQclear);
    if (PQresultStatus(prepared.get()) != PGRES_COMMAND_OK) {
      throw soci::postgresql_soci_error("", (state_of(prepared.get()) + "     ").c_str());
    }
  }
  const Answer answer(PQdescribePrepared(connection, statement.statementName_.c_str()), &PQclear);
  if (PQresultStatus(answer.get()) != PGRES_COMMAND_OK) {
    throw soci::postgresql_soci_error("", (state_of(answer.get()) + "     ").c_str());
  }
  for (int i = 0; i < PQnfields(answer.get()); ++i) shape.columns.emplace_back(PQfname(answer.get(), i));
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
  return failure_of_state(error ? error->sqlstate() : "", during());
}

Failure PostgresConnection::failure_of_state(std::string state, During during) {
  if (state.find(' ') != std::string::npos) state.clear();  // SOCI's word for none
  auto remedy = remedy_for(state, during);
  const bool is_lost = PQstatus(native(session())) != CONNECTION_OK;
  if (is_lost && remedy != Remedy::elsewhere) remedy = Remedy::reconnect;
  if (is_lost && state.empty()) state = "08006";
  Failure failure{.state = "SQLSTATE " + (state.empty() ? "unknown" : state)};
  switch (remedy) {
    case Remedy::elsewhere: failure.server_is_gone = true; [[fallthrough]];
    case Remedy::reconnect:
      failure.code = ErrorCode::unavailable;
      failure.broken = true;
      failure.run_again = true;
      break;
    case Remedy::run_again:
      failure.code = ErrorCode::unavailable;
      failure.run_again = true;
      break;
    case Remedy::prepare_again:
      failure.forget_statement = true;
      // Its name means nothing, or another statement, to the server: so this was another connection of a pooler's.
      if (state != "0A000") {
        server_->has_pooler = true;
        failure.code = ErrorCode::unavailable;
        failure.broken = true;
        failure.run_again = true;
      }
      break;
    case Remedy::later: failure.code = ErrorCode::unavailable; break;
    case Remedy::refused:
    case Remedy::ours: break;
  }
  // It took all the time there was: another run would take as long, and other connections lead to the same silence.
  if (watched_ && watched_->was_late()) {
    failure.state = "no answer in time";
    failure.run_again = false;
    failure.server_is_gone = true;
  }
  return failure;
}

}  // namespace rowan::storage
