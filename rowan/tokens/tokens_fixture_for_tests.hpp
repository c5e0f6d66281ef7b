#pragma once
// For the tests of this folder: a migrated database, nodes on it, and what an operator does to it by hand.
#include <gtest/gtest.h>

#include <mutex>
#include <rowan/base/try.hpp>
#include <rowan/storage/migrator.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan::tokens::for_tests {

using namespace std::chrono_literals;

class RecordingLogger final : public Logger {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField> fields) override {
    const std::lock_guard lock(mutex_);
    text_ += format_log_line(event, fields) + "\n";
  }
  std::size_t count(std::string_view word) const {
    const std::lock_guard lock(mutex_);
    std::size_t found = 0;
    for (auto at = text_.find(word); at != std::string::npos; at = text_.find(word, at + 1)) ++found;
    return found;
  }

 private:
  mutable std::mutex mutex_{};
  std::string text_{};
};

class TokensOn : public ::testing::TestWithParam<std::string> {
 protected:
  TokensOn() {
    auto all = embedded_migrations("accounts");
    for (auto& migration : embedded_migrations("tokens")) all.push_back(migration);
    database_.migrate(all);
  }

  struct Node {
    Node(Database& database, Clock& clock, Random& random)
        : numbers(database), revocation(database, numbers, clock, random, logger) {}
    RecordingLogger logger{};
    Numbers numbers;
    Revocation revocation;
  };
  std::unique_ptr<Node> node(Clock& clock) { return std::make_unique<Node>(*database_, clock, random_); }
  std::unique_ptr<Node> node() { return node(clock_); }

  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        database_->transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }
  std::int64_t number(const Sql& statement, SqlParams params = {}) {
    return testing::number_in(*database_, statement, params);
  }
  void kill(Node& by, std::int64_t number) {
    const auto done = database_->transact([&](Transaction& transaction) -> Result<> {
      by.revocation.revoke(transaction, number, clock_.now() + 24h);
      return {};
    });
    ASSERT_TRUE(done) << done.error().reason;
  }
  Revocation::State state(Node& at, std::int64_t token) { return at.revocation.state({token, 0, 0}, 1s); }
  Revocation::State settled(Node& at, std::int64_t token) {
    const auto state = at.revocation.settle({token, 0, 0}, 1s, 500ms);
    return state ? *state : Revocation::State::unknown;
  }

  rowan::testing::TemporaryDatabase database_{GetParam()};
  // Long ago: what has expired by it has expired by the database's own clock too.
  rowan::testing::FakeClock clock_{Timestamp(std::chrono::sys_days(std::chrono::year(2020) / 1 / 1))};
  rowan::testing::FakeRandom random_{};
};

inline auto every_database() { return ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()); }
inline std::string name_of_database(const ::testing::TestParamInfo<std::string>& info) { return info.param; }

}  // namespace rowan::tokens::for_tests
