#include <gtest/gtest.h>

#include <algorithm>
#include <rowan/hosts/beast/places.hpp>
#include <string>
#include <vector>

namespace rowan::hosts::beast {
namespace {

using Verdict = Places::Verdict;

http::IpAddress address(std::string_view text) { return *http::IpAddress::parse(text); }

// A connection without a socket.
struct Visitor : Guest, std::enable_shared_from_this<Visitor> {
  void give_up(std::shared_ptr<Guest>) override { ++asked_to_go; }
  int asked_to_go = 0;
  std::unique_ptr<Places::Place> place{};
};

std::shared_ptr<Visitor> visit(Places& places, std::string_view from = "192.0.2.1") {
  auto admitted = places.admit(address(from));
  if (admitted.place == nullptr) return nullptr;
  auto visitor = std::make_shared<Visitor>();
  visitor->place = std::move(admitted.place);
  visitor->place->belongs_to(visitor);
  return visitor;
}

TEST(Places, GiveUpTheConnectionThatHasBeenIdleLongest) {
  Places places(3, 100, {});
  auto first = visit(places), second = visit(places), third = visit(places);
  second->place->becomes_idle();
  first->place->becomes_idle();
  const auto admitted = places.admit(address("192.0.2.2"));
  EXPECT_EQ(admitted.verdict, Verdict::instead_of_another);
  EXPECT_NE(admitted.place, nullptr);
  EXPECT_EQ(second->asked_to_go, 1);
  EXPECT_EQ(first->asked_to_go + third->asked_to_go, 0);
}

TEST(Places, CountIdlenessFromTheLastAnswerOn) {
  Places places(2, 100, {});
  auto first = visit(places), second = visit(places);
  first->place->becomes_idle();
  second->place->becomes_idle();
  first->place->becomes_busy();
  first->place->becomes_idle();
  EXPECT_NE(visit(places), nullptr);
  EXPECT_EQ(first->asked_to_go, 0);
  EXPECT_EQ(second->asked_to_go, 1);
}

TEST(Places, RefuseWhenNoneIsIdle) {
  Places places(2, 100, {});
  auto first = visit(places), second = visit(places);
  EXPECT_EQ(places.admit(address("192.0.2.2")).verdict, Verdict::full);
  first.reset();
  EXPECT_NE(visit(places), nullptr);
  EXPECT_EQ(places.taken(), 1u);
}

TEST(Places, TellEachConnectionOnlyOnceToClose) {
  Places places(1, 100, {});
  auto first = visit(places);
  first->place->becomes_idle();
  auto second = visit(places);
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(visit(places), nullptr);  // the first has not gone yet, and the second is busy
  first->place->becomes_busy();       // a request came in between
  first->place->becomes_idle();
  EXPECT_EQ(visit(places), nullptr);
  EXPECT_EQ(first->asked_to_go, 1);
  first.reset();
  second.reset();
  EXPECT_NE(visit(places), nullptr);
}

// The guests that were asked may stay busy: what they hold beyond the total is bounded.
TEST(Places, LendNoMoreThanAFewBeyondTheTotal) {
  Places places(10, 1000, {});
  std::vector<std::shared_ptr<Visitor>> all;
  for (int i = 0; i < 1000; ++i)
    if (auto visitor = visit(places)) {
      visitor->place->becomes_idle();
      all.push_back(std::move(visitor));
    }
  EXPECT_LE(places.taken(), 10u + 32u);
  EXPECT_EQ(places.taken(), all.size());
}

TEST(Places, KeepAClientToItsShare) {
  Places places(100, 2, {});
  auto first = visit(places), second = visit(places), stranger = visit(places, "192.0.2.2");
  stranger->place->becomes_idle();
  EXPECT_EQ(places.admit(address("192.0.2.1")).verdict, Verdict::share_is_full);  // all of its own are busy
  second->place->becomes_idle();
  EXPECT_EQ(places.admit(address("192.0.2.1")).verdict, Verdict::instead_of_another);
  EXPECT_EQ(second->asked_to_go, 1);
  EXPECT_EQ(stranger->asked_to_go, 0);  // only its own are given up
}

TEST(Places, CountAnIPv6NetworkAsOneClient) {
  Places places(100, 1, {});
  const auto first = visit(places, "2001:db8:1:2::1");
  EXPECT_EQ(places.admit(address("2001:db8:1:2:ffff::7")).verdict, Verdict::share_is_full);
  EXPECT_EQ(places.admit(address("2001:db8:1:3::1")).verdict, Verdict::free);
  const auto four = visit(places, "192.0.2.1");
  EXPECT_EQ(places.admit(address("::ffff:192.0.2.1")).verdict, Verdict::share_is_full);  // the same client
}

TEST(Places, GiveAProxyNoShare) {
  Places places(10, 1, {*http::IpRange::parse("10.0.0.0/8")});
  std::vector<std::shared_ptr<Visitor>> all;
  for (int i = 0; i < 10; ++i) all.push_back(visit(places, "10.1.2.3"));
  EXPECT_EQ(places.taken(), 10u);
  EXPECT_EQ(places.admit(address("10.1.2.3")).verdict, Verdict::full);
}

// A connection that was given up but got a request counts again: neither one client nor all together hold more than a
// few places beyond their limits.
TEST(Places, CountConnectionsThatWereGivenUpButGotARequest) {
  Places places(100, 2, {});
  std::vector<std::shared_ptr<Visitor>> greedy, others;
  for (int i = 0; i < 1000; ++i) {
    if (auto visitor = visit(places)) {
      visitor->place->becomes_idle();
      greedy.push_back(std::move(visitor));
    }
    for (const auto& visitor : greedy)
      if (visitor->asked_to_go > 0) visitor->place->becomes_busy();
  }
  EXPECT_LE(greedy.size(), 2u + Places::lent_to_one);
  for (int i = 0; i < 50; ++i) others.push_back(visit(places, "192.0.2." + std::to_string(i + 2)));
  EXPECT_EQ(std::ranges::count(others, nullptr), 0);
  EXPECT_LE(places.taken(), 100u + Places::lent);
}

TEST(Places, TakeBackWhatWasLent) {
  Places places(10, 1000, {});
  std::vector<std::shared_ptr<Visitor>> busy;
  for (int i = 0; i < 1000; ++i) {
    auto visitor = visit(places);
    if (visitor == nullptr) continue;
    visitor->place->becomes_idle();
    busy.push_back(std::move(visitor));
    for (const auto& each : busy)
      if (each->asked_to_go > 0) each->place->becomes_busy();
  }
  EXPECT_LE(places.taken(), 10u + Places::lent);
  const auto stranger = places.admit(address("192.0.2.2"));
  EXPECT_EQ(stranger.place, nullptr);
  std::erase_if(busy, [](const auto& each) { return each->asked_to_go > 0; });  // they were answered
  EXPECT_NE(places.admit(address("192.0.2.2")).place, nullptr);
}

// Four connections that sent one byte and no more keep no other client out.
TEST(Places, GiveUpConnectionsThatKeepTheServerWaiting) {
  using std::chrono::milliseconds;
  Places places(4, 100, {});
  const Places::Clock::time_point start{};
  std::vector<std::shared_ptr<Visitor>> slow;
  for (int i = 0; i < 4; ++i) {
    slow.push_back(visit(places, "192.0.2." + std::to_string(i + 1)));
    slow.back()->place->becomes_waiting(start + milliseconds(i));
  }
  const auto fifth = address("192.0.2.5");
  EXPECT_EQ(places.admit(fifth, start + Places::patience - milliseconds(1)).verdict, Verdict::full);
  const auto admitted = places.admit(fifth, start + Places::patience);
  EXPECT_EQ(admitted.verdict, Verdict::instead_of_another);
  EXPECT_EQ(slow[0]->asked_to_go, 1);
  EXPECT_EQ(places.admit(fifth, start + Places::patience).verdict, Verdict::full);  // the next began later
  EXPECT_EQ(slow[1]->asked_to_go, 0);
}

TEST(Places, PreferTheIdleToThoseInTheMiddleOfARequest) {
  Places places(3, 100, {});
  const Places::Clock::time_point start{};
  auto waiting = visit(places), idle = visit(places), working = visit(places);
  waiting->place->becomes_waiting(start);
  idle->place->becomes_idle();
  working->place->becomes_waiting(start);
  working->place->becomes_busy();
  const auto later = start + 2 * Places::patience;
  const auto first = places.admit(address("192.0.2.2"), later);
  EXPECT_EQ(idle->asked_to_go, 1);
  EXPECT_EQ(waiting->asked_to_go, 0);
  const auto second = places.admit(address("192.0.2.2"), later);
  EXPECT_EQ(waiting->asked_to_go, 1);
  EXPECT_EQ(places.admit(address("192.0.2.2"), later).verdict, Verdict::full);
  EXPECT_EQ(working->asked_to_go, 0);  // the server is at it: nobody's fault but its own
}

// It was asked, finished its request all the same, and does not read the answer.
TEST(Places, TellAConnectionAgainThatKeepsTheServerWaitingLater) {
  Places places(1, 100, {});
  const Places::Clock::time_point start{};
  auto first = visit(places);
  first->place->becomes_idle();
  auto second = visit(places);
  first->place->becomes_busy();
  first->place->becomes_waiting(start);
  auto third = places.admit(address("192.0.2.2"), start + Places::patience);
  EXPECT_EQ(first->asked_to_go, 2);
  EXPECT_EQ(third.verdict, Verdict::instead_of_another);
}

TEST(Places, ForgetClientsThatHaveGone) {
  Places places(4, 1, {});
  for (int i = 0; i < 3; ++i) EXPECT_NE(visit(places), nullptr);  // each goes at once
  EXPECT_EQ(places.taken(), 0u);
  EXPECT_FALSE(places.give_up_longest());
}

}  // namespace
}  // namespace rowan::hosts::beast
