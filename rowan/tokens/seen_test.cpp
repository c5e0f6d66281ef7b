#include <gtest/gtest.h>
#include <rowan/testing/temporary_database.hpp>
#include <rowan/tokens/seen.hpp>
#include <rowan/tokens/tokens_fixture_for_tests.hpp>
#include <set>
#include <thread>

namespace rowan::tokens {
namespace {

using namespace std::chrono_literals;

constexpr auto start = Timestamp(std::chrono::sys_days(std::chrono::year(2026) / 11 / 1));

std::vector<std::int64_t> numbers_in(const std::vector<Seen::Use>& uses) {
  std::vector<std::int64_t> numbers;
  for (const auto& use : uses) numbers.push_back(use.number);
  return numbers;
}
using Numbers_ = std::vector<std::int64_t>;

TEST(SeenTokens, AreTakenOnceAnInterval) {
  Seen seen(5min);
  seen.note(7, start);
  EXPECT_EQ(numbers_in(seen.take(start, 100)), Numbers_{7});
  for (auto time = start; time < start + 4min + 50s; time += 1s) seen.note(7, time);
  EXPECT_TRUE(seen.take(start + 5min, 100).empty());
  seen.note(7, start + 5min);
  const auto again = seen.take(start + 5min, 100);
  ASSERT_EQ(again.size(), 1U);
  EXPECT_GE(again[0].at, start + 5min - 4s);
  EXPECT_LE(again[0].at, start + 5min);
}

TEST(SeenTokens, AreNeverTakenForOneAnother) {
  Seen seen(5min);
  const auto other = static_cast<std::int64_t>(7 + Seen::places);
  std::jthread first([&] {
    for (int i = 0; i < 20'000; ++i) seen.note(7, start);
  });
  std::jthread second([&] {
    for (int i = 0; i < 20'000; ++i) seen.note(other, start + 10min);
  });
  for (int i = 0; i < 200; ++i)
    for (const auto& use : seen.take(start + 10min, 100)) {
      ASSERT_TRUE(use.number == 7 || use.number == other) << use.number;
      ASSERT_EQ(use.at, use.number == 7 ? start : start + 10min);
    }
}

TEST(SeenTokens, BeyondWhatIsWrittenAtOnceComeTheNextTime) {
  Seen seen(5min);
  for (std::int64_t number = 1; number <= 2500; ++number) seen.note(number, start);
  std::set<std::int64_t> all;
  for (int i = 0; i < 3; ++i)
    for (const auto& use : seen.take(start, 1000)) all.insert(use.number);
  EXPECT_EQ(all.size(), 2500U);
  EXPECT_TRUE(seen.take(start, 1000).empty());
}

TEST(SeenTokens, ThatCouldNotBeWrittenAreTakenAgain) {
  Seen seen(5min);
  seen.note(7, start);
  const auto uses = seen.take(start, 10);
  seen.put_back(uses);
  EXPECT_EQ(numbers_in(seen.take(start + 1s, 10)), Numbers_{7});
}

TEST(SeenTokens, OfAnyNumberAreNoted) {
  Seen seen(5min);
  for (const std::int64_t number : {std::int64_t{0}, std::int64_t{-1}, std::int64_t{1} << 48, std::int64_t{1} << 62})
    seen.note(number, start);
  EXPECT_TRUE(seen.take(start, 10).empty()) << "no token has such a number";
  seen.note((std::int64_t{1} << 48) - 1, start);
  EXPECT_EQ(numbers_in(seen.take(start, 10)), Numbers_{(std::int64_t{1} << 48) - 1});
}

// A minute of 50,000 requests a second by 10,000 programs on one node.
TEST(SeenTokens, OfABusyNodeNeedOneStatementASecond) {
  Seen seen(5min);
  std::size_t statements = 0, rows = 0;
  for (int second = 0; second < 60; ++second) {
    const auto now = start + std::chrono::seconds(second);
    for (int i = 0; i < 50'000; ++i) seen.note(1 + (second * 50'000 + i) * std::int64_t{7919} % 10'000, now);
    const auto some = seen.take(now, 1000);
    statements += some.empty() ? 0 : 1;
    rows += some.size();
    ASSERT_LE(some.size(), 1000U);
  }
  EXPECT_LE(statements, 60U);
  EXPECT_EQ(rows, 10'000U) << "each once";
}

class SeenOn : public for_tests::TokensOn {
 protected:
  void SetUp() override {
    run(
        Sql("INSERT INTO rowan_accounts (id, subject, generation, created_at, updated_at) "
            "VALUES ('01979a3e-0000-7000-8000-000000000001', 'user', 1, 0, 0)"));
    for (const int number : {5, 6}) insert(number);
  }
  void insert(int number) {
    run(Sql("INSERT INTO rowan_tokens (number, account_id, subject, purpose, methods, created_at, seen_at, expires_at) "
            "VALUES (:number, '01979a3e-0000-7000-8000-000000000001', 'user', 'user', '', 1000, 1000, 9000)"),
        {{"number", number}});
  }
  Result<> write(const std::vector<Seen::Use>& uses) {
    return database_->transact([&](Transaction& transaction) { return write_seen(transaction, uses); });
  }
  std::int64_t seen_at(int which) {
    return number(Sql("SELECT seen_at FROM rowan_tokens WHERE number = :number"), {{"number", which}});
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, SeenOn, every_database(), name_of_database);

TEST_P(SeenOn, IsWrittenForEachWithItsOwnTimeAndNeverGoesBack) {
  ASSERT_TRUE(write({{5, from_microseconds(3000)}, {6, from_microseconds(4000)}, {7, from_microseconds(4000)}}));
  EXPECT_EQ(seen_at(5), 3000);
  EXPECT_EQ(seen_at(6), 4000);
  ASSERT_TRUE(write({{5, from_microseconds(2000)}, {6, from_microseconds(5000)}})) << "by a node that was late";
  EXPECT_EQ(seen_at(5), 3000);
  EXPECT_EQ(seen_at(6), 5000);
}

TEST_P(SeenOn, IsWrittenWithoutWaitingForARowThatSomeoneHolds) {
  if (GetParam() == "sqlite") GTEST_SKIP() << "it has one writer";
  const auto other = open_database(database_.url());
  const auto held = other->transact([&](Transaction& transaction) -> Result<> {
    const auto locked = transaction.execute(Sql("UPDATE rowan_tokens SET revoked_at = 1 WHERE number = 5"));
    if (!locked) return locked.error();
    EXPECT_TRUE(write({{5, from_microseconds(3000)}, {6, from_microseconds(4000)}}));
    return {};
  });
  ASSERT_TRUE(held) << held.error().reason;
  EXPECT_EQ(seen_at(5), 1000);
  EXPECT_EQ(seen_at(6), 4000);
}

}  // namespace
}  // namespace rowan::tokens
