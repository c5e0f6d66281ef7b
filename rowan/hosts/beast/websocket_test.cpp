#include <gtest/gtest.h>

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <rowan/base/random.hpp>
#include <rowan/hosts/beast/service.hpp>
#include <rowan/hosts/beast/websocket_raw_client.hpp>
#include <rowan/http/websocket.hpp>
#include <thread>

namespace rowan::hosts::beast {
namespace {

using namespace std::chrono_literals;
using hosts::testing::RawClient;
using Client = hosts::testing::WebSocketRawClient;
namespace code = http::close_code;

// Every WebSocket of it says what it hears back. "close" closes, "throw" throws, "flood" sends more than anybody reads.
struct Echo {
  std::mutex mutex{};
  std::condition_variable changed{};
  std::vector<http::WebSocket> open{};
  std::vector<std::uint16_t> closed{};
  std::vector<std::function<void(std::uint16_t, std::string_view)>> ends{};  // of the watches
  std::atomic<int> watched{0};
  bool non_blocking = false;

  http::WebSocketHandler handler() {
    return {.on_open =
                [this](const http::WebSocket& socket) {
                  const std::lock_guard lock(mutex);
                  open.push_back(socket);
                  changed.notify_all();
                },
            .on_message =
                [](const http::WebSocket& socket, std::string_view text) {
                  if (text == "throw") throw std::runtime_error("a fault of the application");
                  if (text == "close") return socket.close(4000, "as you wish");
                  if (text == "flood")
                    while (socket.send(std::string(100'000, 'x'))) {
                    }
                  static_cast<void>(socket.send("you said " + std::string(text)));
                },
            .on_close =
                [this](const http::WebSocket&, std::uint16_t by) {
                  const std::lock_guard lock(mutex);
                  closed.push_back(by);
                  changed.notify_all();
                },
            .non_blocking = non_blocking};
  }
  Answerer answerer() {
    return {.begin = [this](const http::Request& request) -> std::variant<http::Response, Blocking> {
              if (request.path != "/live") return http::Response{.status = 404};
              http::WebSocketUpgrade upgrade{.handler = handler()};
              upgrade.watch = [this](std::function<void(std::uint16_t, std::string_view)> end) {
                const std::lock_guard lock(mutex);
                ends.push_back(std::move(end));
                ++watched;
                return std::shared_ptr<void>(nullptr, [this](void*) { --watched; });
              };
              http::Response response{.status = 101};
              response.headers.add("Set-Cookie", "a=b");
              response.headers.add("Sec-WebSocket-Accept", "not ours");
              response.upgrade = std::make_shared<const http::WebSocketUpgrade>(std::move(upgrade));
              return response;
            },
            .overloaded = [](const http::Request&) { return http::Response{.status = 503}; }};
  }
  void wait_for_open(std::size_t count) {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 10s, [&] { return open.size() >= count; }));
  }
  std::vector<std::uint16_t> wait_for_closed(std::size_t count = 1) {
    std::unique_lock lock(mutex);
    EXPECT_TRUE(changed.wait_for(lock, 10s, [&] { return closed.size() >= count; }));
    return closed;
  }
};

class BeastWebSocket : public ::testing::Test {
 protected:
  void serve(ServerOptions options = {}) {
    options.port = 0;
    options.io_threads = 2;
    service_ = std::make_unique<Service>(options, echo.answerer());
    ASSERT_TRUE(service_->start());
  }
  unsigned short port() const { return service_->port(); }
  Echo echo{};
  std::unique_ptr<Service> service_{};
};

TEST_F(BeastWebSocket, OpensWithTheHeadersOfTheAnswer_AndNoBanner) {
  serve();
  Client client(port());
  EXPECT_EQ(client.status(), 101);
  // RFC 6455 section 1.3: the key's example.
  EXPECT_TRUE(client.head().contains("Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n")) << client.head();
  EXPECT_TRUE(client.head().contains("Set-Cookie: a=b\r\n")) << client.head();
  EXPECT_FALSE(client.head().contains("not ours")) << client.head();
  EXPECT_FALSE(client.head().contains("east")) << client.head();
}

TEST_F(BeastWebSocket, CarriesTextInBothDirections) {
  for (const bool non_blocking : {false, true}) {
    echo.non_blocking = non_blocking;
    serve();
    Client client(port());
    client.send("hello");
    EXPECT_EQ(client.read(), "you said hello");
    for (int i = 0; i < 20; ++i) client.send(std::to_string(i));
    for (int i = 0; i < 20; ++i) EXPECT_EQ(client.read(), "you said " + std::to_string(i));
    client.send_frame(Client::text, "in ", false);
    client.send_frame(Client::ping, "in between");
    client.send_frame(Client::continuation, "pieces");
    const auto pong = client.read_frame();
    EXPECT_TRUE(pong && pong->opcode == Client::pong && pong->payload == "in between");
    EXPECT_EQ(client.read(), "you said in pieces");
    client.send_close(1000);
    EXPECT_EQ(client.read_close(), 1000);
    EXPECT_EQ(echo.wait_for_closed(non_blocking ? 2 : 1).back(), 1000);
    service_->stop();
    EXPECT_EQ(echo.watched, 0);
  }
}

// WS-04
TEST_F(BeastWebSocket, RefusesFramesThatAreHostile) {
  serve({.websocket = {.max_message_bytes = 1000}});
  {
    Client client(port());
    client.send_frame(Client::binary, "bytes");
    EXPECT_EQ(client.read_close(), code::unsupported_data);
  }
  {
    Client client(port());
    client.send(std::string(1001, 'x'));
    EXPECT_EQ(client.read_close(), code::too_big);
  }
  {
    Client client(port());
    client.send_bytes(std::string("\x81\xff\x7f\xff\xff\xff\xff\xff\xff\xff", 10) + "mask");  // of 2^63 bytes
    EXPECT_EQ(client.read_close(), code::too_big);
  }
  {
    Client client(port());  // in pieces, each of which is small
    for (int i = 0; i < 5; ++i)
      client.send_frame(i == 0 ? Client::text : Client::continuation, std::string(300, 'x'), false);
    EXPECT_EQ(client.read_close(), code::too_big);
  }
  {
    Client client(port());
    client.send(std::string("\xC3\x28"));  // not UTF-8
    EXPECT_EQ(client.read_close(), 1007);
  }
  for (const auto& frame :
       std::vector<std::pair<Client::Opcode, std::string>>{{static_cast<Client::Opcode>(3), "reserved"},
                                                           {Client::continuation, "of nothing"},
                                                           {Client::ping, std::string(126, 'x')}}) {
    Client client(port());
    client.send_frame(frame.first, frame.second);
    EXPECT_EQ(client.read_close(), 1002) << frame.second;
  }
  {
    Client client(port());  // a client masks (RFC 6455 section 5.1)
    client.send_frame(Client::text, "bare", true, false);
    EXPECT_EQ(client.read_close(), 1002);
  }
  Client client(port());
  client.send("still here");
  EXPECT_EQ(client.read(), "you said still here");
}

TEST_F(BeastWebSocket, SurvivesWhateverComes) {
  serve({.websocket = {.max_message_bytes = 1000}});
  for (int i = 0; i < 200; ++i) {
    Client client(port());
    ASSERT_EQ(client.status(), 101);
    const auto bytes = system_random().bytes<64>();
    client.send_bytes(std::string(reinterpret_cast<const char*>(bytes.data()), bytes.size()));
  }
  Client client(port());
  client.send("still here");
  EXPECT_EQ(client.read(), "you said still here");
}

TEST_F(BeastWebSocket, RefusesAClientThatSendsBeforeItWasLetIn) {
  serve();
  RawClient client(port());
  client.send(
      "GET /live HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: "
      "13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n\x81");
  EXPECT_EQ(client.read_answer().status, 400);
}

// WS-03
TEST_F(BeastWebSocket, IsClosedWithItsCodeWhenTheSessionEnds_AndWhatWaitedIsDropped) {
  serve();
  Client client(port());
  client.send("hello");
  EXPECT_EQ(client.read(), "you said hello");
  EXPECT_EQ(echo.watched, 1);
  {
    const std::lock_guard lock(echo.mutex);
    echo.ends.front()(code::session_ended, "signed out");
    EXPECT_FALSE(echo.open.front().send("secret"));
  }
  const auto frame = client.read_frame();
  ASSERT_TRUE(frame);
  EXPECT_EQ(frame->opcode, Client::close);
  EXPECT_EQ(frame->code(), 4401);
  EXPECT_EQ(frame->payload.substr(2), "signed out");
  EXPECT_EQ(echo.wait_for_closed(), std::vector<std::uint16_t>{4401});  // although the client does not answer
  EXPECT_EQ(echo.watched, 0);
  EXPECT_TRUE(client.is_cut());
}

TEST_F(BeastWebSocket, IsClosedByTheApplicationAfterWhatItSent) {
  serve();
  Client client(port());
  client.send("close");
  EXPECT_EQ(client.read_close(), 4000);
  EXPECT_EQ(echo.wait_for_closed(), std::vector<std::uint16_t>{4000});
  Client another(port());
  echo.wait_for_open(2);
  {
    const std::lock_guard lock(echo.mutex);
    EXPECT_TRUE(echo.open.back().send("last words"));
    echo.open.back().close();
  }
  EXPECT_EQ(another.read(), "last words");
  EXPECT_EQ(another.read_close(), 1000);
}

TEST_F(BeastWebSocket, IsClosedWhenTheApplicationThrows) {
  for (const bool non_blocking : {false, true}) {
    echo.non_blocking = non_blocking;
    serve();
    Client client(port());
    client.send("throw");
    EXPECT_EQ(client.read_close(), code::internal_error);
  }
}

// WS-04
TEST_F(BeastWebSocket, IsClosedWhenItsClientDoesNotRead) {
  serve({.write_timeout = 300ms, .websocket = {.max_queued_bytes = 300'000}});
  Client client(port());
  client.send("flood");
  echo.wait_for_closed();
  {
    const std::lock_guard lock(echo.mutex);
    EXPECT_FALSE(echo.open.front().send("more"));
  }
}

TEST_F(BeastWebSocket, IsPingedWhenSilent_AndCutOffWhenItDoesNotAnswer) {
  serve({.websocket = {.idle_timeout = 200ms}});
  Client client(port());
  const auto ping = client.read_frame();
  ASSERT_TRUE(ping);
  EXPECT_EQ(ping->opcode, Client::ping);
  EXPECT_TRUE(client.is_cut());
  EXPECT_EQ(echo.wait_for_closed(), std::vector<std::uint16_t>{code::abnormal});
}

// WS-04
TEST_F(BeastWebSocket, IsOneOfSoMany) {
  serve({.websocket = {.max_open = 2}});
  Client one(port()), two(port());
  EXPECT_EQ(two.status(), 101);
  EXPECT_EQ(Client(port()).status(), 503);
  EXPECT_EQ(RawClient(port()).ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 404);
  two.send_close(1000);
  two.read_close();
  echo.wait_for_closed();
  int status = 0;
  for (int i = 0; i < 100 && status != 101; ++i) {
    status = Client(port()).status();
    if (status != 101) std::this_thread::sleep_for(10ms);
  }
  EXPECT_EQ(status, 101);
}

TEST_F(BeastWebSocket, KeepsItsPlaceWhenOthersWantOne) {
  serve({.max_connections = 3, .max_connections_per_address = 3});
  Client live(port());
  std::vector<std::unique_ptr<RawClient>> others;  // each of them idle afterwards
  for (int i = 0; i < 6; ++i) {
    others.push_back(std::make_unique<RawClient>(port()));
    EXPECT_EQ(others.back()->ask("GET / HTTP/1.1\r\nHost: a\r\n\r\n").status, 404) << i;
  }
  live.send("hello");
  EXPECT_EQ(live.read(), "you said hello");
}

TEST_F(BeastWebSocket, IsClosedWhenTheServerStops) {
  serve();
  std::vector<std::unique_ptr<Client>> clients;
  for (int i = 0; i < 10; ++i) clients.push_back(std::make_unique<Client>(port()));
  echo.wait_for_open(10);
  std::jthread stopping([&] { service_->stop(); });
  for (auto& client : clients) EXPECT_EQ(client->read_close(), code::going_away);
  stopping.join();
  EXPECT_EQ(echo.watched, 0);
}

TEST_F(BeastWebSocket, DoesNotHoldUpAServerThatStops_WhenItsClientSaysNothing) {
  serve({.stop_timeout = 100ms});
  Client client(port());
  echo.wait_for_open(1);
  service_->stop();
  EXPECT_EQ(client.read_close(), code::going_away);
}

TEST_F(BeastWebSocket, IsClosedWhenThePoolIsFull) {
  serve({.limits = {.database = 0}});
  Client client(port());
  EXPECT_EQ(client.read_close(), code::try_again_later);
}

}  // namespace
}  // namespace rowan::hosts::beast
