// SIGKILL in the middle of registrations: what was answered 201 is there, and nothing is half there.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <functional>
#include <mutex>
#include <random>
#include <rowan/testing/temporary_database.hpp>
#include <thread>

#include "client.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

constexpr int rounds = 6, clients = 4;

struct Ledger {
  std::mutex mutex{};
  std::vector<std::string> acknowledged{}, unanswered{};
  std::size_t count() {
    const std::lock_guard lock(mutex);
    return acknowledged.size();
  }
};

// The database of one test. No second connection of ours: it would spare SQLite the recovery after the kill.
class Place {
 public:
  explicit Place(const std::string& kind) {
    if (kind == "postgres") postgres_.emplace(kind);
  }
  std::string url() const { return postgres_ ? postgres_->url() : std::string(); }

 private:
  std::optional<testing::TemporaryDatabase> postgres_{};
};

class KillNine : public ::testing::TestWithParam<std::string> {
 protected:
  void SetUp() override {
    if (GetParam() == "postgres" && !std::getenv("ROWAN_TEST_POSTGRES"))
      GTEST_SKIP() << "no PostgreSQL: run by scripts/with-postgres";
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, KillNine, ::testing::Values("sqlite", "postgres"),
                         [](const auto& kind) { return kind.param; });

void register_until_it_is_gone(unsigned short port, const std::string& prefix, Ledger& ledger) {
  for (int i = 0;; ++i) {
    const auto email = prefix + "-" + std::to_string(i) + "@notes.example";
    const auto status = Client(port).register_account(email).status;
    const std::lock_guard lock(ledger.mutex);
    if (status == 201) {
      ledger.acknowledged.push_back(email);
      continue;
    }
    ledger.unanswered.push_back(email);
    EXPECT_EQ(status, 0) << "an answer that is neither yes nor the kill";
    return;
  }
}

// A hash at a time and core: one after another it would take twice as long.
void for_each_of(const std::vector<std::string>& emails, const std::function<void(const std::string&)>& check) {
  std::atomic<std::size_t> next = 0;
  std::vector<std::jthread> threads;
  for (int t = 0; t < clients; ++t)
    threads.emplace_back([&] {
      for (auto i = next++; i < emails.size(); i = next++) check(emails[i]);
    });
}

TEST_P(KillNine, EveryAcknowledgedRegistrationIsThereAfterRestart) {  // CON-02
  const Place place(GetParam());
  Serving serving({.program = ROWAN_PROGRAM, .database = place.url(), .limits = false});
  std::mt19937 random(std::random_device{}());
  Ledger ledger;
  for (int round = 0; round < rounds; ++round) {
    serving.start();
    const auto wanted = ledger.count() + std::uniform_int_distribution<std::size_t>(3, 12)(random);
    std::atomic<int> at_work = clients;
    std::vector<std::jthread> threads;
    for (int c = 0; c < clients; ++c)
      threads.emplace_back([&, prefix = "r" + std::to_string(round) + "-c" + std::to_string(c)] {
        register_until_it_is_gone(serving.port(), prefix, ledger);
        --at_work;
      });
    while (ledger.count() < wanted && at_work > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    // Anywhere in the registrations that are under way now.
    std::this_thread::sleep_for(std::chrono::microseconds(std::uniform_int_distribution<int>(0, 60'000)(random)));
    EXPECT_EQ(serving.end(SIGKILL), -SIGKILL) << serving.log();
  }
  ASSERT_GE(ledger.acknowledged.size(), 3U * rounds);

  serving.start();
  const Client client(serving.port());
  for_each_of(ledger.acknowledged, [&](const std::string& email) {
    EXPECT_EQ(client.sign_in(email).status, 200) << email << " was answered 201";
  });
  std::atomic<int> were_there = 0;
  for_each_of(ledger.unanswered, [&](const std::string& email) {
    const auto status = client.sign_in(email).status;
    if (status == 200) {
      ++were_there;
      return;
    }
    EXPECT_EQ(status, 401) << email;
    EXPECT_EQ(client.register_account(email).status, 201) << email << " can neither sign in nor register";
    EXPECT_EQ(client.sign_in(email).status, 200) << email;
  });
  RecordProperty("acknowledged", static_cast<int>(ledger.acknowledged.size()));
  RecordProperty("unanswered", static_cast<int>(ledger.unanswered.size()));
  RecordProperty("unanswered_but_there", were_there);
  EXPECT_EQ(serving.end(SIGTERM), 0) << serving.log();
}

}  // namespace
}  // namespace rowan::durability
