#include <gtest/gtest.h>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <rowan/tokens/link_tokens.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/revocation_index.hpp>
#include <set>
#include <thread>

namespace rowan::tokens {
namespace {

using namespace std::chrono_literals;

class Tokens : public ::testing::TestWithParam<std::string> {
 protected:
  Tokens() : place_(GetParam()), database_(open_database(place_.url())) {
    std::vector<Migration> all = embedded_migrations("accounts");
    for (auto& migration : embedded_migrations("tokens")) all.push_back(migration);
    EXPECT_TRUE(migrate(*database_, all, clock_.now()));
  }
  NewLink reset_link() {
    return {.purpose = "reset",
            .account = {},
            .address_key = EmailKey("a@b.example"),
            .lifetime = 1h,
            .asked_from = "127.0.0.1",
            .asked_with = "curl"};
  }
  std::string issue(LinkTokens& links, const NewLink& link) {
    return *database_->transact([&](Transaction& transaction) { return links.issue(transaction, link); });
  }
  bool consume(LinkTokens& links, const std::string& text, Purpose purpose = "reset", const Realm& realm = {}) {
    return database_
        ->transact([&](Transaction& transaction) { return links.consume(transaction, text, purpose, realm); })
        ->has_value();
  }
  rowan::testing::TemporaryDatabase place_;
  std::unique_ptr<Database> database_;
  rowan::testing::FakeClock clock_;
  rowan::testing::FakeRandom random_;
  Secrets secrets_{Secret::from_text("0123456789abcdef0123456789abcdef")};
  crypto::KeyRing keys_{secrets_};
};

TEST_P(Tokens, NumbersAreNeverGivenTwice) {
  Numbers here(*database_), there(*database_);
  std::mutex mutex;
  std::set<std::int64_t> seen;
  std::vector<std::jthread> threads;
  for (auto* numbers : {&here, &there})
    for (int t = 0; t < 4; ++t)
      threads.emplace_back([&, numbers] {
        for (int i = 0; i < 200; ++i) {
          const auto number = numbers->take();
          ASSERT_TRUE(number);
          const std::lock_guard lock(mutex);
          EXPECT_TRUE(seen.insert(*number).second);
        }
      });
  threads.clear();
  EXPECT_EQ(seen.size(), 1600U);
  EXPECT_LT(*seen.rbegin(), 3000);  // dense
}

TEST_P(Tokens, ALinkIsUsedOnceByAnyOfAHundred) {  // CON-03
  LinkTokens links(keys_, clock_, random_);
  const auto text = issue(links, reset_link());
  std::atomic<int> winners = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < 10; ++t)
    threads.emplace_back([&] {
      for (int i = 0; i < 10; ++i) winners += consume(links, text) ? 1 : 0;
    });
  threads.clear();
  EXPECT_EQ(winners, 1);
}

TEST_P(Tokens, ALinkIsBoundToPurposeTenantAndLife) {  // REC-02
  LinkTokens links(keys_, clock_, random_);
  const auto text = issue(links, reset_link());
  EXPECT_FALSE(consume(links, text, "magic_link"));
  EXPECT_FALSE(consume(links, text, "reset", {.tenant = "acme"}));
  EXPECT_FALSE(consume(links, "garbage"));
  auto bent = text;
  bent.back() = bent.back() == 'A' ? 'B' : 'A';
  EXPECT_FALSE(consume(links, bent));
  clock_.advance(1h - 1s);
  EXPECT_TRUE(database_->read([&](SqlConnection& c) { return links.look(c, text, "reset", {}); })->has_value());
  clock_.advance(1s);
  EXPECT_FALSE(consume(links, text));
}

TEST_P(Tokens, LookingAtALinkUsesNothingUp) {  // REC-07
  LinkTokens links(keys_, clock_, random_);
  const auto text = issue(links, reset_link());
  for (int i = 0; i < 3; ++i) {
    const auto seen = database_->read([&](SqlConnection& c) { return links.look(c, text, "reset", {}); });
    ASSERT_TRUE(seen->has_value());
    EXPECT_EQ((*seen)->asked_from, "127.0.0.1");
  }
  EXPECT_TRUE(consume(links, text));
}

TEST_P(Tokens, OnlyAHashOfALinkIsStored) {  // REC-04
  LinkTokens links(keys_, clock_, random_);
  const auto text = issue(links, reset_link());
  static constexpr Sql all{"SELECT secret_hash FROM rowan_links"};
  const auto row = database_->read([&](SqlConnection& c) { return c.first(all); });
  EXPECT_EQ(text.find((*row)->text("secret_hash")), std::string::npos);
}

TEST(RevocationIndex, HoldsWhatWasAddedAndNothingElse) {
  RevocationIndex index;
  const std::set<std::int64_t> dead{1, 63, 64, 65535, 65536, 1 << 28, (std::int64_t{1} << 40) - 1};
  for (const auto number : dead) index.add(number);
  for (const auto number : dead) {
    EXPECT_TRUE(index.contains(number));
    if (number + 1 < (std::int64_t{1} << 40)) {
      EXPECT_EQ(index.contains(number + 1), dead.contains(number + 1));
    }
  }
  index.add(0);
  EXPECT_FALSE(index.contains(0));
  EXPECT_TRUE(index.contains(-1));
}

INSTANTIATE_TEST_SUITE_P(OnBothDatabases, Tokens, ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()),
                         [](const auto& made) { return made.param; });

}  // namespace
}  // namespace rowan::tokens
