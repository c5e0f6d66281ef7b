#include <gtest/gtest.h>

#include <rowan/hosts/beast/chunked_body.hpp>

namespace rowan::hosts::beast {
namespace {

using State = ChunkedBody::State;
constexpr std::size_t limit = 20;

struct Outcome {
  State state{};
  std::string body{}, rest{};
};

Outcome feed_all(std::string wire) {
  ChunkedBody chunks(limit);
  Outcome outcome{.rest = std::move(wire)};
  outcome.state = chunks.feed(outcome.rest, outcome.body);
  return outcome;
}

TEST(ChunkedBody, PutsTheChunksTogetherAndLeavesWhatFollows) {
  const auto outcome = feed_all("3\r\nabc\r\n00A\r\n0123456789\r\n0\r\n\r\nGET");
  EXPECT_EQ(outcome.state, State::done);
  EXPECT_EQ(outcome.body, "abc0123456789");
  EXPECT_EQ(outcome.rest, "GET");
}

TEST(ChunkedBody, ParsesTheSameByteByByte) {
  ChunkedBody chunks(limit);
  std::string body, received;
  const std::string wire = "3\r\nabc\r\n1\r\nd\r\n0\r\n\r\n";
  for (std::size_t i = 0; i < wire.size(); ++i) {
    received += wire[i];
    ASSERT_EQ(chunks.feed(received, body), i + 1 == wire.size() ? State::done : State::more) << i;
  }
  EXPECT_EQ(body, "abcd");
  EXPECT_EQ(received, "");
}

// HTTP-01: Boost.Beast bounds neither extensions nor trailers.
TEST(ChunkedBody, RefusesExtensionsTrailersAndLooseSyntax) {
  for (const char* wire :
       {"3;a=b\r\nabc\r\n0\r\n\r\n", "3 \r\nabc\r\n", " 3\r\nabc\r\n", "+3\r\nabc\r\n", "-3\r\nabc\r\n",
        "0x3\r\nabc\r\n", "\r\n", "g\r\n", "3\nabc\n", "3\r\nabcd\r\n", "3\r\nabc\n", "3\r\nabcXX",
        "0\r\nTrailer: x\r\n\r\n", "0\r\n\n", "000000003\r\nabc", "1234567890"}) {
    EXPECT_EQ(feed_all(wire).state, State::broken) << wire;
  }
}

TEST(ChunkedBody, RefusesMoreThanTheLimitBeforeItIsSent) {
  EXPECT_EQ(feed_all("15\r\n").state, State::too_large);
  EXPECT_EQ(feed_all("ffffffff\r\n").state, State::too_large);
  EXPECT_EQ(feed_all("14\r\n01234567890123456789\r\n1\r\n").state, State::too_large);
  EXPECT_EQ(feed_all("14\r\n01234567890123456789\r\n0\r\n\r\n").state, State::done);
}

}  // namespace
}  // namespace rowan::hosts::beast
