#include <rowan/accounts/accounts.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/testing/lost_commits.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/token_rows.hpp>
#include <rowan/tokens/tokens_fixture_for_tests.hpp>
#include <thread>

namespace rowan::tokens {
namespace {

using namespace for_tests;
using State = Revocation::State;

class Revoking : public TokensOn {
 protected:
  Revoking() : here_(node()), there_(node()) {
    EXPECT_TRUE(here_->numbers.take());  // 1 to 256 are given out
    EXPECT_TRUE(here_->revocation.poll());
    EXPECT_TRUE(there_->revocation.poll());
  }
  AccountId account(std::int64_t generation) {
    const accounts::NewAccount made{.id = AccountId::make(clock_, random_),
                                    .realm = {},
                                    .generation = generation,
                                    .tenant_generation = 0,
                                    .locale = "en",
                                    .extra = Json({}),
                                    .verified_at = {}};
    EXPECT_TRUE(database_->transact([&](Transaction& transaction) {
      return accounts::create(transaction, made, *EmailAddress::parse("ada@example.com"), clock_.now());
    }));
    return made.id;
  }
  Claims token(AccountId account, std::int64_t number) {
    Claims claims;
    claims.id = account;
    claims.numbers = {number, 0, 0};
    claims.expires_at = clock_.now() + 24h;
    return claims;
  }
  void revoke(const Claims& claims) {
    ASSERT_TRUE(database_->transact([&](Transaction& transaction) {
      return tokens::revoke(transaction, here_->revocation, end_of(claims), clock_.now());
    }));
  }
  std::unique_ptr<Node> here_, there_;
};

TEST_P(Revoking, IsSeenAtOnceHereAndWithThePollElsewhere) {  // TOK-09, SES-07
  const TokenNumbers numbers{10, 4, 0};
  EXPECT_EQ(here_->revocation.state(numbers, 1s), State::alive);
  kill(*here_, 4);
  EXPECT_EQ(here_->revocation.state(numbers, 1s), State::dead);
  EXPECT_EQ(there_->revocation.state(numbers, 1s), State::alive);
  ASSERT_TRUE(there_->revocation.poll());
  EXPECT_EQ(there_->revocation.state(numbers, 1s), State::dead);
  EXPECT_EQ(there_->revocation.state({10, 5, 0}, 1s), State::alive);
}

TEST_P(Revoking, AcceptsNothingPastTheBound) {
  EXPECT_EQ(node()->revocation.state({1, 2, 0}, 1s), State::unknown) << "before the first look";
  clock_.advance(1s);
  EXPECT_EQ(state(*here_, 1), State::alive);
  clock_.advance(1us);
  EXPECT_EQ(state(*here_, 1), State::unknown);
  EXPECT_EQ(settled(*here_, 1), State::alive);
  EXPECT_EQ(state(*here_, 1), State::alive);
}

TEST_P(Revoking, LeavesNothingWhenItIsRolledBack) {
  EXPECT_FALSE(database_->transact([&](Transaction& transaction) -> Result<> {
    here_->revocation.revoke(transaction, 9, clock_.now() + 1h);
    return Error{.code = ErrorCode::forbidden};
  }));
  ASSERT_TRUE(here_->revocation.poll());
  EXPECT_EQ(state(*here_, 9), State::alive);
}

TEST_P(Revoking, IsMissedByNoReaderOfManyWriters) {
  std::vector<std::jthread> threads;
  for (int t = 0; t < 4; ++t)
    threads.emplace_back([&, t] {
      for (int i = 0; i < 25; ++i) kill(*here_, 1 + t * 25 + i);
    });
  for (int i = 0; i < 20; ++i) EXPECT_TRUE(there_->revocation.poll());
  threads.clear();
  ASSERT_TRUE(there_->revocation.poll());
  for (int n = 1; n <= 100; ++n) EXPECT_EQ(state(*there_, n), State::dead) << n;
}

TEST_P(Revoking, SpreadsOverTheShards) {
  for (int n = 1; n <= 32; ++n) kill(*here_, n);
  EXPECT_EQ(number("SELECT COUNT(*) FROM rowan_feed_heads WHERE head = 2"), 16);
}

TEST_P(Revoking, WorksForATokenWithoutARow) {
  revoke(token(AccountId::make(clock_, random_), 7));
  EXPECT_EQ(state(*here_, 7), State::dead);
  ASSERT_TRUE(there_->revocation.poll());
  EXPECT_EQ(state(*there_, 7), State::dead);
}

TEST_P(Revoking, DoesNotGrowTheFeedWhenItIsRepeated) {
  const auto owner = account(2);
  const auto claims = token(owner, 7), lost = token(owner, 8);
  ASSERT_TRUE(database_->transact(
      [&](Transaction& transaction) { return insert(transaction, claims, session_purpose, {}, clock_.now()); }));
  for (int i = 0; i < 5; ++i) {
    revoke(claims);
    revoke(lost);
  }
  EXPECT_EQ(number("SELECT COUNT(*) FROM rowan_revocations"), 2);
}

TEST_P(Revoking, AgainAfterALostAnswerIsKnownHereAtOnce) {
  rowan::testing::LostCommits losing(*database_);
  const auto claims = token(account(2), 7), without_row = token(claims.id, 8);
  ASSERT_TRUE(database_->transact(
      [&](Transaction& transaction) { return insert(transaction, claims, session_purpose, {}, clock_.now()); }));
  const auto sign_out = [&](const Claims& of) {
    return losing.transact([&](Transaction& transaction) {
      return tokens::revoke(transaction, here_->revocation, end_of(of), clock_.now());
    });
  };
  for (const auto& of : {claims, without_row}) {
    losing.lose(1, rowan::testing::LostCommits::When::after_it_was_done);
    EXPECT_FALSE(sign_out(of));
    EXPECT_EQ(state(*here_, of.numbers.token), State::alive) << "it cannot be known";
    ASSERT_TRUE(sign_out(of));
    EXPECT_EQ(state(*here_, of.numbers.token), State::dead) << "without another look at the feed";
  }
}

TEST_P(Revoking, OfAnAccountMarksItsTokensSoThatAListCanTell) {
  const auto owner = account(2);
  auto late = token(owner, 8);
  late.expires_at = clock_.now() + std::chrono::days(100);  // made by a node whose clock runs ahead
  for (const auto& claims : {token(owner, 7), late})
    ASSERT_TRUE(database_->transact(
        [&](Transaction& transaction) { return insert(transaction, claims, session_purpose, {}, clock_.now()); }));
  const Secrets secrets(Secret::from_text("0123456789abcdef0123456789abcdef"));
  const LinkTokens links(crypto::KeyRing(secrets), clock_, random_);
  ASSERT_TRUE(database_->transact([&](Transaction& transaction) -> Result<> {
    ROWAN_TRY(auto locked, accounts::lock(transaction, owner));
    return end_everything_of(transaction, *locked, 3, here_->revocation, links, clock_.now());
  }));
  EXPECT_EQ(number("SELECT COUNT(*) FROM rowan_tokens WHERE revoked_at IS NULL"), 0);
  EXPECT_EQ(number("SELECT expires_at FROM rowan_revocations WHERE kind = 0 AND number = 2"),
            to_microseconds(late.expires_at))
      << "the generation is remembered as long as a token of it may be shown";
}

TEST_P(Revoking, TreatsKindsAndShardsOfTheNextReleaseAsRevoked) {
  std::vector<std::optional<std::int64_t>> changed;
  there_->revocation.on_account_changed([&](std::optional<std::int64_t> generation) { changed.push_back(generation); });
  run("INSERT INTO rowan_feed_heads (shard, head) VALUES (77, 2)");
  run("INSERT INTO rowan_revocations (shard, n, kind, number, expires_at) VALUES (77, 1, 0, 5, :then), "
      "(77, 2, 12, 6, :then)",
      {{"then", clock_.now() + 24h}});
  run("UPDATE rowan_feed_heads SET head = 3 WHERE shard = 77");
  run("INSERT INTO rowan_revocations (shard, n, kind, number, expires_at) VALUES (77, 3, 13, 7, :then)",
      {{"then", clock_.now() + 24h}});
  ASSERT_TRUE(there_->revocation.poll());
  for (const auto n : {5, 6, 7}) EXPECT_EQ(state(*there_, n), State::dead) << n;
  EXPECT_EQ(changed, (std::vector<std::optional<std::int64_t>>{5, 6, 7}));
  EXPECT_EQ(there_->logger.count("unknown_kind_of_revocation"), 1U);
}

TEST_P(Revoking, IsLearntByANodeWhoseClockRunsAhead) {
  rowan::testing::FakeClock ahead(clock_.now() + std::chrono::days(14) + 1h);
  const auto fast = node(ahead);
  kill(*here_, 9);
  ASSERT_TRUE(fast->revocation.poll());
  EXPECT_EQ(state(*fast, 9), State::dead);
}

TEST_P(Revoking, KeepsTheRowThatReadersStandOn) {
  const auto scheduler = make_thread_scheduler();
  for (int n = 1; n <= 40; ++n) kill(*here_, n);
  ASSERT_TRUE(there_->revocation.poll());
  clock_.advance(std::chrono::days(3));
  Sweep sweep(*database_, clock_, *scheduler, 1h);
  ASSERT_TRUE(here_->revocation.expire(sweep));
  EXPECT_EQ(number("SELECT COUNT(*) FROM rowan_revocations"), 16);
  kill(*here_, 41);
  ASSERT_TRUE(there_->revocation.poll());
  EXPECT_EQ(state(*there_, 41), State::dead);
  EXPECT_EQ(there_->logger.count("feed_went_back"), 0U) << "nothing has gone back";
}

// A node whose clock is behind accepts a token for as long after its end.
TEST_P(Revoking, StaysADayLongerThanItsTokenLives) {
  const auto scheduler = make_thread_scheduler();
  const auto expire = [&] {
    Sweep sweep(*database_, clock_, *scheduler, 1h);
    ASSERT_TRUE(here_->revocation.expire(sweep));
  };
  for (int n = 1; n <= 32; ++n) kill(*here_, n);
  clock_.advance(24h + 24h);
  expire();
  EXPECT_EQ(number("SELECT COUNT(*) FROM rowan_revocations"), 32);
  clock_.advance(1s);
  expire();
  EXPECT_EQ(number("SELECT COUNT(*) FROM rowan_revocations"), 16) << "all but those that readers stand on";
}

TEST_P(Revoking, IsNotForgottenWhenAllRowsHaveExpiredAndGone) {  // as a release without that rule removes them
  for (int n = 1; n <= 20; ++n) kill(*here_, n);
  ASSERT_TRUE(there_->revocation.poll());
  clock_.advance(std::chrono::days(3));
  run("DELETE FROM rowan_revocations");
  for (int i = 0; i < 2; ++i) ASSERT_TRUE(there_->revocation.poll());
  for (int n = 21; n <= 40; ++n) kill(*here_, n);
  ASSERT_TRUE(there_->revocation.poll());
  for (int n = 1; n <= 40; ++n) EXPECT_EQ(state(*there_, n), State::dead) << n;
  EXPECT_EQ(there_->logger.count("feed_went_back"), 0U);
}

// The database goes back: it loses the commits behind a moment, as a promoted standby or a restored backup does.
class FeedThatGoesBack : public Revoking {
 protected:
  void copy() {
    run("CREATE TABLE copy_of_heads AS SELECT * FROM rowan_feed_heads");
    run("CREATE TABLE copy_of_rows AS SELECT * FROM rowan_revocations");
  }
  void restore() {
    run("DELETE FROM rowan_revocations");
    run("INSERT INTO rowan_revocations SELECT * FROM copy_of_rows");
    run("DELETE FROM rowan_feed_heads");
    run("INSERT INTO rowan_feed_heads SELECT * FROM copy_of_heads");
  }
  // `before` are kept, `lost` are lost, `after` are new; then the other node looks.
  void replay(int before, int lost, int after) {
    int n = 0;
    const auto kill_more = [&](int count) {
      for (int i = 0; i < count; ++i) kill(*here_, ++n);
    };
    kill_more(before);
    copy();
    kill_more(lost);
    ASSERT_TRUE(there_->revocation.poll());
    restore();
    kill_more(after);
    ASSERT_TRUE(there_->revocation.poll());
    for (int i = 1; i <= n; ++i) EXPECT_EQ(state(*there_, i), State::dead) << i << " of " << n;
    EXPECT_EQ(state(*there_, n + 1), State::alive);
    EXPECT_EQ(there_->logger.count("feed_went_back"), 1U);
    ASSERT_TRUE(there_->revocation.poll());
    EXPECT_EQ(there_->logger.count("feed_went_back"), 1U) << "it is read again once";
  }
};

TEST_P(FeedThatGoesBack, IsNoticedWhenItIsShorter) { replay(20, 20, 1); }
TEST_P(FeedThatGoesBack, IsNoticedWhenItIsAsLongAgain) { replay(16, 32, 32); }
TEST_P(FeedThatGoesBack, IsNoticedWhenItIsLongerAlready) { replay(16, 16, 80); }
TEST_P(FeedThatGoesBack, IsNoticedWhenItIsEmpty) { replay(0, 5, 0); }

TEST_P(FeedThatGoesBack, IsNoticedWhenAShardIsGoneAndAnotherTakesItsPlace) {
  const auto one_row = [&](std::int64_t number) {
    run("INSERT INTO rowan_feed_heads (shard, head) VALUES (77, 1)");
    run("INSERT INTO rowan_revocations (shard, n, kind, number, expires_at) VALUES (77, 1, 0, :number, :then)",
        {{"number", number}, {"then", clock_.now() + 24h}});
  };
  copy();
  one_row(5);
  ASSERT_TRUE(there_->revocation.poll());
  restore();
  ASSERT_TRUE(there_->revocation.poll());
  EXPECT_EQ(there_->logger.count("feed_went_back"), 1U);
  one_row(6);
  ASSERT_TRUE(there_->revocation.poll());
  for (const auto n : {5, 6}) EXPECT_EQ(state(*there_, n), State::dead) << n;
}

// Rows that have not expired are never removed. If one is missing, something else has happened to the table.
TEST_P(FeedThatGoesBack, IsNoticedWhenRowsAreGoneThatHadNotExpired) {
  for (const bool it_grew : {false, true}) {
    for (int n = 1; n <= 16; ++n) kill(*here_, n + (it_grew ? 16 : 0));
    ASSERT_TRUE(there_->revocation.poll());
    const auto noticed = there_->logger.count("feed_went_back");
    run("DELETE FROM rowan_revocations");
    if (it_grew)
      for (int n = 33; n <= 48; ++n) kill(*here_, n);
    ASSERT_TRUE(there_->revocation.poll());
    EXPECT_EQ(there_->logger.count("feed_went_back"), noticed + 1) << (it_grew ? "and it grew" : "as long as before");
  }
  for (int n = 1; n <= 48; ++n) EXPECT_EQ(state(*there_, n), State::dead) << n;
}

TEST_P(FeedThatGoesBack, ForgetsWhichAccountsItHad) {
  std::vector<std::optional<std::int64_t>> changed;
  there_->revocation.on_account_changed([&](std::optional<std::int64_t> generation) { changed.push_back(generation); });
  copy();
  kill(*here_, 1);
  ASSERT_TRUE(there_->revocation.poll());
  const auto before = there_->revocation.changes_seen();
  restore();
  ASSERT_TRUE(there_->revocation.poll());
  EXPECT_EQ(changed.back(), std::nullopt);
  EXPECT_GT(there_->revocation.changes_seen(), before);
}

// A reader of its own for the feed, which a test can hold; the next one asks.
class HeldFeed final : public Database {
 public:
  explicit HeldFeed(Database& inner) : inner_(&inner) {}
  Dialect dialect() const override { return inner_->dialect(); }
  std::unique_ptr<OwnReader> own_reader() override { return std::make_unique<Reader>(*this, readers_++ == 0); }
  std::atomic<bool> feed_fails{false};
  std::atomic<int> fails_after{1 << 30};
  std::atomic<int> looks{0}, questions{0};

 private:
  class Reader final : public OwnReader {
   public:
    Reader(HeldFeed& owner, bool is_feed) : owner_(&owner), inner_(owner.inner_->own_reader()), is_feed_(is_feed) {}

   private:
    Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
      if (is_feed_ && (owner_->feed_fails || owner_->fails_after-- <= 0)) return Error{.code = ErrorCode::unavailable};
      ++(is_feed_ ? owner_->looks : owner_->questions);
      if (!is_feed_) std::this_thread::sleep_for(20ms);  // so that others gather
      return inner_->read([&](SqlConnection& connection) -> Result<> {
        work(connection);
        return {};
      });
    }
    HeldFeed* owner_;
    std::unique_ptr<OwnReader> inner_;
    bool is_feed_;
  };
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    return inner_->read([&](SqlConnection& connection) -> Result<> {
      work(connection);
      return {};
    });
  }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override {
    return inner_->transact([&](Transaction& transaction) { return work(transaction); }, durability);
  }
  Database* inner_;
  int readers_ = 0;
};

class LongFeed : public Revoking {
 protected:
  static constexpr std::int64_t count = 70'000;
  LongFeed() : held_(*database_), fresh_(held_, clock_, random_) {
    static constexpr Sql many{
        "WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < :count) "
        "INSERT INTO rowan_revocations (shard, n, kind, number, expires_at) "
        "SELECT i % 4, (i - i % 4) / 4 + 1, 0, 1000 + 2 * i, :then FROM c",
        "INSERT INTO rowan_revocations (shard, n, kind, number, expires_at) "
        "SELECT i % 4, (i - i % 4) / 4 + 1, 0, 1000 + 2 * i, :then FROM generate_series(1, CAST(:count AS INTEGER)) i"};
    run(many, {{"count", count}, {"then", clock_.now() + 24h}});
    run("UPDATE rowan_feed_heads SET head = (SELECT MAX(n) FROM rowan_revocations r "
        "WHERE r.shard = rowan_feed_heads.shard) WHERE shard < 4");
    run("UPDATE rowan_numbers SET next = 200000 WHERE name = 'tokens'");
  }
  HeldFeed held_;
  Node fresh_;
};

TEST_P(LongFeed, IsReadByPagesAndGoneOnWithWhereItFailed) {
  held_.fails_after = 2;
  EXPECT_FALSE(fresh_.revocation.poll());
  EXPECT_EQ(fresh_.revocation.watermark().count(), -1) << "half of it is no proof";
  held_.fails_after = 1 << 30;
  ASSERT_TRUE(fresh_.revocation.poll());
  EXPECT_EQ(held_.looks, 4) << "70,000 rows by 20,000, none of them twice";
  for (std::int64_t i = 1; i <= count; ++i) {
    ASSERT_EQ(state(fresh_, 1000 + 2 * i), State::dead) << i;
    ASSERT_EQ(state(fresh_, 1001 + 2 * i), State::alive) << i;
  }
}

TEST_P(LongFeed, IsAskedForWhatWaitsUntilItIsRead) {
  // Somebody else reads it and takes long: as if the thread of start() was at it.
  std::atomic<bool> reading{false}, enough{false};
  fresh_.revocation.on_account_changed([&](std::optional<std::int64_t>) {
    reading = true;
    while (!enough) std::this_thread::sleep_for(1ms);
  });
  std::jthread reader([&] { EXPECT_TRUE(fresh_.revocation.poll()); });
  while (!reading) std::this_thread::sleep_for(1ms);
  std::vector<std::jthread> threads;
  std::atomic<int> dead{0}, alive{0}, settled_so_far{0};
  for (int t = 0; t < 30; ++t)
    threads.emplace_back([&, t] {
      const auto found = fresh_.revocation.settle({100'000 + t, 0, 0}, 1s, 1h);
      if (found && *found == State::dead && t % 2 == 0) ++dead;
      if (found && *found == State::alive && t % 2 == 1) ++alive;
      ++settled_so_far;
    });
  for (int i = 0; i < 30'000 && settled_so_far < 30; ++i) std::this_thread::sleep_for(1ms);
  EXPECT_EQ(settled_so_far, 30) << "nobody waits for the one who reads";
  enough = settled_so_far < 30;
  threads.clear();
  EXPECT_EQ(dead, 15);
  EXPECT_EQ(alive, 15);
  EXPECT_GT(held_.questions, 0);  // how many share one: tests of Enquiry
  EXPECT_EQ(settled(fresh_, 300'000), State::not_issued);
  enough = true;
}

TEST_P(LongFeed, IsReadByTheRequestsWhenNoThreadDoes) {
  EXPECT_EQ(settled(fresh_, 1002), State::dead);
  EXPECT_EQ(settled(fresh_, 1003), State::alive);
  EXPECT_EQ(held_.questions, 0);
}

INSTANTIATE_TEST_SUITE_P(Databases, Revoking, every_database(), name_of_database);
INSTANTIATE_TEST_SUITE_P(Databases, FeedThatGoesBack, every_database(), name_of_database);
INSTANTIATE_TEST_SUITE_P(Databases, LongFeed, every_database(), name_of_database);

}  // namespace
}  // namespace rowan::tokens
