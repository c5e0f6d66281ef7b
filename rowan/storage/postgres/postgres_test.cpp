#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>

#include <atomic>
#include <barrier>
#include <latch>
#include <rowan/base/try.hpp>
#include <rowan/storage/postgres/connection_url.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <thread>

namespace rowan::storage {
namespace {

using std::chrono::milliseconds;
using ::testing::HasSubstr;

class CountingLogger final : public Logger {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField>) override {
    away += event == "database_away";
    back += event == "database_back";
  }
  std::atomic<int> away = 0;
  std::atomic<int> back = 0;
};

class OnPostgres : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("ROWAN_TEST_POSTGRES")) GTEST_SKIP() << "run by scripts/with-postgres";
    database_.emplace("postgres");
  }
  Database& database() { return **database_; }
  Result<> run(const Sql& statement) {
    return database().transact([&](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(transaction.execute(statement));
      return {};
    });
  }
  std::optional<rowan::testing::TemporaryDatabase> database_{};
};

TEST_F(OnPostgres, SessionsHaveTheirLimits) {
  const auto rows = database().read([](SqlConnection& connection) {
    return connection.query(
        Sql("SELECT name, setting FROM pg_settings WHERE name IN ('statement_timeout', 'lock_timeout', 'jit', "
            "'idle_in_transaction_session_timeout', 'application_name', 'client_encoding', "
            "'synchronous_commit', 'default_transaction_read_only') ORDER BY name"));
  });
  ASSERT_TRUE(rows) << rows.error().reason;
  std::vector<std::string> settings;
  for (const auto& row : *rows) settings.push_back(row.text("name") + "=" + row.text("setting"));
  EXPECT_THAT(settings, ::testing::IsSupersetOf({"statement_timeout=5000", "lock_timeout=4000", "jit=off",
                                                 "idle_in_transaction_session_timeout=10000", "application_name=rowan",
                                                 "client_encoding=UTF8", "default_transaction_read_only=on"}));
}

TEST_F(OnPostgres, WaitsForTheDiskUnlessDurabilityIsSoon) {
  const auto waits = [&](Durability durability) {
    const auto seen = database().transact(
        [&](Transaction& t) -> Result<std::string> {
          ROWAN_TRY(const auto row, t.first(Sql("SHOW synchronous_commit")));
          return row ? row->text("synchronous_commit") : "nothing";
        },
        durability);
    return seen ? *seen : seen.error().reason;
  };
  const auto usual = waits(Durability::on_disk);  // the server's own setting, never touched
  EXPECT_NE(usual, "off");
  EXPECT_EQ(waits(Durability::soon), "off");
  EXPECT_EQ(waits(Durability::on_disk), usual);
}

TEST_F(OnPostgres, CannotCommitAfterAFailedStatement) {
  ASSERT_TRUE(run(Sql("CREATE TABLE t (id bigint PRIMARY KEY)")));
  const auto done = database().transact([](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(Sql("INSERT INTO t VALUES (1)")));
    EXPECT_FALSE(transaction.execute(Sql("INSERT INTO t VALUES (1)")));
    return {};  // ignores it
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::internal);
  const auto rows = database().read([](SqlConnection& c) { return c.query(Sql("SELECT id FROM t")); });
  EXPECT_TRUE(rows->empty());
}

TEST_F(OnPostgres, RetriesADeadlock) {
  ASSERT_TRUE(run(Sql("CREATE TABLE t (id bigint PRIMARY KEY, n bigint NOT NULL)")));
  ASSERT_TRUE(run(Sql("INSERT INTO t VALUES (1, 0), (2, 0)")));
  std::atomic<int> runs = 0;
  std::barrier both(2);
  const auto change = [&](std::int64_t first, std::int64_t second) {
    bool waited = false;
    return database().transact([&](Transaction& transaction) -> Result<> {
      constexpr Sql add{"UPDATE t SET n = n + 1 WHERE id = :id"};
      ++runs;
      ROWAN_CHECK(transaction.execute(add, {{"id", first}}));
      if (!std::exchange(waited, true)) both.arrive_and_wait();
      ROWAN_CHECK(transaction.execute(add, {{"id", second}}));
      return {};
    });
  };
  std::optional<Result<>> one;
  std::optional<Result<>> two;
  {
    const std::jthread a([&] { one.emplace(change(1, 2)); });
    const std::jthread b([&] { two.emplace(change(2, 1)); });
  }
  EXPECT_TRUE(*one && *two);
  EXPECT_GE(runs, 3);
  const auto sum = database().read([](SqlConnection& c) { return c.query(Sql("SELECT sum(n) FROM t")); });
  EXPECT_EQ(sum->front().integer("sum"), 4);
}

TEST_F(OnPostgres, RecoversFromATableChangedUnderAPreparedStatement) {
  ASSERT_TRUE(run(Sql("CREATE TABLE t (id bigint)")));
  ASSERT_TRUE(run(Sql("INSERT INTO t VALUES (1)")));
  const auto small = open_database(database_->url(), {.pool_size = 1});
  const auto select = [&] { return small->read([](SqlConnection& c) { return c.query(Sql("SELECT * FROM t")); }); };
  ASSERT_TRUE(select());
  ASSERT_TRUE(run(Sql("ALTER TABLE t ADD COLUMN name text")));
  EXPECT_TRUE(select()) << "cached plan must not change result type";
  const auto write = [&](const Sql& change) {
    return small->transact([&](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(transaction.execute(Sql("INSERT INTO t (id) VALUES (2)")));
      ROWAN_CHECK(transaction.query(Sql("SELECT * FROM t FOR NO KEY UPDATE")));
      ROWAN_CHECK(run(change));
      return {};
    });
  };
  ASSERT_TRUE(write(Sql("SELECT 1")));
  ASSERT_TRUE(run(Sql("ALTER TABLE t ADD COLUMN other text")));
  EXPECT_TRUE(write(Sql("SELECT 1"))) << "the transaction is run again";
}

TEST_F(OnPostgres, RecoversFromDiscardedStatements) {
  ASSERT_TRUE(run(Sql("CREATE TABLE t (id bigint)")));
  const auto small = open_database(database_->url(), {.pool_size = 1});
  constexpr Sql insert{"INSERT INTO t VALUES (:id)"};
  const auto write = [&](std::int64_t id) {
    return small->transact([&](Transaction& transaction) { return transaction.execute(insert, {{"id", id}}); });
  };
  constexpr Sql count{"SELECT count(*) FROM t"};
  const auto counted = [&] { return small->read([&](SqlConnection& c) { return c.query(count); }); };
  const auto discard = [&] {
    return small->read([](SqlConnection& connection) -> Result<> {
      const Sql all{"DEALLOCATE ALL"};
      return connection.execute(all) ? Result<>() : Error{.code = ErrorCode::internal, .reason = "not discarded"};
    });
  };
  ASSERT_TRUE(write(1));
  ASSERT_TRUE(counted());
  static_cast<void>(discard());  // it goes with what it discards
  EXPECT_TRUE(write(2));
  static_cast<void>(discard());
  const auto rows = counted();
  ASSERT_TRUE(rows) << rows.error().reason;
  EXPECT_EQ(rows->front().integer("count"), 2);
}

TEST_F(OnPostgres, ReplacesAKilledIdleConnection) {
  const auto small = open_database(database_->url(), {.pool_size = 2});
  const auto select = [&] {
    return small->read([](SqlConnection& c) { return c.query(Sql("SELECT pg_backend_pid()")); });
  };
  const auto first = select();
  ASSERT_TRUE(first);
  const auto killed = database().read([&](SqlConnection& c) {
    return c.query(Sql("SELECT pg_terminate_backend(CAST(:pid AS integer), 5000)"),
                   {{"pid", first->front().integer("pg_backend_pid")}});
  });
  ASSERT_TRUE(killed) << killed.error().reason;
  const auto second = select();
  ASSERT_TRUE(second) << second.error().reason;
  EXPECT_NE(first->front().integer("pg_backend_pid"), second->front().integer("pg_backend_pid"));
}

TEST_F(OnPostgres, AConnectionKilledInATransactionIsUnavailable) {
  const auto done = database().transact([](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(Sql("CREATE TABLE t (id bigint)")));
    ROWAN_CHECK(transaction.execute(Sql("SELECT pg_terminate_backend(pg_backend_pid())")));
    ROWAN_CHECK(transaction.execute(Sql("INSERT INTO t VALUES (1)")));
    return {};
  });
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable) << done.error().reason;
  EXPECT_TRUE(run(Sql("CREATE TABLE t (id bigint)"))) << "rolled back, and the pool has a new connection";
}

// As beside a pg_dump.
TEST_F(OnPostgres, AMigrationThatMustWaitForItsLockKeepsNoReaderWaitingAndIsTriedAgain) {
  using std::chrono::steady_clock;
  ASSERT_TRUE(run(Sql("CREATE TABLE t (id bigint)")));
  constexpr Sql look{"SELECT id FROM t"};
  const std::vector<Migration> all{
      {.id = "a/0001_alter", .sqlite = "", .postgres = "ALTER TABLE t ADD COLUMN name text"}};
  std::latch held(1);
  const std::jthread dump([&] {
    const auto dumped = database().transact([&](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(transaction.query(look));
      held.count_down();
      std::this_thread::sleep_for(milliseconds(4500));
      return {};
    });
    EXPECT_TRUE(dumped);
  });
  held.wait();
  std::atomic<bool> is_done = false;
  const std::jthread migration([&] {
    const auto done = migrate(database(), all, Timestamp());
    ASSERT_TRUE(done) << done.error().reason;
    EXPECT_THAT(*done, ::testing::ElementsAre("a/0001_alter"));
    is_done = true;
  });
  std::this_thread::sleep_for(milliseconds(500));
  const auto began = steady_clock::now();
  EXPECT_TRUE(database().read([&](SqlConnection& c) { return c.query(look); }));
  EXPECT_LT(steady_clock::now() - began, milliseconds(3000));
  EXPECT_FALSE(is_done);
}

TEST(PostgresUrl, KeepsEveryPartThroughSocisParser) {
  const auto url =
      connection_url("postgres://a%20b:p%3D%20%27q%26@[::1]:5433/n%2Fm?sslmode=require&application_name=mine",
                     milliseconds(3000), milliseconds(5000));
  ASSERT_TRUE(url);
  for (const auto* part : {"user=a%20b", "password=p%3D%20%27q%26", "host=%3A%3A1", "port=5433", "dbname=n%2Fm",
                           "sslmode=require", "application_name=mine", "connect_timeout=3", "tcp_user_timeout=10000"}) {
    EXPECT_THAT(url->text, HasSubstr(part));
  }
  EXPECT_THAT(url->text, ::testing::Not(HasSubstr("application_name=rowan")));
  EXPECT_FALSE(connection_url("postgres://[nonsense", milliseconds(1), milliseconds(1)));
}

TEST(PostgresUrl, AsksForAServerThatCanWrite) {
  const auto target = [](const std::string& url) {
    const auto complete = connection_url(url, milliseconds(3000), milliseconds(5000));
    const std::string name = "target_session_attrs=";
    const auto start = complete->text.find(name) + name.size();
    return complete->text.substr(start, complete->text.find('&', start) - start);
  };
  EXPECT_EQ(target("postgres://a@b/c"), "primary");
  EXPECT_EQ(target("postgres://a@b,d/c?target_session_attrs=any"), "primary");
  EXPECT_EQ(target("postgres://a@b,d/c?target_session_attrs=prefer-standby"), "primary");
  EXPECT_EQ(target("postgres://a@b,d/c?target_session_attrs=read-write"), "read-write");
}

TEST(PostgresUrl, TriesThreeAddressesOfEveryHostWithinTheTimeThereIs) {
  const auto one = connection_url("postgres://a@b/c", milliseconds(3000), milliseconds(5000));
  EXPECT_EQ(one->at_most, milliseconds(10'000));
  const auto two = connection_url("postgres://a@b,d/c", milliseconds(3000), milliseconds(5000));
  EXPECT_THAT(two->text, HasSubstr("connect_timeout=2"));
  EXPECT_EQ(two->at_most, milliseconds(13'000));
  const auto said = connection_url("postgres://a@b/c?connect_timeout=9", milliseconds(3000), milliseconds(5000));
  EXPECT_EQ(said->at_most, milliseconds(28'000));
}

int free_port() {
  const int socket = ::socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = ::htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ::bind(socket, reinterpret_cast<sockaddr*>(&address), size);
  ::getsockname(socket, reinterpret_cast<sockaddr*>(&address), &size);
  ::close(socket);
  return ::ntohs(address.sin_port);
}

// A server of the test's own, to be stopped and started.
class RestartedServer : public ::testing::Test {
 protected:
  void SetUp() override {
    const char* const bin = std::getenv("ROWAN_TEST_POSTGRES_BIN");
    if (!bin) GTEST_SKIP() << "run by scripts/with-postgres";
    bin_ = bin;
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-server-XXXXXX").string();
    folder_ = ::mkdtemp(pattern.data());
    if (::geteuid() == 0) {
      ASSERT_EQ(std::system(("chown postgres " + folder_).c_str()), 0);
    }
    ASSERT_TRUE(as_server(bin_ + "/initdb -A trust -U postgres -E UTF8 --locale=C -N -D " + folder_ + "/data"));
    port_ = std::to_string(free_port());
  }
  ~RestartedServer() override {
    if (folder_.empty()) return;
    static_cast<void>(stop());
    std::filesystem::remove_all(folder_);
  }
  bool as_server(const std::string& command) {
    const std::string prefix = ::geteuid() == 0 ? "runuser -u postgres -- " : "";
    return std::system(("cd '" + folder_ + "' && " + prefix + command + " >/dev/null 2>&1").c_str()) == 0;
  }
  bool start() {
    return as_server(bin_ + "/pg_ctl -D " + folder_ + "/data -l " + folder_ + "/log -w -s -o \"-h 127.0.0.1 -p " +
                     port_ + " -k '' -c fsync=off\" start");
  }
  bool stop() { return as_server(bin_ + "/pg_ctl -D " + folder_ + "/data -m immediate -w -s stop"); }
  std::string url() const { return "postgres://postgres@127.0.0.1:" + port_ + "/postgres"; }

 private:
  std::string bin_{};
  std::string folder_{};
  std::string port_{};
};

TEST_F(RestartedServer, IsUnavailableWhileAwayAndServesAgainByItself) {
  CountingLogger logger;
  const auto database = open_database(url(), {.pool_size = 3}, logger);  // not started yet: no error
  const auto select = [&] { return database->read([](SqlConnection& c) { return c.query(Sql("SELECT 1")); }); };
  const auto write = [&] {
    return database->transact(
        [](Transaction& t) { return t.execute(Sql("CREATE TABLE IF NOT EXISTS t (id bigint)")); });
  };
  const auto expect_away = [&] {
    const auto read = select();
    const auto written = write();
    ASSERT_FALSE(read);
    ASSERT_FALSE(written);
    EXPECT_EQ(read.error().code, ErrorCode::unavailable);
    EXPECT_EQ(written.error().code, ErrorCode::unavailable);
    EXPECT_EQ(read.error().reason, "PostgreSQL: cannot connect: connection refused");
  };
  expect_away();
  for (int round = 1; round <= 2; ++round) {
    ASSERT_TRUE(start());
    EXPECT_TRUE(select()) << "the first request after the outage";
    EXPECT_TRUE(write());
    const auto in_use = database->read([&](SqlConnection& connection) -> Result<> {
      ROWAN_CHECK(connection.query(Sql("SELECT 1")));
      EXPECT_TRUE(stop());
      ROWAN_CHECK(connection.query(Sql("SELECT 1")));
      return {};
    });
    ASSERT_FALSE(in_use);
    EXPECT_EQ(in_use.error().code, ErrorCode::unavailable) << in_use.error().reason;
    expect_away();
    EXPECT_EQ(logger.away, round + 1) << "one line an outage";
    EXPECT_EQ(logger.back, round);
  }
}

}  // namespace
}  // namespace rowan::storage
