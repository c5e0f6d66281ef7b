#include <soci/postgresql/soci-postgresql.h>
#include <soci/soci.h>

#include <condition_variable>
#include <mutex>
#include <rowan/storage/postgres/connect.hpp>
#include <system_error>
#include <thread>

namespace rowan::storage {
namespace {

// libpq gives no code for a connection that was not made. Its text names host and user, which are the operator's, but
// it goes no further than here.
std::string_view why_not_connected(std::string_view text) {
  using Case = std::pair<std::string_view, std::string_view>;
  for (const auto& [part, word] :
       {Case("hot standby", "only a standby answered"), Case("read-only", "only a standby answered"),
        Case("Connection refused", "connection refused"), Case("timeout expired", "timeout"),
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

Error not_connected(std::string_view why) {
  return {.code = ErrorCode::unavailable, .reason = "PostgreSQL: cannot connect: " + std::string(why)};
}

struct Attempt {
  std::mutex mutex{};
  std::condition_variable ended{};
  bool is_over = false, is_left = false;
  std::unique_ptr<soci::session> session{};
  std::string problem{};
};

// SOCI begins every session with SET extra_float_digits. Behind a pooler in transaction mode that stays on a connection
// that others use, too: since PostgreSQL 12 it changes nothing, because floats are written in full anyway.
void run(Attempt& attempt, const std::string& url) {
  std::unique_ptr<soci::session> session;
  std::string problem;
  try {
    session = std::make_unique<soci::session>(soci::postgresql, url);
  } catch (const std::exception& error) {
    problem = why_not_connected(error.what());
  }
  const std::lock_guard lock(attempt.mutex);
  attempt.session = std::move(session);
  attempt.problem = std::move(problem);
  attempt.is_over = true;
  attempt.ended.notify_one();
}

}  // namespace

Result<std::unique_ptr<soci::session>> connect(const std::string& url, std::chrono::milliseconds at_most,
                                               const std::shared_ptr<LeftBehind>& left_behind) {
  if (left_behind->count >= LeftBehind::most) return not_connected("earlier attempts still wait");
  const auto attempt = std::make_shared<Attempt>();
  try {
    std::thread([attempt, left_behind, url] {
      run(*attempt, url);
      std::unique_ptr<soci::session> nobodys;  // closed without the lock
      const std::lock_guard lock(attempt->mutex);
      if (!attempt->is_left) return;
      nobodys = std::move(attempt->session);
      --left_behind->count;
    }).detach();
  } catch (const std::system_error&) {
    return not_connected("no thread for it");
  }
  std::unique_lock lock(attempt->mutex);
  if (!attempt->ended.wait_for(lock, at_most, [&] { return attempt->is_over; })) {
    attempt->is_left = true;
    ++left_behind->count;
    return not_connected("timeout");
  }
  if (!attempt->session) return not_connected(attempt->problem);
  return std::move(attempt->session);
}

}  // namespace rowan::storage
