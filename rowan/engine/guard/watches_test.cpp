#include <gtest/gtest.h>

#include <array>
#include <atomic>
#include <barrier>
#include <chrono>
#include <future>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/watches.hpp>
#include <rowan/tokens/tokens_fixture_for_tests.hpp>
#include <thread>
#include <vector>

namespace rowan::engine {
namespace {

using namespace std::chrono_literals;
using tokens::for_tests::every_database;
using tokens::for_tests::name_of_database;
using tokens::for_tests::TokensOn;

// What a callback was told.
struct Heard {
  std::atomic<int> times{0};
  std::atomic<ClaimsEnd> why{};
  ClaimsEnded callback() {
    return [this](ClaimsEnd end) {
      why = end;
      ++times;
    };
  }
};

class WatchesOn : public TokensOn {
 protected:
  WatchesOn() : here_(node()), elsewhere_(node()), watches_(watches_at(*here_)) {
    for (auto& number : numbers_) number = here_->numbers.take().value();
    look();
  }
  std::shared_ptr<Watches> watches_at(Node& node) {
    auto watches = std::make_shared<Watches>(node.revocation, node.numbers, clock_, node.logger, 1s);
    node.revocation.on_account_changed([watches](std::optional<std::int64_t> number) {
      if (number) watches->learnt(*number);
    });
    return watches;
  }
  /// A session of the account and tenant of numbers_[1] and [2], with a number of its own.
  Claims claims(std::int64_t token = 0) {
    Claims made;
    made.numbers = {token == 0 ? numbers_[0] : token, numbers_[1], numbers_[2]};
    made.expires_at = clock_.now() + 24h;
    return made;
  }
  RevocationWatch watch(const Claims& of, ClaimsEnded callback) {
    return RevocationWatch(watches_->add(of, std::move(callback)));
  }
  /// What the background does: a look at the feed, then the callbacks.
  void look() {
    ASSERT_TRUE(here_->revocation.poll());
    watches_->run();
  }

  std::unique_ptr<Node> here_, elsewhere_;
  std::shared_ptr<Watches> watches_;
  std::array<std::int64_t, 4> numbers_{};  // token, account, tenant, signing key
};
INSTANTIATE_TEST_SUITE_P(Databases, WatchesOn, every_database(), name_of_database);

// SES-07, SES-08, TOK-09, WS-03
TEST_P(WatchesOn, HearOnceWhenTokenAccountTenantOrSigningKeyEnds_HereAndElsewhere) {
  for (auto* by : {here_.get(), elsewhere_.get()})
    for (const std::size_t dead : {0U, 1U, 2U, 3U}) {
      SCOPED_TRACE(std::to_string(dead) + (by == here_.get() ? " here" : " elsewhere"));
      for (auto& number : numbers_) number = here_->numbers.take().value();
      auto of = claims();
      of.signing_key = numbers_[3];
      auto others = claims(here_->numbers.take().value());
      others.numbers.account_generation = others.numbers.tenant_generation = here_->numbers.take().value();
      Heard heard, other;
      const auto one = watch(of, heard.callback()), two = watch(others, other.callback());
      look();
      EXPECT_EQ(heard.times, 0);
      kill(*by, numbers_.at(dead));
      look();
      look();
      EXPECT_EQ(heard.times, 1);
      EXPECT_EQ(heard.why, ClaimsEnd::revoked);
      EXPECT_EQ(other.times, 0);
    }
}

TEST_P(WatchesOn, CallNothingOnTheThreadThatRevokes) {
  Heard heard;
  const auto one = watch(claims(), heard.callback());
  kill(*here_, numbers_[0]);
  EXPECT_EQ(heard.times, 0);
  watches_->run();
  EXPECT_EQ(heard.times, 1);
}

TEST_P(WatchesOn, WakeTheirThreadWhenThereIsSomethingToCall) {
  int woken = 0;
  watches_->wake_by([&] { ++woken; });
  const auto one = watch(claims(), {});
  kill(*here_, here_->numbers.take().value());
  EXPECT_EQ(woken, 0);
  kill(*here_, numbers_[0]);
  EXPECT_EQ(woken, 1);
  const auto late = watch(claims(), {});
  EXPECT_EQ(woken, 2) << "revoked before it was watched";
}

TEST_P(WatchesOn, HearAtOnceWhatHasEndedBefore) {
  kill(*here_, numbers_[1]);
  Heard heard;
  const auto one = watch(claims(), heard.callback());
  EXPECT_EQ(heard.times, 0);
  watches_->run();
  EXPECT_EQ(heard.times, 1);
}

TEST_P(WatchesOn, AreNotEndedByAChangeOfTheAccountThatLeavesItsGeneration) {
  Heard heard;
  const auto one = watch(claims(), heard.callback());
  ASSERT_TRUE(database_->transact([&](Transaction& transaction) -> Result<> {
    here_->revocation.account_changed(transaction, numbers_[1]);
    return {};
  }));
  look();
  EXPECT_EQ(heard.times, 0);
}

// SES-05, WS-03
TEST_P(WatchesOn, HearWhenTheClaimsExpire) {
  auto of = claims();
  of.expires_at = clock_.now() + 10s;
  Heard heard;
  const auto one = watch(of, heard.callback());
  clock_.advance(10s - 1us);
  look();
  EXPECT_EQ(heard.times, 0);
  clock_.advance(1us);
  look();
  EXPECT_EQ(heard.times, 1);
  EXPECT_EQ(heard.why, ClaimsEnd::expired);
}

// ERR-01, WS-03
TEST_P(WatchesOn, HearWhenTheRevocationsCannotBeReadForTooLong_AndNotForAMoment) {
  Heard heard;
  const auto one = watch(claims(), heard.callback());
  clock_.advance(1s);
  watches_->run();
  clock_.advance(1h);  // the machine was asleep: the next look at the feed comes first
  watches_->run();
  look();
  clock_.advance(1s + 1us);
  watches_->run();
  clock_.advance(longest_settling - 1us);
  watches_->run();
  EXPECT_EQ(heard.times, 0);
  clock_.advance(1us);
  watches_->run();
  EXPECT_EQ(heard.times, 1);
  EXPECT_EQ(heard.why, ClaimsEnd::unknown);
  EXPECT_EQ(here_->logger.count("watches_end_unknown"), 1U);
  look();
  EXPECT_EQ(heard.times, 1);
}

TEST_P(WatchesOn, HearThatTheirTokenIsFromBeforeARestoredBackup) {
  Heard heard;
  const auto one = watch(claims(), heard.callback());
  run(Sql("UPDATE rowan_numbers SET floor = :floor"), {{"floor", numbers_[0] + 1}});
  look();
  EXPECT_EQ(heard.times, 1);
  EXPECT_EQ(heard.why, ClaimsEnd::revoked);
}

TEST_P(WatchesOn, HearNothingOnceTheyAreGone) {
  Heard heard;
  {
    auto one = watch(claims(), heard.callback());
    auto moved = std::move(one);
    one = RevocationWatch();
    kill(*here_, numbers_[0]);  // due, and not yet called
  }
  look();
  EXPECT_EQ(heard.times, 0);
  EXPECT_EQ(watches_->waiting(), 0U);
}

TEST_P(WatchesOn, MayEndWithinTheirOwnCallback) {
  RevocationWatch one;
  int times = 0;
  one = watch(claims(), [&](ClaimsEnd) {
    ++times;
    one.reset();
  });
  kill(*here_, numbers_[0]);
  look();
  EXPECT_EQ(times, 1);
}

TEST_P(WatchesOn, WaitForACallbackThatRunsElsewhereBeforeTheyAreGone) {
  std::promise<void> entered, may_leave;
  std::atomic<bool> left{false};
  auto one = watch(claims(), [&](ClaimsEnd) {
    entered.set_value();
    may_leave.get_future().wait();
    left = true;
  });
  kill(*here_, numbers_[0]);
  std::jthread background([&] { watches_->run(); });
  entered.get_future().wait();
  std::jthread later([&] {
    std::this_thread::sleep_for(20ms);
    may_leave.set_value();
  });
  one.reset();
  EXPECT_TRUE(left);
}

TEST_P(WatchesOn, KeepGoingWhenACallbackThrows) {
  Heard heard;
  const auto one = watch(claims(), [](ClaimsEnd) { throw std::runtime_error("a fault of the application"); });
  const auto two = watch(claims(), [](ClaimsEnd) { throw 1; });
  const auto three = watch(claims(), heard.callback());
  kill(*here_, numbers_[0]);
  look();
  EXPECT_EQ(heard.times, 1);
  EXPECT_EQ(here_->logger.count("on_revoked_threw"), 2U);
}

TEST_P(WatchesOn, MayOutliveWhatTheyWatch) {
  RevocationWatch one = watch(claims(), {});
  here_->revocation.on_account_changed({});
  watches_.reset();
  here_.reset();
}

// For ThreadSanitizer: watching, letting go, revoking and calling at once. Every watch that is still held hears once.
TEST_P(WatchesOn, ArePreciseWhileEverythingHappensAtOnce) {
  constexpr int rounds = 40, watchers = 4;
  std::atomic<bool> stop{false};
  std::jthread background([&] {
    while (!stop) {
      EXPECT_TRUE(here_->revocation.poll());
      watches_->run();
    }
  });
  for (int round = 0; round < rounds; ++round) {
    const auto token = here_->numbers.take().value();
    std::barrier start(watchers + 1);
    std::array<Heard, watchers> kept, dropped;
    std::array<RevocationWatch, watchers> held;
    {
      std::vector<std::jthread> threads;
      for (std::size_t i = 0; i < watchers; ++i)
        threads.emplace_back([&, i] {
          start.arrive_and_wait();
          held.at(i) = watch(claims(token), kept.at(i).callback());
          auto brief = watch(claims(token), dropped.at(i).callback());
          auto moved = std::move(brief);
          moved.reset();
          const int heard = dropped.at(i).times;
          std::this_thread::yield();
          EXPECT_EQ(dropped.at(i).times, heard) << "called after it was gone";
        });
      start.arrive_and_wait();
      kill(round % 2 == 0 ? *here_ : *elsewhere_, token);
    }
    for (auto& heard : kept)
      while (heard.times == 0) std::this_thread::sleep_for(1ms);
    for (auto& watch : held) watch.reset();
    for (auto& heard : kept) EXPECT_EQ(heard.times, 1);
  }
  stop = true;
}

// A change costs the same however many watch something else; nothing here depends on how long it takes.
TEST_P(WatchesOn, AreManyThousandsOfOneTenant) {
  constexpr std::size_t many = 20'000;
  std::vector<RevocationWatch> all;
  std::atomic<std::size_t> heard{0};
  for (std::size_t i = 0; i < many; ++i)
    all.push_back(watch(claims(static_cast<std::int64_t>(1'000'000 + i)), [&](ClaimsEnd) { ++heard; }));
  EXPECT_EQ(watches_->waiting(), many);
  kill(*here_, 1'000'000);
  look();
  EXPECT_EQ(heard, 1U);
  kill(*elsewhere_, numbers_[2]);
  look();
  EXPECT_EQ(heard, many);
  EXPECT_EQ(watches_->waiting(), 0U);
}

}  // namespace
}  // namespace rowan::engine
