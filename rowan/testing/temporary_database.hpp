#pragma once
// TemporaryDatabase: a fresh database for one test, deleted at its end. SQLite is always available, PostgreSQL when
// ROWAN_TEST_POSTGRES names a server (scripts/with-postgres sets it). This runs a test on both:
//   class Things : public ::testing::TestWithParam<std::string> {
//    protected:
//     rowan::testing::TemporaryDatabase database_{GetParam()};
//   };
//   INSTANTIATE_TEST_SUITE_P(Databases, Things, ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()),
//                            [](const auto& kind) { return kind.param; });
#include <atomic>
#include <cstdlib>
#include <filesystem>
#include <memory>
#include <rowan/storage/database.hpp>
#include <rowan/storage/migrator.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

#include <unistd.h>

namespace rowan::testing {

/// Throws std::runtime_error when it cannot be made, so that the test fails at once.
class TemporaryDatabase {
 public:
  static std::vector<std::string> kinds() {
    std::vector<std::string> kinds{"sqlite"};
    if (std::getenv("ROWAN_TEST_POSTGRES")) kinds.emplace_back("postgres");
    return kinds;
  }

  explicit TemporaryDatabase(std::string_view kind = "sqlite", DatabaseOptions options = {}) {
    try {
      if (kind == "sqlite") {
        make_folder();
        url_ = "sqlite:" + folder_.string() + "/test.db";
      } else {
        make_postgres();
      }
      database_ = open_database(url_, options);
    } catch (...) {
      clean_up();
      throw;
    }
  }
  ~TemporaryDatabase() { clean_up(); }
  TemporaryDatabase(const TemporaryDatabase&) = delete;
  TemporaryDatabase& operator=(const TemporaryDatabase&) = delete;

  Database& operator*() { return *database_; }
  Database* operator->() { return database_.get(); }
  Database& get() { return *database_; }
  /// The URL, for a second Database on the same data, as another node has it.
  const std::string& url() const { return url_; }

  /// Applies migrations and throws when that fails.
  void migrate(const std::vector<Migration>& migrations) {
    const auto done = rowan::migrate(*database_, migrations, Timestamp());
    if (!done) throw std::runtime_error(done.error().reason);
  }

 private:
  void make_folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
    folder_ = pattern;
  }

  void make_postgres() {
    static std::atomic<unsigned> count = 0;
    name_ = "rowan_test_" + std::to_string(::getpid()) + "_" + std::to_string(++count);
    if (!on_server("CREATE DATABASE \"" + name_ + "\" TEMPLATE template0")) {
      throw std::runtime_error("cannot create " + name_ + " on the server of ROWAN_TEST_POSTGRES");
    }
    url_ = server_url();
    const auto query = std::min(url_.find('?'), url_.size());
    const auto slash = url_.rfind('/', query);
    url_.replace(slash + 1, query - slash - 1, name_);
  }

  void clean_up() {
    database_.reset();
    std::error_code ignored;  // a folder left in /tmp fails no test
    if (!folder_.empty()) std::filesystem::remove_all(folder_, ignored);
    if (!name_.empty()) static_cast<void>(on_server("DROP DATABASE \"" + name_ + "\" WITH (FORCE)"));
  }

  static std::string server_url() {
    const char* const url = std::getenv("ROWAN_TEST_POSTGRES");
    if (!url) throw std::runtime_error("ROWAN_TEST_POSTGRES is not set; run the tests by scripts/with-postgres");
    return url;
  }

  // psql, because statements with names made at run time cannot be written with Sql.
  static bool on_server(const std::string& statement) {
    // Debian's psql on the path is a script that finds this one, and takes five times as long.
    const char* const bin = std::getenv("ROWAN_TEST_POSTGRES_BIN");
    std::string command = "psql";
    if (bin) command = std::string("'").append(bin).append("/psql'");
    command.append(" -Xq -v ON_ERROR_STOP=1 -c '").append(statement).append("' '").append(server_url());
    command.append("' >/dev/null 2>&1");
    return std::system(command.c_str()) == 0;  // NOLINT(cert-env33-c): of a test, and its parts are ours
  }

  std::filesystem::path folder_{};
  std::string name_{};
  std::string url_{};
  std::unique_ptr<Database> database_{};
};

}  // namespace rowan::testing
