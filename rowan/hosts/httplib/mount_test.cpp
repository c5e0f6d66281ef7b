#include <gtest/gtest.h>
#include <httplib.h>

#include <rowan/hosts/beast/raw_client.hpp>
#include <rowan/hosts/httplib/mount.hpp>
#include <rowan/http/websocket.hpp>
#include <thread>

namespace rowan::hosts::httplib {
namespace {

using testing::RawClient;

// Everything below /auth is ours and answered with what it got; /auth/full has no place.
Answerer echo(std::atomic<int>& answered) {
  return {.begin = [&answered](const http::Request& request) -> std::variant<http::Response, Blocking> {
            if (request.path == "/auth/live") {
              http::Response response{.status = 101};
              response.upgrade = std::make_shared<const http::WebSocketUpgrade>();
              return response;
            }
            return Blocking{.cost = request.path == "/auth/full" ? Cost::outgoing : Cost::database, .run = [&] {
                              ++answered;
                              http::Response response{.content_type = "text/html; charset=utf-8"};
                              response.headers.add("Set-Cookie", "a=b");
                              response.headers.add("Set-Cookie", "c=d");
                              response.body = std::string(http::name_of(request.method)) + " " + request.path + "?" +
                                              request.query + " " + request.body + " " + request.peer.text();
                              for (const auto& [name, value] : request.headers.all())
                                response.body += "\n" + name + "=" + value;
                              return response;
                            }};
          },
          .overloaded = [](const http::Request&) { return http::Response{.status = 503}; },
          .knows = [](const http::Request& request) { return request.path.starts_with("/auth"); }};
}

struct Running {
  Running() {
    mount(server, echo(answered), admission, {.max_body_bytes = 100});
    server.Get("/own", [](const ::httplib::Request&, ::httplib::Response& response) {
      response.set_content("own", "text/plain");
    });
    server.Post("/own", [](const ::httplib::Request& request, ::httplib::Response& response) {
      response.set_content(request.body, "text/plain");
    });
    port = static_cast<unsigned short>(server.bind_to_any_port("127.0.0.1"));
    thread = std::thread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();
  }
  ~Running() {
    server.stop();
    thread.join();
  }
  std::atomic<int> answered{0};
  Admission admission{Admission::Limits{.outgoing = 0}};
  ::httplib::Server server{};
  unsigned short port = 0;
  std::thread thread{};
};

std::string request(std::string_view line, std::string_view more = "") {
  return std::string(line) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

TEST(HttplibDoor, PassesTheRequestAsItWasSent) {
  Running door;
  RawClient client(door.port);
  const auto answer =
      client.ask(request("GET /auth/a%20b?c=%20d", "X-A: b\r\nAccept-Encoding: gzip, br\r\nRange: bytes=0-1\r\n"));
  EXPECT_EQ(answer.status, 200);
  EXPECT_TRUE(answer.body.starts_with("GET /auth/a%20b?c=%20d  127.0.0.1\n")) << answer.body;
  EXPECT_TRUE(answer.body.contains("\nX-A=b"));
  EXPECT_TRUE(answer.body.contains("\nRange=bytes=0-1"));
  EXPECT_FALSE(answer.body.contains("REMOTE_ADDR"));
  EXPECT_TRUE(answer.head.contains("Set-Cookie: a=b\r\nSet-Cookie: c=d\r\n"));
  EXPECT_FALSE(answer.head.contains("Content-Encoding"));
}

TEST(HttplibDoor, PassesEveryBodyAsBytes) {
  Running door;
  RawClient client(door.port);
  const std::string multipart = "--b\r\nContent-Disposition: form-data; name=\"x\"\r\n\r\ny\r\n--b--\r\n";
  const auto length = "Content-Length: " + std::to_string(multipart.size()) + "\r\n";
  EXPECT_TRUE(
      client.ask(request("POST /auth", length + "Content-Type: multipart/form-data; boundary=b\r\n") + multipart)
          .body.starts_with("POST /auth? " + multipart));
  EXPECT_TRUE(client.ask(request("PUT /auth", "Content-Length: 3\r\nContent-Encoding: gzip\r\n") + "abc")
                  .body.starts_with("PUT /auth? abc"));
  EXPECT_TRUE(client.ask(request("PATCH /auth", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n")
                  .body.starts_with("PATCH /auth? abc"));
  EXPECT_TRUE(
      client.ask(request("DELETE /auth", "Content-Length: 3\r\n") + "abc").body.starts_with("DELETE /auth? abc"));
  EXPECT_TRUE(client.ask(request("POST /auth")).body.starts_with("POST /auth?  "));
}

TEST(HttplibDoor, LeavesOtherPathsToTheServersOwnHandlers) {
  Running door;
  RawClient client(door.port);
  EXPECT_EQ(client.ask(request("GET /own")).body, "own");
  EXPECT_EQ(client.ask(request("POST /own", "Content-Length: 200\r\n") + std::string(200, 'a')).body,
            std::string(200, 'a'));
  EXPECT_EQ(client.ask(request("GET /nowhere")).status, 404);
  EXPECT_EQ(door.answered, 0);
}

TEST(HttplibDoor, HasNoWebSockets) {
  Running door;
  EXPECT_EQ(RawClient(door.port).ask(request("GET /auth/live")).status, 501);
}

// HTTP-01
TEST(HttplibDoor, ClosesAfterAmbiguousFraming) {
  Running door;
  const std::string smuggled = request("GET /auth/smuggled");
  const std::string requests[] = {
      request("GET /auth", "Content-Length: " + std::to_string(smuggled.size()) + "\r\n") + smuggled,
      request("HEAD /auth", "Content-Length: 3\r\n") + "abc" + smuggled,
      request("DELETE /auth", "Transfer-Encoding: chunked\r\n") + "0\r\n\r\n" + smuggled,
      request("POST /auth", "Transfer-Encoding: chunked\r\nContent-Length: 3\r\n") + "0\r\n\r\n" + smuggled,
      request("POST /auth", "Transfer-Encoding: xchunked\r\n") + smuggled,
      request("POST /auth", "Content-Length: 3\r\nContent-Length: 3\r\n") + "abc" + smuggled,
      request("GET /auth", "Host: b\r\n") + smuggled,
      request("GET /auth", "Authorization: a\r\nAuthorization: b\r\n") + smuggled,
  };
  for (const auto& bytes : requests) {
    RawClient client(door.port);
    EXPECT_EQ(client.ask(bytes).status, 400) << bytes;
    EXPECT_EQ(client.read_to_end(), "") << bytes;
    EXPECT_FALSE(client.timed_out()) << bytes;
  }
  EXPECT_EQ(door.answered, 0);
}

TEST(HttplibDoor, BoundsBodies) {
  Running door;
  EXPECT_EQ(RawClient(door.port).ask(request("POST /auth", "Content-Length: 101\r\n") + std::string(101, 'a')).status,
            413);
  EXPECT_EQ(
      RawClient(door.port)
          .ask(request("POST /auth", "Transfer-Encoding: chunked\r\n") + "65\r\n" + std::string(101, 'a') + "\r\n")
          .status,
      413);
  EXPECT_EQ(door.answered, 0);
}

TEST(HttplibDoor, AnswersAFullClassAtOnce) {
  Running door;
  EXPECT_EQ(RawClient(door.port).ask(request("GET /auth/full")).status, 503);
  EXPECT_EQ(RawClient(door.port).ask(request("GET /auth")).status, 200);
}

TEST(HttplibDoor, RefusesItsInternalTargetFromClients) {
  Running door;
  EXPECT_EQ(RawClient(door.port).ask(request("POST rowan:body", "Content-Length: 3\r\nrowan:X: y\r\n") + "abc").status,
            400);
  EXPECT_EQ(door.answered, 0);
}

TEST(HttplibDoor, AnswersHeadWithTheLength) {
  Running door;
  RawClient client(door.port);
  client.send(request("HEAD /auth"));
  const auto head = client.read_answer(false);
  EXPECT_TRUE(head.head.contains("Content-Length: ")) << head.head;
  EXPECT_EQ(client.ask(request("GET /own")).body, "own");
}

}  // namespace
}  // namespace rowan::hosts::httplib
