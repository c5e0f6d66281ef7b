#include <gtest/gtest.h>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/scheduler.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan::tokens {
namespace {

using namespace std::chrono_literals;

class Devices : public ::testing::TestWithParam<std::string> {
 protected:
  Devices() : place_(GetParam()), database_(open_database(place_.url())) {
    auto all = embedded_migrations("accounts");
    for (auto& migration : embedded_migrations("tokens")) all.push_back(migration);
    EXPECT_TRUE(migrate(*database_, all, clock_.now()));
    account_ = make("ann@notes.example");
  }
  AccountId make(std::string_view email) {
    const auto id = AccountId::make(clock_, random_);
    EXPECT_TRUE(database_->transact([&](Transaction& transaction) {
      return accounts::create(transaction, {.id = id, .generation = 1, .tenant_generation = 1},
                              *EmailAddress::parse(email), clock_.now());
    }));
    return id;
  }
  void remember(AccountId account, std::string_view device) {
    EXPECT_TRUE(database_->transact(
        [&](Transaction& transaction) { return remember_device(transaction, account, device, clock_.now()); }));
  }
  bool knows(AccountId account, std::string_view device) {
    return *database_->read(
        [&](SqlConnection& connection) { return knows_device(connection, account, device, clock_.now()); });
  }
  void expire() {
    const auto scheduler = make_thread_scheduler();
    Sweep sweep(*database_, clock_, *scheduler, 1h);
    EXPECT_TRUE(expire_devices(sweep));
  }
  std::int64_t rows() {
    static constexpr Sql count{"SELECT COUNT(*) FROM rowan_devices"};
    return testing::number_in(*database_, count);
  }
  rowan::testing::TemporaryDatabase place_;
  std::unique_ptr<Database> database_;
  // Long ago: what has expired by it has expired by the database's own clock too.
  rowan::testing::FakeClock clock_{Timestamp(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1))};
  rowan::testing::FakeRandom random_;
  AccountId account_{};
};
INSTANTIATE_TEST_SUITE_P(OnBothDatabases, Devices, ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()),
                         [](const auto& made) { return made.param; });

TEST_P(Devices, AreKnownToTheirAccountOnly) {
  const auto other = make("bob@notes.example");
  const auto device = make_device(random_);
  remember(account_, device);
  EXPECT_TRUE(knows(account_, device));
  EXPECT_FALSE(knows(other, device));
  EXPECT_FALSE(knows(account_, make_device(random_)));
  for (const auto* none : {"", "x"}) {
    remember(account_, none);
    EXPECT_FALSE(knows(account_, none)) << none;
    EXPECT_FALSE(knows(AccountId(), none)) << none;
  }
  EXPECT_EQ(rows(), 1);
}

TEST_P(Devices, AreForgottenWithTheAccountAndWhenEverythingEnds) {
  const auto device = make_device(random_);
  remember(account_, device);
  EXPECT_TRUE(database_->transact([&](Transaction& transaction) { return forget_devices_of(transaction, account_); }));
  EXPECT_FALSE(knows(account_, device));
  remember(account_, device);
  static constexpr Sql erase{"DELETE FROM rowan_accounts WHERE id = :id"};
  EXPECT_TRUE(
      database_->transact([&](Transaction& transaction) { return transaction.execute(erase, {{"id", account_}}); }));
  EXPECT_EQ(rows(), 0);
}

TEST_P(Devices, ExpireTwoYearsAfterTheirLastSignIn) {
  const auto scheduler = make_thread_scheduler();
  const auto expire = [&] {
    Sweep sweep(*database_, clock_, *scheduler, 1h);
    EXPECT_TRUE(expire_devices(sweep));
  };
  clock_.advance(-1000 * 24h);  // in the past of the database's own clock, which has a say
  const auto device = make_device(random_);
  remember(account_, device);
  clock_.advance(device_lifetime - 1s);
  EXPECT_TRUE(knows(account_, device));
  expire();
  EXPECT_EQ(rows(), 1);
  clock_.advance(2s);
  EXPECT_FALSE(knows(account_, device)) << "also before the row is dropped";
  expire();
  EXPECT_EQ(rows(), 0);
}

}  // namespace
}  // namespace rowan::tokens
