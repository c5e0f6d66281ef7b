#include <gtest/gtest.h>

#include <rowan/hosts/beast/places.hpp>

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
  EXPECT_EQ(admitted.verdict, Verdict::instead_of_an_idle_one);
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

TEST(Places, AskEachOnlyOnceToGo) {
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
  EXPECT_EQ(places.admit(address("192.0.2.1")).verdict, Verdict::instead_of_an_idle_one);
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

TEST(Places, ForgetClientsThatHaveGone) {
  Places places(4, 1, {});
  for (int i = 0; i < 3; ++i) EXPECT_NE(visit(places), nullptr);  // each goes at once
  EXPECT_EQ(places.taken(), 0u);
  EXPECT_FALSE(places.give_up_longest_idle());
}

}  // namespace
}  // namespace rowan::hosts::beast
