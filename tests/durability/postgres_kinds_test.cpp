// PostgreSQL as people run it: behind a pooler, with a standby, demoted, frozen, and with an application's own tables.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <rowan/storage/postgres/relay_for_tests.hpp>
#include <thread>
#include <utility>

#include "between.hpp"
#include "client.hpp"
#include "pooler.hpp"
#include "postgres_cluster.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

using storage::for_tests::Relay;

class PostgresAsItIsRun : public ::testing::Test {
 protected:
  void SetUp() override {
    if (PostgresCluster::programs().empty()) GTEST_SKIP() << "no PostgreSQL: run by scripts/with-postgres";
    cluster.emplace();
    ASSERT_TRUE(cluster->start());
  }
  void serve(const std::string& url) {
    serving.emplace(ServingOptions{.program = ROWAN_PROGRAM, .database = url, .limits = false, .metrics = metrics});
    serving->start();
    const auto registered = anybody().register_account(ann);
    ASSERT_EQ(registered.status, 201) << registered.body << serving->log();
    bearer = "Authorization: Bearer " + between(registered.body, "\"bearer\":\"", "\"");
  }
  static std::string through(const Relay& relay) {
    return "postgres://postgres@127.0.0.1:" + std::to_string(relay.port()) + "/postgres";
  }
  Client anybody() const { return Client(serving->port()); }
  Client with_bearer() const { return anybody().with(bearer); }
  int sign_in() const { return anybody().sign_in(ann).status; }
  int me() const { return with_bearer().get("/api/me").status; }
  int health() const { return anybody().get("/healthz").status; }

  // For as long as a person would wait and longer: what does not come then does not come by itself.
  static bool comes_true(const std::function<bool()>& condition) {
    const auto patience = std::chrono::steady_clock::now() + std::chrono::seconds(60);
    while (!condition()) {
      if (std::chrono::steady_clock::now() > patience) return false;
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
    return true;
  }
  // One success may be luck: another connection of the pool may be of no use.
  void expect_all_is_well() const {
    for (int i = 0; i < 10; ++i) EXPECT_EQ(sign_in(), 200) << serving->log();
    EXPECT_EQ(me(), 200);
    EXPECT_EQ(health(), 200);
  }

  void wait_until_it_knows_all(const PostgresCluster& standby) const {
    const auto tokens = cluster->ask("SELECT count(*) FROM rowan_tokens");
    ASSERT_TRUE(comes_true([&] { return standby.ask("SELECT count(*) FROM rowan_tokens") == tokens; }));
  }
  void expect_nothing_is_believed() const {
    // Within the bound of revocation it may still say what it knew.
    EXPECT_TRUE(comes_true([&] { return me() == 503; }));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(me(), 503) << "the standby answers, and may know of no revocation";
    EXPECT_EQ(health(), 503);
    EXPECT_EQ(sign_in(), 503);
  }

  std::optional<PostgresCluster> cluster{};
  std::optional<Serving> serving{};
  const unsigned short metrics = free_port();
  std::string bearer{};
};

class PostgresBehindAPooler : public PostgresAsItIsRun, public ::testing::WithParamInterface<const char*> {};
INSTANTIATE_TEST_SUITE_P(Modes, PostgresBehindAPooler, ::testing::Values("transaction", "session"),
                         [](const auto& mode) { return std::string(mode.param); });

TEST_P(PostgresBehindAPooler, EverythingWorksAndItsOtherUsersNoticeNothing) {
  if (Pooler::program().empty()) GTEST_SKIP() << "no pgbouncer";
  const Pooler pooler(*cluster, GetParam());
  serve(pooler.url());
  std::atomic<int> wrong = 0;
  {
    std::vector<std::jthread> visitors;
    for (int visitor = 0; visitor < 6; ++visitor)
      visitors.emplace_back([&, visitor] {
        for (int i = 0; i < 5; ++i) {
          const auto email = "v" + std::to_string(visitor) + "-" + std::to_string(i) + "@notes.example";
          wrong += sign_in() != 200;
          wrong += me() != 200;
          wrong += anybody().register_account(email).status != 201;
          wrong += anybody().ask_for_reset(email).status != 200;
        }
      });
  }
  EXPECT_EQ(wrong, 0) << serving->log();
  expect_all_is_well();
  // As many at once as the pooler has connections: each of them is one that we have used.
  std::vector<std::jthread> others;
  std::atomic<int> failed = 0;
  for (int i = 0; i < 4; ++i)
    others.emplace_back([&, i] {
      const auto said = cluster->ask("BEGIN; SELECT pg_sleep(0.3); CREATE TABLE other_" + std::to_string(i) +
                                         " (i int); COMMIT; SHOW statement_timeout",
                                     pooler.port());
      failed += said != "\n0";
      if (said != "\n0") ADD_FAILURE() << said;
    });
  others.clear();
  EXPECT_EQ(failed, 0);
}

TEST_F(PostgresAsItIsRun, AServerThatBecameAStandbyIsLeftForTheOneThatCanWrite) {
  Relay relay(cluster->port());
  serve(through(relay));
  expect_all_is_well();
  const auto next = PostgresCluster::copy(*cluster, PostgresCluster::As::primary);
  ASSERT_TRUE(cluster->demote());
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sign_in(), 503) << serving->log();
  // It can be read, and that is not enough. An answer is shared for a second.
  EXPECT_TRUE(comes_true([&] { return health() == 503; }));
  ASSERT_TRUE(next->start());
  relay.point_to(next->port());
  EXPECT_TRUE(comes_true([&] { return sign_in() == 200 && health() == 200; })) << serving->log();
  expect_all_is_well();
}

TEST_F(PostgresAsItIsRun, APromotedStandbyIsFoundAmongTheHosts) {
  const auto standby = PostgresCluster::copy(*cluster, PostgresCluster::As::standby);
  ASSERT_TRUE(standby->start());
  serve("postgres://postgres@127.0.0.1:" + std::to_string(standby->port()) +
        ",127.0.0.1:" + std::to_string(cluster->port()) + "/postgres");
  expect_all_is_well();
  const auto written = cluster->ask("SELECT count(*) FROM rowan_tokens");
  ASSERT_TRUE(comes_true([&] { return standby->ask("SELECT count(*) FROM rowan_tokens") == written; }));
  ASSERT_TRUE(cluster->crash());
  EXPECT_TRUE(comes_true([&] { return sign_in() == 503 && health() == 503; }));
  ASSERT_TRUE(standby->promote());
  EXPECT_TRUE(comes_true([&] { return sign_in() == 200 && health() == 200; })) << serving->log();
  expect_all_is_well();
}

TEST_F(PostgresAsItIsRun, NeverTrustsAStandby) {
  const auto standby = PostgresCluster::copy(*cluster, PostgresCluster::As::standby);
  ASSERT_TRUE(standby->start());
  serve("postgres://postgres@127.0.0.1:" + std::to_string(cluster->port()) +
        ",127.0.0.1:" + std::to_string(standby->port()) + "/postgres");
  ASSERT_EQ(me(), 200);
  wait_until_it_knows_all(*standby);
  // Refused, and not hung up on: only then libpq asks the next host.
  ASSERT_TRUE(cluster->crash());
  expect_nothing_is_believed();
  ASSERT_TRUE(cluster->start());
  EXPECT_TRUE(comes_true([&] { return me() == 200 && sign_in() == 200; })) << serving->log();
}

// The connection to the pooler stays as it is: nothing but the server itself can say what it has become.
TEST_F(PostgresAsItIsRun, NeverTrustsAStandbyBehindAPooler) {
  if (Pooler::program().empty()) GTEST_SKIP() << "no pgbouncer";
  const auto standby = PostgresCluster::copy(*cluster, PostgresCluster::As::standby);
  ASSERT_TRUE(standby->start());
  Relay relay(cluster->port());
  const Pooler pooler(*cluster, "transaction", relay.port());
  serve(pooler.url());
  ASSERT_EQ(me(), 200);
  wait_until_it_knows_all(*standby);
  relay.point_to(standby->port());
  relay.cut();
  expect_nothing_is_believed();
  relay.point_to(cluster->port());
  relay.cut();
  EXPECT_TRUE(comes_true([&] { return me() == 200 && sign_in() == 200; })) << serving->log();
}

TEST_F(PostgresAsItIsRun, AFrozenServerCostsAnAnswerAndNotAThread) {  // CFG-01
  serve(cluster->url());
  expect_all_is_well();
  cluster->freeze();
  // A client gives up after ten seconds; it shows as 0. What a guard and the check of health knew holds for a second.
  for (int round = 0; round < 2; ++round) {
    std::vector<std::jthread> visitors;
    for (int i = 0; i < 12; ++i)
      visitors.emplace_back([&, i] {
        const int status = i % 3 == 0 ? sign_in() : i % 3 == 1 ? me() : health();
        EXPECT_TRUE(status == 503 || (round == 0 && i % 3 != 0 && status == 200)) << status << " of kind " << i % 3;
      });
  }
  EXPECT_EQ(anybody().get("/public").status, 200);
  cluster->thaw();
  EXPECT_TRUE(comes_true([&] { return sign_in() == 200 && health() == 200; })) << serving->log();
  expect_all_is_well();
}

// The foreign key that an application is invited to have holds the account's row FOR KEY SHARE.
TEST_F(PostgresAsItIsRun, AnApplicationsOpenTransactionDoesNotHoldUpTheSignInOfItsAccount) {
  serve(cluster->url());
  ASSERT_EQ(cluster->ask("CREATE TABLE notes (account_id uuid NOT NULL REFERENCES rowan_accounts (id), text text)"),
            "");
  const auto application =
      cluster->beside("BEGIN; INSERT INTO notes SELECT id, 'x' FROM rowan_accounts; SELECT pg_sleep(600)");
  ASSERT_TRUE(comes_true([&] {
    return cluster->ask(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND wait_event = "
               "'PgSleep'") == "1";
  }));
  EXPECT_EQ(sign_in(), 200);
  EXPECT_EQ(sign_in(), 200);
  EXPECT_TRUE(application->is_running());
}

// Those who wait for a row hold a connection each; the feed has its own.
TEST_F(PostgresAsItIsRun, RequestsThatWaitForALockedRowDoNotDelayRevocations) {
  serve(cluster->url());
  const auto lock = cluster->beside("BEGIN; SELECT 1 FROM rowan_accounts FOR UPDATE; SELECT pg_sleep(600)");
  ASSERT_TRUE(comes_true([&] {
    return cluster->ask(
               "SELECT count(*) FROM pg_stat_activity WHERE query LIKE '%pg_sleep(600)%' AND wait_event = "
               "'PgSleep'") == "1";
  }));
  std::atomic<int> waiting = 24;
  std::vector<std::jthread> visitors;
  for (int i = 0; i < 24; ++i)
    visitors.emplace_back([&] {
      EXPECT_NE(sign_in(), 0);
      --waiting;
    });
  // A guarded page would wait for a thread behind the visitors; what was learnt is told on another listener.
  // A busy machine may miss the bound of a second now and then; a feed without a connection misses it until the end.
  using Clock = std::chrono::steady_clock;
  Clock::duration known{}, unknown{};
  for (auto before = Clock::now(); waiting > 0;) {
    const auto age = between(Client(metrics).get("/metrics").body, "\nrowan_revocation_age_seconds ", "\n");
    ASSERT_NE(age, "");
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    const auto now = Clock::now();
    (std::stod(age) < 1 ? known : unknown) += now - std::exchange(before, now);
  }
  EXPECT_GT(known + unknown, std::chrono::seconds(2)) << "they did not wait";
  EXPECT_GT(known, unknown) << "it was not known what is revoked";
  EXPECT_TRUE(lock->is_running());
}

}  // namespace
}  // namespace rowan::durability
