#include <gtest/gtest.h>

#include <rowan/hosts/beast/websocket_port.hpp>
#include <thread>
#include <vector>

namespace rowan::hosts::beast {
namespace {

class AWebSocketPort : public ::testing::Test {
 protected:
  int notified = 0;
  WebSocketPort port{1000, [this] { ++notified; }};
};

TEST_F(AWebSocketPort, KeepsTheOrder_AndNotifiesOnceForAllThatWaits) {
  EXPECT_TRUE(port.send("one"));
  EXPECT_TRUE(port.send("two"));
  EXPECT_EQ(notified, 1);
  EXPECT_EQ(port.take().messages, (std::deque<std::string>{"one", "two"}));
  EXPECT_TRUE(port.send("three"));
  EXPECT_EQ(notified, 2);
}

// WS-04
TEST_F(AWebSocketPort, ClosesWhenMoreWaitsThanItMayHold_AndCountsWhatIsStillBeingWritten) {
  EXPECT_TRUE(port.send(std::string(600, 'x')));
  EXPECT_EQ(port.take().messages.size(), 1U);
  EXPECT_FALSE(port.send(std::string(400, 'x')));
  const auto closing = port.take().closing;
  ASSERT_TRUE(closing);
  EXPECT_EQ(closing->code, http::close_code::policy_violation);
  EXPECT_TRUE(closing->at_once);
  EXPECT_FALSE(port.send("more"));
}

TEST_F(AWebSocketPort, CountsEmptyMessages) {
  int sent = 0;
  while (sent < 1000 && port.send("")) ++sent;
  EXPECT_LT(sent, 20);
}

TEST_F(AWebSocketPort, HasRoomAgainWhenSomethingHasLeft) {
  EXPECT_TRUE(port.send(std::string(900, 'x')));
  port.take();
  port.written(900);
  EXPECT_TRUE(port.send(std::string(900, 'x')));
}

TEST_F(AWebSocketPort, ClosesAfterWhatWasSent_ButDropsItWhenTheSessionEnds) {
  EXPECT_TRUE(port.send("last words"));
  port.close(1000, "done");
  EXPECT_FALSE(port.send("too late"));
  port.end(4401, "signed out");
  const auto taken = port.take();
  EXPECT_TRUE(taken.messages.empty());
  ASSERT_TRUE(taken.closing);
  EXPECT_EQ(taken.closing->code, 4401);
  EXPECT_TRUE(taken.closing->at_once);
}

TEST_F(AWebSocketPort, CutsALongReasonBetweenCharacters) {
  std::string reason(122, 'x');
  port.close(1006, reason + "ü");
  const auto closing = port.take().closing;
  ASSERT_TRUE(closing);
  EXPECT_EQ(closing->code, 1000) << "1006 is not for a frame";
  EXPECT_EQ(closing->reason, reason);
}

TEST_F(AWebSocketPort, IsNotHeardOfOnceItIsShut) {
  port.shut();
  EXPECT_FALSE(port.send("hello"));
  port.close(1000, "");
  port.end(4401, "");
  EXPECT_EQ(notified, 0);
}

TEST(AWebSocket, StandsForItsConnectionAlsoWhenThatIsGone) {
  auto port = std::make_shared<WebSocketPort>(1000, [] {});
  auto another = std::make_shared<WebSocketPort>(1000, [] {});
  const http::WebSocket one(port), same(port), other(another), none;
  EXPECT_EQ(one, same);
  EXPECT_FALSE(one == other);
  EXPECT_TRUE(one.is_open());
  EXPECT_FALSE(none.is_open());
  port.reset();
  EXPECT_FALSE(one.is_open());
  EXPECT_FALSE(one.send("hello"));
  EXPECT_EQ(one, same);
}

// For ThreadSanitizer.
TEST(AWebSocket, IsSentToFromManyThreadsWhileItIsShut) {
  auto port = std::make_shared<WebSocketPort>(1 << 20, [] {});
  const http::WebSocket socket(port);
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 4; ++i)
      threads.emplace_back([&] {
        for (int sent = 0; sent < 500; ++sent) static_cast<void>(socket.send("hello"));
        socket.close();
      });
    threads.emplace_back([&] {
      for (int i = 0; i < 100; ++i)
        for (const auto& message : port->take().messages) port->written(message.size());
      port->shut();
    });
  }
  EXPECT_FALSE(socket.send("hello"));
}

}  // namespace
}  // namespace rowan::hosts::beast
