#include <gtest/gtest.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <csignal>
#include <fstream>
#include <future>
#include <mutex>
#include <rowan/hosts/beast/raw_client.hpp>
#include <rowan/hosts/beast/service.hpp>
#include <thread>

namespace rowan::hosts::beast {
namespace {

using namespace std::chrono_literals;
using hosts::testing::RawClient;

class Gate {
 public:
  void open() {
    const std::lock_guard lock(mutex_);
    open_ = true;
    changed_.notify_all();
  }
  void pass() {
    std::unique_lock lock(mutex_);
    ++waiting_;
    changed_.notify_all();
    changed_.wait(lock, [this] { return open_; });
  }
  void wait_for(int visitors) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return waiting_ >= visitors; });
  }

 private:
  std::mutex mutex_{};
  std::condition_variable changed_{};
  bool open_ = false;
  int waiting_ = 0;
};

// Answers at once with what it got, except: /slow waits for `gate` in the hash pool, /database works there, /large is
// 300 KB, /split tries to, /throw and /throw-later do.
struct TestApplication {
  Gate gate{};
  std::atomic<int> answered{0};
  std::string large = std::string(300'000, 'x');

  Answerer answerer() {
    return {.begin = [this](const http::Request& request) { return begin(request); },
            .overloaded =
                [](const http::Request&) {
                  http::Response response{.status = 503};
                  response.headers.add("Retry-After", "1");
                  return response;
                },
            .knows = {},
            .protect = {},
            .proxies = {}};
  }

  std::variant<http::Response, Blocking> begin(const http::Request& request) {
    ++answered;
    if (request.path == "/slow") {
      return Blocking{.cost = Cost::hash, .run = [this] {
                        gate.pass();
                        return http::Response{.content_type = "text/plain", .body = "slow"};
                      }};
    }
    if (request.path == "/database") {
      return Blocking{.cost = Cost::database, .run = [&request] {
                        return http::Response{.content_type = "text/plain", .body = "database " + request.query};
                      }};
    }
    if (request.path == "/throw") throw std::runtime_error("no");
    if (request.path == "/throw-later")
      return Blocking{.run = []() -> http::Response { throw std::runtime_error("no"); }};
    if (request.path == "/large") {
      return http::Response{.content_type = "text/plain", .shared_body = large};
    }
    http::Response response{.content_type = "text/plain"};
    if (request.path == "/split") response.headers.add("Location", "/\r\nSet-Cookie: a=b");
    if (request.path == "/none") {
      response.status = 204;
      return response;
    }
    response.body = std::string(http::name_of(request.method)) + " " + request.path + "?" + request.query + " " +
                    request.body + " " + request.peer.text() + (request.tls ? " tls" : "");
    return response;
  }
};

struct Running {
  explicit Running(ServerOptions options = {}) : service(with_free_port(std::move(options)), application.answerer()) {
    const auto started = service.start();
    EXPECT_TRUE(started) << (started ? "" : started.error().reason);
  }
  static ServerOptions with_free_port(ServerOptions options) {
    options.port = 0;
    if (options.io_threads == 0) options.io_threads = 2;
    return options;
  }
  unsigned short port() const { return service.port(); }

  TestApplication application{};
  Service service;
};

std::string request(std::string_view line, std::string_view more = "") {
  return std::string(line) + " HTTP/1.1\r\nHost: a\r\n" + std::string(more) + "\r\n";
}

TEST(BeastServer, ReturnsTheAnswerOfTheSite) {
  Running server;
  RawClient client(server.port());
  const auto answer = client.ask(request("POST /a?b", "Content-Length: 4\r\n") + "body");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "POST /a?b body 127.0.0.1");
  EXPECT_TRUE(answer.head.contains("\r\nDate: "));
  EXPECT_FALSE(answer.head.contains("Server:"));  // BRW-19
}

TEST(BeastServer, KeepsTheConnectionForTheNextRequest) {
  Running server;
  RawClient client(server.port());
  for (int i = 0; i < 5; ++i)
    EXPECT_EQ(client.ask(request("GET /" + std::to_string(i))).body, "GET /" + std::to_string(i) + "?  127.0.0.1");
  EXPECT_EQ(client.ask(request("GET /last", "Connection: close\r\n")).status, 200);
  EXPECT_EQ(client.read_to_end(), "");
  EXPECT_FALSE(client.timed_out());
}

TEST(BeastServer, SpeaksHttp10) {
  Running server;
  RawClient client(server.port());
  const auto kept = client.ask("GET /a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(kept.status, 200);
  EXPECT_TRUE(kept.head.contains("\r\nConnection: keep-alive\r\n"));
  EXPECT_TRUE(client.ask("GET /b HTTP/1.0\r\n\r\n").head.contains("\r\nConnection: close\r\n"));
  EXPECT_EQ(client.read_to_end(), "");
}

TEST(BeastServer, AnswersPipelinedRequestsInTheirOrder) {
  Running server;
  RawClient client(server.port());
  std::string all;
  for (int i = 0; i < 40; ++i) {
    all += request((i % 2 ? "GET /database?" : "GET /now?") + std::to_string(i));
    all += request("POST /body?" + std::to_string(i), "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n";
  }
  client.send(all);
  for (int i = 0; i < 40; ++i) {
    const auto number = std::to_string(i);
    EXPECT_EQ(client.read_answer().body, i % 2 ? "database " + number : "GET /now?" + number + "  127.0.0.1");
    EXPECT_EQ(client.read_answer().body, "POST /body?" + number + " abc 127.0.0.1");
  }
}

TEST(BeastServer, ReadsARequestThatComesByteByByte) {
  Running server;
  RawClient client(server.port());
  for (const char c : "\r\n" + request("POST /a", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\n\r\n")
    client.send({&c, 1});
  EXPECT_EQ(client.read_answer().body, "POST /a? abc 127.0.0.1");
}

// HTTP-01
TEST(BeastServer, ClosesAfterInvalidFramingBeforeAnyHandlerRuns) {
  Running server;
  const std::string smuggled = request("GET /smuggled");
  const std::string requests[] = {
      request("POST /", "Transfer-Encoding: xchunked\r\n") + smuggled,
      request("POST /", "Transfer-Encoding: chunked, gzip\r\n") + smuggled,
      request("POST /", "Transfer-Encoding: chunked\r\nContent-Length: 4\r\n") + smuggled,
      request("POST /", "Content-Length: 1\r\nContent-Length: 1\r\n") + smuggled,
      request("POST /", "Transfer-Encoding: chunked\r\n") + "3;x=y\r\nabc\r\n0\r\n\r\n" + smuggled,
      request("POST /", "Transfer-Encoding: chunked\r\n") + "3\r\nabc\r\n0\r\nCookie: a=b\r\n\r\n" + smuggled,
      request("GET /", "Host: b\r\n") + smuggled,
      request("GET /", "A: b\r\n c\r\n") + smuggled,
      "GET / HTTP/1.1\nHost: a\n\n" + smuggled,
      "\r\n\r\n" + smuggled,
  };
  for (const auto& bytes : requests) {
    RawClient client(server.port());
    const auto answer = client.ask(bytes);
    EXPECT_EQ(answer.status, 400) << bytes;
    EXPECT_TRUE(answer.head.contains("\r\nConnection: close\r\n")) << bytes;
    EXPECT_EQ(client.read_to_end(), "") << bytes;
    EXPECT_FALSE(client.timed_out()) << bytes;
  }
  EXPECT_EQ(server.application.answered, 0);
}

TEST(BeastServer, BoundsTargetHeadAndBody) {
  Running server({.max_header_bytes = 9000, .max_body_bytes = 100});
  const auto status_of = [&](const std::string& bytes) { return RawClient(server.port()).ask(bytes).status; };
  EXPECT_EQ(status_of("GET /" + std::string(20'000, 'a')), 414);
  EXPECT_EQ(status_of("GET / HTTP/1.1\r\nHost: a\r\nA: " + std::string(20'000, 'a')), 431);
  EXPECT_EQ(status_of(request("GET /", "A: " + std::string(9'000, 'a') + "\r\n")), 431);
  EXPECT_EQ(status_of(request("POST /", "Content-Length: 101\r\n")), 413);
  EXPECT_EQ(status_of(request("POST /", "Content-Length: 101\r\nExpect: 100-continue\r\n")), 413);
  EXPECT_EQ(status_of(request("POST /", "Transfer-Encoding: chunked\r\n") + "65\r\n"), 413);
  EXPECT_EQ(server.application.answered, 0);
  EXPECT_EQ(status_of(request("POST /", "Content-Length: 100\r\n") + std::string(100, 'a')), 200);
}

TEST(BeastServer, LetsAClientThatStillSendsReadTheRefusal) {
  Running server({.max_body_bytes = 100});
  RawClient client(server.port());
  client.send(request("POST /", "Content-Length: 100000\r\n") + std::string(100'000, 'a'));
  EXPECT_EQ(client.read_answer().status, 413);
}

TEST(BeastServer, AnswersHeadWithTheLengthAndWithoutTheBody) {
  Running server;
  RawClient client(server.port());
  client.send(request("HEAD /a"));
  const auto head = client.read_answer(false);
  EXPECT_TRUE(
      head.head.contains("\r\nContent-Length: " + std::to_string(std::string("HEAD /a?  127.0.0.1").size()) + "\r\n"));
  EXPECT_EQ(client.ask(request("GET /b")).body, "GET /b?  127.0.0.1");  // nothing was left between them
}

TEST(BeastServer, Sends204WithoutLengthOrBody) {
  Running server;
  RawClient client(server.port());
  EXPECT_FALSE(client.ask(request("GET /none")).head.contains("Content-Length"));
  EXPECT_EQ(client.ask(request("GET /b")).status, 200);
}

TEST(BeastServer, AsksForTheBodyOfAClientThatWaits) {
  Running server;
  for (const char* framing : {"Content-Length: 4\r\n", "Transfer-Encoding: chunked\r\n"}) {
    RawClient client(server.port());
    client.send(request("POST /a", std::string(framing) + "Expect: 100-continue\r\n"));
    EXPECT_EQ(client.read_answer().status, 100) << framing;
    client.send(std::string_view(framing).starts_with("C") ? "body" : "4\r\nbody\r\n0\r\n\r\n");
    EXPECT_EQ(client.read_answer().body, "POST /a? body 127.0.0.1") << framing;
  }
}

TEST(BeastServer, WritesALargeAnswerWhole) {
  Running server;
  RawClient client(server.port());
  const auto answer = client.ask(request("GET /large"));
  EXPECT_EQ(answer.body.size(), 300'000U);
  EXPECT_EQ(client.ask(request("GET /b")).status, 200);
}

// HTTP-02
TEST(BeastServer, NeverSendsAFieldThatWouldSplitTheAnswer) {
  Running server;
  const auto answer = RawClient(server.port()).ask(request("GET /split"));
  EXPECT_EQ(answer.status, 500);
  EXPECT_FALSE(answer.head.contains("Set-Cookie"));
}

TEST(BeastServer, AnswersAStrayExceptionWith500AndGoesOn) {
  Running server;
  RawClient client(server.port());
  EXPECT_EQ(client.ask(request("GET /throw")).status, 500);
  EXPECT_EQ(client.ask(request("GET /throw-later")).status, 500);
  EXPECT_EQ(client.ask(request("GET /a")).status, 200);
}

TEST(BeastServer, ClosesOnAClientThatIsSlow) {
  Running server({.header_timeout = 50ms, .body_timeout = 50ms, .idle_timeout = 50ms});
  for (const auto& bytes : {std::string(), std::string("GET / HT"), request("POST /", "Content-Length: 4\r\n") + "b",
                            request("POST /", "Transfer-Encoding: chunked\r\n") + "4\r\nb"}) {
    RawClient client(server.port());
    client.send(bytes);
    EXPECT_EQ(client.read_to_end(), "") << bytes;
    EXPECT_FALSE(client.timed_out()) << bytes;
  }
  RawClient client(server.port());
  EXPECT_EQ(client.ask(request("GET /a")).status, 200);
  EXPECT_EQ(client.read_to_end(), "");  // idle
  EXPECT_FALSE(client.timed_out());
}

TEST(BeastServer, GivesAHandlerAllTheTimeItNeeds) {
  Running server({.header_timeout = 50ms, .body_timeout = 50ms, .idle_timeout = 50ms, .write_timeout = 50ms});
  RawClient client(server.port());
  client.send(request("GET /slow"));
  server.application.gate.wait_for(1);
  std::this_thread::sleep_for(200ms);
  server.application.gate.open();
  EXPECT_EQ(client.read_answer().body, "slow");
}

// A flood of one class neither queues without bound nor takes a thread from the others.
TEST(BeastServer, AnswersAFullPoolWith503AndEverythingElseAsBefore) {  // PWD-15
  Running server({.io_threads = 1, .hash_threads = 1, .limits = {.hash = 2}});
  RawClient first(server.port()), second(server.port()), third(server.port()), other(server.port());
  first.send(request("GET /slow"));
  server.application.gate.wait_for(1);
  second.send(request("GET /slow"));
  while (server.application.answered < 2) std::this_thread::yield();
  const auto refused = third.ask(request("GET /slow"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.head.contains("\r\nRetry-After: 1\r\n"));
  EXPECT_EQ(other.ask(request("GET /a")).status, 200);
  EXPECT_EQ(other.ask(request("GET /database?x")).body, "database x");
  server.application.gate.open();
  EXPECT_EQ(first.read_answer().body, "slow");
  EXPECT_EQ(second.read_answer().body, "slow");
  EXPECT_EQ(third.ask(request("GET /slow")).body, "slow");  // its place came back
}

TEST(BeastServer, AnswersQueuedWorkThatTimedOutWith503AndDoesNotRunIt) {
  Running server({.hash_threads = 1, .queue_timeout = 300ms});
  RawClient first(server.port()), second(server.port());
  first.send(request("GET /slow"));
  server.application.gate.wait_for(1);
  second.send(request("GET /slow"));
  while (server.application.answered < 2) std::this_thread::sleep_for(1ms);
  std::this_thread::sleep_for(600ms);
  server.application.gate.open();
  EXPECT_EQ(first.read_answer().status, 200) << "it had its thread, and takes the time it needs";
  EXPECT_EQ(second.read_answer().status, 503);
  EXPECT_EQ(second.ask(request("GET /slow")).status, 200) << "the queue is free again";
}

class Warnings final : public Logger {
 public:
  void write(LogLevel, std::string_view event, std::initializer_list<LogField>) override {
    more_threads += event == "host.more_threads_than_connections";
  }
  std::atomic<int> more_threads = 0;
};

TEST(BeastServer, StartsNoMoreThreadsThanDatabaseConnectionsUnlessConfigured) {
  TestApplication application;
  for (const unsigned told : {0U, 8U}) {
    Warnings log;
    Service service({.port = 0, .io_threads = 1, .database_threads = told, .logger = &log}, application.answerer());
    service.share_connections(4);
    ASSERT_TRUE(service.start());
    EXPECT_EQ(log.more_threads, told == 0 ? 0 : 1);
  }
}

TEST(BeastServer, GivesThePlaceOfTheLongestIdleConnectionToANewClient) {
  Running server({.io_threads = 1, .max_connections = 2});  // one thread: what was idle first is known
  RawClient first(server.port()), second(server.port());
  EXPECT_EQ(first.ask(request("GET /a")).status, 200);
  EXPECT_EQ(second.ask(request("GET /a")).status, 200);
  RawClient third(server.port());
  EXPECT_EQ(third.ask(request("GET /a")).status, 200);
  EXPECT_EQ(first.read_to_end(), "");
  EXPECT_FALSE(first.timed_out());
  EXPECT_EQ(second.ask(request("GET /a")).status, 200);  // not the one that was idle for a shorter time
}

TEST(BeastServer, AnswersAClientWithoutAPlaceWith503) {
  Running server({.max_connections = 2});
  auto first = std::make_unique<RawClient>(server.port());
  RawClient second(server.port());
  for (auto* busy : {first.get(), &second}) busy->send(request("GET /slow"));
  server.application.gate.wait_for(2);
  RawClient third(server.port());
  const auto refused = third.ask(request("GET /a"));
  EXPECT_EQ(refused.status, 503);
  EXPECT_TRUE(refused.head.contains("\r\nRetry-After: 1\r\n"));
  EXPECT_TRUE(refused.head.contains("\r\nConnection: close\r\n"));
  server.application.gate.open();
  EXPECT_EQ(first->read_answer().body, "slow");
  EXPECT_EQ(second.read_answer().body, "slow");  // what had begun was not disturbed
  EXPECT_EQ(RawClient(server.port()).ask(request("GET /a")).status, 200);
}

TEST(BeastServer, KeepsEveryClientToItsShare) {
  Running server({.max_connections = 100, .max_connections_per_address = 2});
  RawClient first(server.port()), second(server.port());
  for (auto* busy : {&first, &second}) busy->send(request("GET /slow"));
  server.application.gate.wait_for(2);
  EXPECT_EQ(RawClient(server.port()).ask(request("GET /a")).status, 503);
  EXPECT_EQ(RawClient(server.port(), "127.0.0.2").ask(request("GET /a")).status, 200);
  server.application.gate.open();
}

TEST(BeastServer, GivesTrustedProxiesNoShare) {
  TestApplication application;
  auto answerer = application.answerer();
  answerer.proxies = [] { return std::vector{*http::IpRange::parse("127.0.0.1/32")}; };
  Service service({.port = 0, .max_connections = 100, .max_connections_per_address = 1}, std::move(answerer));
  ASSERT_TRUE(service.start());
  RawClient first(service.port()), second(service.port());
  for (auto* busy : {&first, &second}) busy->send(request("GET /slow"));
  application.gate.wait_for(2);
  EXPECT_EQ(RawClient(service.port()).ask(request("GET /a")).status, 200);
  application.gate.open();
}

class CountingLogger final : public Logger {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back((level == LogLevel::error ? "error " : "") + format_log_line(event, fields));
  }
  std::size_t lines_with(std::string_view text) const {
    const std::lock_guard lock(mutex_);
    return static_cast<std::size_t>(
        std::ranges::count_if(lines_, [&](const auto& line) { return line.contains(text); }));
  }

 private:
  mutable std::mutex mutex_{};
  std::vector<std::string> lines_{};
};

TEST(BeastServer, LogsOneLineWhenItIsFullHoweverManyAreRefused) {
  CountingLogger logger;
  Running server({.max_connections = 1, .logger = &logger});
  RawClient busy(server.port());
  busy.send(request("GET /slow"));
  server.application.gate.wait_for(1);
  for (int i = 0; i < 50; ++i) EXPECT_EQ(RawClient(server.port()).ask(request("GET /a")).status, 503);
  EXPECT_EQ(logger.lines_with("host.full"), 1u);
  EXPECT_EQ(logger.lines_with(""), 1u);
  server.application.gate.open();
}

std::size_t resident_bytes() {
  std::ifstream file("/proc/self/statm");
  std::size_t all = 0, resident = 0;
  file >> all >> resident;
  return resident * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

TEST(BeastServer, TakesMemoryForABodyAsItArrives) {
  constexpr std::size_t announced = 4 * 1024 * 1024, clients = 60;
  Running server({.max_body_bytes = announced, .max_connections_per_address = 100});
  const auto before = resident_bytes();
  std::vector<std::unique_ptr<RawClient>> all;
  for (std::size_t i = 0; i < clients; ++i) {
    all.push_back(std::make_unique<RawClient>(server.port()));
    all.back()->send(
        request("POST /", "Content-Length: " + std::to_string(announced) + "\r\nExpect: 100-continue\r\n"));
    ASSERT_EQ(all.back()->read_answer().status, 100);  // the server waits for the body now
    all.back()->send("a");
  }
  EXPECT_EQ(RawClient(server.port()).ask(request("GET /a")).status, 200);
  EXPECT_LT(resident_bytes(), before + announced * clients / 4);
}

// docs/http_contract.md#headers-of-every-page, for what the door says itself.
TEST(BeastServer, PutsTheHeadersOfEveryPageOnItsRefusals) {
  TestApplication application;
  auto answerer = application.answerer();
  answerer.protect = [](http::Response& response) {
    response.headers.set("Strict-Transport-Security", "max-age=31536000");
    response.headers.set("X-Content-Type-Options", "nosniff");
  };
  Service https({.port = 0, .max_body_bytes = 10}, std::move(answerer));
  ASSERT_TRUE(https.start());
  Running http({.max_body_bytes = 10});
  const std::string refused[] = {"x\r\n\r\n",
                                 request("GET /", "A b\r\n"),
                                 request("TRACE /"),
                                 request("BREW /"),
                                 request("POST /", "Content-Length: 11\r\n"),
                                 "GET /" + std::string(20'000, 'a'),
                                 "GET / HTTP/1.1\r\nA: " + std::string(20'000, 'a'),
                                 request("GET /", "Expect: tea\r\n"),
                                 "GET / HTTP/3.0\r\nHost: a\r\n\r\n",
                                 request("GET /split"),
                                 request("GET /throw")};
  for (const auto& bytes : refused) {
    const auto answer = RawClient(http.port()).ask(bytes);
    EXPECT_GE(answer.status, 400) << bytes.substr(0, 100);
    for (const auto* field : {"X-Content-Type-Options: nosniff", "Cache-Control: no-store",
                              "Content-Security-Policy: default-src 'none'; frame-ancestors 'none'",
                              "Cross-Origin-Opener-Policy: same-origin", "Referrer-Policy: "})
      EXPECT_TRUE(answer.head.contains(std::string("\r\n") + field)) << field << " in " << answer.head;
    EXPECT_FALSE(answer.head.contains("Strict-Transport-Security")) << answer.head;
    EXPECT_TRUE(RawClient(https.port()).ask(bytes).head.contains("Strict-Transport-Security")) << bytes.substr(0, 100);
  }
}

TEST(BeastServer, NamesAFaultForTheVisitorAndTheLog) {
  CountingLogger logger;
  Running server({.logger = &logger});
  for (const auto* target : {"GET /throw", "GET /throw-later", "GET /split"}) {
    const auto body = RawClient(server.port()).ask(request(target)).body;
    ASSERT_TRUE(body.contains('(') && body.contains(')')) << body;
    const auto id = body.substr(body.find('(') + 1, body.find(')') - body.find('(') - 1);
    EXPECT_EQ(id.size(), 16u);
    EXPECT_EQ(logger.lines_with("error_id=\"" + id + "\""), 1u) << target;
  }
  EXPECT_EQ(logger.lines_with("cause=\"no\""), 2u);
}

TEST(BeastServer, FinishesRunningRequestsWhenItStops) {
  Running server;
  RawClient idle(server.port()), busy(server.port());
  EXPECT_EQ(idle.ask(request("GET /a")).status, 200);
  busy.send(request("GET /slow") + request("GET /never"));
  server.application.gate.wait_for(1);
  auto stopped = std::async(std::launch::async, [&] { server.service.stop(); });
  EXPECT_EQ(idle.read_to_end(), "");  // closed while the other one still runs
  EXPECT_EQ(stopped.wait_for(0s), std::future_status::timeout);
  server.application.gate.open();
  const auto answer = busy.read_answer();
  EXPECT_EQ(answer.body, "slow");
  EXPECT_TRUE(answer.head.contains("\r\nConnection: close\r\n"));
  EXPECT_EQ(busy.read_to_end(), "");
  stopped.get();
  EXPECT_FALSE(RawClient(server.port()).connected());
}

TEST(BeastServer, ClosesConnectionsThatExceedTheStopTimeout) {
  Running server({.stop_timeout = 50ms});
  RawClient half(server.port());
  half.send("GET / HTTP/1.1\r\n");
  RawClient other(server.port());  // accepted after `half`; its answer says that both are
  EXPECT_EQ(other.ask(request("GET /a")).status, 200);
  server.service.stop();
  EXPECT_EQ(half.read_to_end(), "");
  EXPECT_FALSE(half.timed_out());
}

TEST(BeastServer, DropsQueuedWorkAfterTheStopTimeout) {
  Running server({.hash_threads = 1, .stop_timeout = 50ms});
  RawClient first(server.port()), second(server.port());
  first.send(request("GET /slow"));
  server.application.gate.wait_for(1);
  second.send(request("GET /slow"));
  while (server.application.answered < 2) std::this_thread::yield();
  auto stopped = std::async(std::launch::async, [&] { server.service.stop(); });
  EXPECT_EQ(second.read_to_end(), "");
  server.application.gate.open();
  stopped.get();
}

TEST(BeastServer, StopsAtASignal) {
  Running server;
  // To the waiting thread, which has installed the handler: TSan does not know that sigaction orders two threads.
  auto sender = std::async(std::launch::async, [waiting = ::pthread_self()] {
    struct sigaction action{};
    while (::sigaction(SIGTERM, nullptr, &action) == 0 && action.sa_handler == SIG_DFL) std::this_thread::yield();
    ::pthread_kill(waiting, SIGTERM);
  });
  server.service.wait_for_signal();
  sender.get();
  server.service.stop();
  EXPECT_FALSE(RawClient(server.port()).connected());
}

TEST(BeastServer, MayBeStoppedByManyAtOnce) {
  Running server;
  RawClient busy(server.port());
  busy.send(request("GET /slow"));
  server.application.gate.wait_for(1);
  auto first = std::async(std::launch::async, [&] { server.service.stop(); });
  auto second = std::async(std::launch::async, [&] { server.service.stop(); });
  server.application.gate.open();
  first.get();
  second.get();
  EXPECT_EQ(busy.read_answer().body, "slow");
}

TEST(BeastServer, SaysThatThePortIsTaken) {
  Running server;
  TestApplication application;
  Service second({.port = server.port()}, application.answerer());
  const auto started = second.start();
  ASSERT_FALSE(started);
  EXPECT_EQ(started.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(started.error().reason.contains("already in use"));
}

TEST(BeastServer, SurvivesClientsThatLeaveAtAnyPoint) {
  Running server;
  for (int i = 0; i < 50; ++i) {
    RawClient client(server.port());
    client.send(request(i % 2 ? "GET /large" : "GET /database").substr(0, static_cast<std::size_t>(10 + i)));
  }
  EXPECT_EQ(RawClient(server.port()).ask(request("GET /a")).status, 200);
}

}  // namespace
}  // namespace rowan::hosts::beast
