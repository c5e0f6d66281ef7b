// The connection breaks under a transaction: before its COMMIT nothing was done, behind it nobody knows.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <rowan/base/try.hpp>
#include <rowan/storage/postgres/relay_for_tests.hpp>
#include <rowan/testing/temporary_database.hpp>

namespace rowan::storage {
namespace {

using for_tests::Relay;
using Loss = Relay::Loss;

// Of the protocol: with the NUL that ends a query, or READ COMMITTED would do.
const std::string commit("COMMIT\0", 7);

class ThroughARelay : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!std::getenv("ROWAN_TEST_POSTGRES")) GTEST_SKIP() << "run by scripts/with-postgres";
    server_.emplace("postgres");
    relay_.emplace(for_tests::port_of(server_->url()));
    database_ = open_database(for_tests::through(*relay_, server_->url()));
    const auto made = (*server_)->transact(
        [](Transaction& transaction) { return transaction.execute(Sql("CREATE TABLE t (name text)")); });
    ASSERT_TRUE(made) << made.error().reason;
  }
  Result<> add(std::string_view name) {
    return database_->transact([&](Transaction& transaction) -> Result<> {
      ++runs_;
      ROWAN_CHECK(transaction.execute(Sql("INSERT INTO t (name) VALUES (:name)"), {{"name", name}}));
      return {};
    });
  }
  std::int64_t count() {
    const auto rows = (*server_)->read([](SqlConnection& c) { return c.query(Sql("SELECT count(*) FROM t")); });
    return rows ? rows->front().integer(0) : -1;
  }

  std::optional<rowan::testing::TemporaryDatabase> server_{};
  std::optional<Relay> relay_{};
  std::unique_ptr<Database> database_{};
  int runs_ = 0;
};

TEST_F(ThroughARelay, ACommitWhoseAnswerIsLostHasAnUnknownEffect) {
  ASSERT_TRUE(add("a"));
  relay_->lose_next(commit, Loss::of_the_answer);
  const auto done = add("b");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().code, ErrorCode::unavailable);
  EXPECT_EQ(done.error().effect, Effect::unknown);
  EXPECT_EQ(count(), 2) << "it was done";
  EXPECT_EQ(runs_, 2) << "never run again: it would be done twice";
  relay_->lose_next(commit, Loss::of_the_message);
  const auto lost = add("c");
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().effect, Effect::unknown) << "nobody here can tell it from the other";
  EXPECT_EQ(count(), 2);
  EXPECT_TRUE(add("d")) << "on a new connection";
}

}  // namespace
}  // namespace rowan::storage
