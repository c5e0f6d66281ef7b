#include <fcntl.h>
#include <unistd.h>

#include <cerrno>
#include <filesystem>
#include <rowan/base/config_error.hpp>
#include <rowan/storage/drivers.hpp>
#include <rowan/storage/pooled_database.hpp>
#include <rowan/storage/sqlite/sqlite_connection.hpp>
#include <system_error>

namespace rowan::storage {
namespace {

std::string why(int code) { return std::generic_category().message(code); }

// Absolute, because readers open it later and the process may have moved.
std::string checked_path(std::string_view given) {
  if (given.empty()) throw ConfigError("database: sqlite: needs the path of a file, as in sqlite:var/app.db");
  if (given == ":memory:") {
    throw ConfigError("database: sqlite::memory: cannot be shared by several connections; name a file instead");
  }
  if (given.find_first_of(std::string_view("\"\0\n", 3)) != std::string_view::npos) {
    throw ConfigError("database: the path of the SQLite file contains a quote, newline or NUL; choose another name");
  }
  std::error_code problem;
  auto path = std::filesystem::absolute(std::filesystem::path(given), problem);
  if (problem) throw ConfigError("database: cannot resolve " + std::string(given) + ": " + problem.message());
  return path.string();
}

// An existing file is not opened here: closing it would drop the POSIX locks another connection of this process holds.
void make_file(const std::string& path) {
  const auto folder = std::filesystem::path(path).parent_path().string();
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file >= 0) {
    ::close(file);
    return;
  }
  const int problem = errno;
  std::error_code ignored;
  if (!std::filesystem::is_directory(folder, ignored)) {
    throw ConfigError("database: the folder " + folder + " does not exist; make it first");
  }
  if (problem != EEXIST) {
    throw ConfigError("database: cannot make " + path + " (" + why(problem) + "); let this user write to " + folder);
  }
  if (std::filesystem::is_directory(path, ignored)) {
    throw ConfigError("database: " + path + " is a folder; name a file in it");
  }
  if (::access(path.c_str(), R_OK | W_OK) != 0 || ::access(folder.c_str(), W_OK | X_OK) != 0) {
    throw ConfigError("database: cannot write " + path + " (" + why(errno) +
                      "); let this user write to the file and its folder");
  }
}

}  // namespace

std::unique_ptr<Database> open_sqlite(std::string_view given, const DatabaseOptions& options, Logger&) {
  const auto path = checked_path(given);
  make_file(path);
  const auto opener = [path, timeout = options.statement_timeout](SqliteConnection::Role role) {
    return [=] { return SqliteConnection::open(path, role, timeout); };
  };
  auto writers = std::make_unique<Pool>(1, options.acquire_timeout, opener(SqliteConnection::Role::writer));
  if (const auto opened = writers->acquire(); !opened) {
    throw ConfigError("database: cannot use " + path + " (" + opened.error().reason +
                      "); it must be a SQLite database on a local disk that this user may write");
  }
  auto readers =
      std::make_unique<Pool>(options.pool_size, options.acquire_timeout, opener(SqliteConnection::Role::reader));
  return std::make_unique<PooledDatabase>(PooledDatabase::Parts{.dialect = Dialect::sqlite,
                                                                .patience = options.statement_timeout,
                                                                .open_reader = opener(SqliteConnection::Role::reader),
                                                                .writers = std::move(writers),
                                                                .readers = std::move(readers)});
}

}  // namespace rowan::storage
