// Many at once, several nodes, and what is left after a restart.
#include <atomic>
#include <rowan/strategies/api_key/api_key_fixture_for_tests.hpp>
#include <rowan/strategies/api_key/key_text.hpp>
#include <rowan/testing/counting_database.hpp>

namespace rowan::flows {
namespace {

class KeysAtOnce : public ApiKeys {
 protected:
  KeysAtOnce() : ApiKeys({.keys = 5}, false) {}

  bool accepts(Auth& auth, const std::string& key) {
    const auto header = "Bearer " + key;
    const auto verdict = auth.decide({.authorization = header}, GuardKind::bearer);
    return verdict && std::holds_alternative<GuardAccepted>(*verdict);
  }
};
INSTANTIATE_TEST_SUITE_P(On, KeysAtOnce, every_database(), name_of_database);

// SES-07 for keys: whoever began after the revocation was told of is refused.
TEST_P(KeysAtOnce, ARevocationAmongAHundredUsesIsSeenByEveryUseAfterIt) {
  const auto key = make_key();
  std::atomic<bool> is_revoked{false};
  std::atomic<int> accepted_after{0}, refused{0}, accepted{0};
  {
    std::barrier together(101);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 100; ++i)
      threads.emplace_back([&] {
        together.arrive_and_wait();
        for (int j = 0; j < 20; ++j) {
          const bool before = is_revoked.load();
          const bool is_accepted = accepts(app.auth(), key);
          (is_accepted ? accepted : refused)++;
          if (before && is_accepted) accepted_after++;
        }
      });
    together.arrive_and_wait();
    EXPECT_TRUE(app.auth().revoke_key(id, made_id));
    is_revoked = true;
  }
  EXPECT_EQ(accepted_after, 0);
  EXPECT_EQ(accepted + refused, 2000);
  EXPECT_FALSE(accepts(app.auth(), key));
}

TEST_P(KeysAtOnce, NoMoreAreMadeThanAllowed) {  // CON-03
  std::atomic<int> made{0};
  {
    std::barrier together(20);
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i)
      threads.emplace_back([&] {
        together.arrive_and_wait();
        if (app.auth().create_key(id, {.name = "x"})) made++;
      });
  }
  EXPECT_EQ(made, 5);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_api_keys")), 5);
}

TEST_P(KeysAtOnce, ARevocationIsAnsweredOnceHoweverManySendIt) {
  make_key();
  std::atomic<int> done{0};
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 20; ++i) threads.emplace_back([&] { done += app.auth().revoke_key(id, made_id) ? 1 : 0; });
  }
  EXPECT_EQ(done, 20) << "it is so already";
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_revocations r JOIN rowan_api_keys k ON k.number = r.number")), 1);
}

TEST_P(KeysAtOnce, OutliveARestartAndTheMasterSecret) {  // CRY-03
  const auto key = make_key();
  AnotherNode again(app, {.strategies = rooms(), .secrets = {newer_secret, tests_secret}});
  auto browser = again.browser();
  browser.bearer(key);
  EXPECT_EQ(browser.json("GET", "/me").status(), 200) << browser.body();
  AnotherNode without(app, {.strategies = rooms(), .secrets = {newer_secret}});
  auto late = without.browser();
  late.bearer(key);
  EXPECT_EQ(late.json("GET", "/me").status(), 401) << "its master secret is gone";
}

TEST_P(KeysAtOnce, AreRefusedOnAnotherNodeWithinTheBound) {  // KEY-03, TOK-09
  const auto key = make_key();
  AnotherNode node(app, {.strategies = rooms()});
  auto there = node.browser();
  there.bearer(key);
  EXPECT_EQ(there.json("GET", "/me").status(), 200);
  EXPECT_EQ(there.json("GET", "/me").status(), 200) << "from memory";
  EXPECT_EQ(revoke(made_id), 200);
  EXPECT_EQ(status_of(key), 401) << "here at once";
  app.clock().advance(1001ms);  // the bound is over: what this node knew is too old
  EXPECT_EQ(there.json("GET", "/me").status(), 401);
}

TEST_P(KeysAtOnce, OfADisabledAccountAreRefusedOnAnotherNodeWithinTheBound) {
  const auto key = make_key();
  AnotherNode node(app, {.strategies = rooms()});
  auto there = node.browser();
  there.bearer(key);
  EXPECT_EQ(there.json("GET", "/me").status(), 200);
  ASSERT_TRUE(app.auth().disable(id));
  app.clock().advance(1001ms);
  EXPECT_EQ(there.json("GET", "/me").status(), 401);
}

// What a stranger repeats a million times: one query for each invention, and no place in memory.
TEST_P(KeysAtOnce, CostOneQueryWhenTheyAreNewAndNoneAfterwards) {
  const auto key = make_key();
  testing::CountingDatabase counting(app.database());
  const auto mailer = open_mailer("mailbox");
  Auth node({.base_url = "https://rowan.example",
             .database = counting,
             .mailer = *mailer,
             .secret = Secret::from_text(tests_secret),
             .strategies = rooms(),
             .clock = &app.clock(),
             .random = &app.random()});
  node.run_due_work();  // the feed is read
  counting.start();
  const auto queries = [&](const std::string& presented, bool accepted) {
    counting.take();
    EXPECT_EQ(accepts(node, presented), accepted);
    return counting.take().size();
  };
  EXPECT_EQ(queries(key, true), 1U);
  EXPECT_EQ(queries(key, true), 0U);
  for (int i = 0; i < 50; ++i) {
    const auto invented = strategies::api_key::write_key("rowan", Uuid::v7(app.clock(), app.random()), app.random());
    EXPECT_EQ(queries(invented, false), 1U);
    auto mistyped = invented;
    mistyped[10] = mistyped[10] == 'x' ? 'y' : 'x';
    EXPECT_EQ(queries(mistyped, false), 0U) << "the checksum comes first";
  }
  EXPECT_EQ(queries(key, true), 0U);
  ASSERT_TRUE(app.auth().revoke_key(id, made_id));
  app.clock().advance(1001ms);
  EXPECT_GE(queries(key, false), 1U);
}

// A row that is gone (a restored backup, an eager administrator) is noticed with the time.
TEST_P(KeysAtOnce, WhoseRowIsGoneAreRefusedAfterTheLifetimeOfTheCache) {
  const auto key = make_key();
  EXPECT_EQ(status_of(key), 200);
  run(Sql("DELETE FROM rowan_api_keys"));
  app.clock().advance(30s);
  app.deliver();
  EXPECT_EQ(status_of(key), 401);
  EXPECT_EQ(revoke(made_id), 404);
}

}  // namespace
}  // namespace rowan::flows
