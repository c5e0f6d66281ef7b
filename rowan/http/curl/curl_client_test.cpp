// What a request gets from servers that do as they should, and from those that do not.
#include <gtest/gtest.h>

#include <cstdlib>
#include <rowan/base/config_error.hpp>
#include <rowan/http/client.hpp>
#include <rowan/http/curl/server_for_tests.hpp>

namespace rowan::http {
namespace {

using namespace for_tests;
using namespace std::chrono_literals;

Result<OutgoingResponse> get(Client& client, const std::string& url) {
  return client.send({.url = url, .reach = Reach::anywhere});
}

/// One request of a client with short limits.
Result<OutgoingResponse> get(const Server& server, std::chrono::milliseconds timeout = 5s) {
  return get(*open_client({.connect_timeout = std::min<std::chrono::milliseconds>(timeout, 3s),
                           .timeout = timeout,
                           .most_header_bytes = 4096,
                           .most_body_bytes = 4096}),
             "http://" + server.authority() + "/x");
}

std::string why(const Result<OutgoingResponse>& result) {
  if (result) return "answered";
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  return result.error().reason;
}

TEST(HttpClient, SendsWhatWasAskedForAndNothingElse) {
  std::string heard;
  const Server server([&](Talk& talk, int) {
    heard = talk.hear();
    talk.say(answer("{}", "Content-Type: application/json\r\nX-Two: a\r\nX-Two: b\r\n"));
  });
  const auto client = open_client({.user_agent = "Rowan/test"});
  OutgoingRequest request{
      .method = Method::post, .url = "http://" + server.authority() + "/token?a=%20b", .reach = Reach::anywhere};
  request.headers.add("Content-Type", "application/x-www-form-urlencoded");
  request.headers.add("Authorization", "Basic YTpi");
  request.body = "code=1&x=2";
  const auto response = client->send(request);
  ASSERT_TRUE(response) << response.error().reason;
  EXPECT_EQ(response->status, 200);
  EXPECT_EQ(response->body, "{}");
  EXPECT_EQ(response->headers.single("content-type"), "application/json");
  EXPECT_EQ(response->headers.count("x-two"), 2U);
  EXPECT_EQ(heard,
            "POST /token?a=%20b HTTP/1.1\r\nHost: " + server.authority() +
                "\r\nUser-Agent: Rowan/test\r\nAccept: */*\r\nContent-Type: application/x-www-form-urlencoded\r\n"
                "Authorization: Basic YTpi\r\nContent-Length: 10\r\n\r\ncode=1&x=2");
}

TEST(HttpClient, NeverFollowsARedirect) {  // IDP-14
  const Server other(always(answer("secret")));
  const Server server(
      always("HTTP/1.1 302 Found\r\nLocation: http://" + other.authority() + "/\r\nContent-Length: 0\r\n\r\n"));
  const auto response = get(server);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->status, 302);
  EXPECT_EQ(response->headers.single("Location"), "http://" + other.authority() + "/");
  EXPECT_EQ(other.connections(), 0);
}

TEST(HttpClient, WaitsNoLongerThanItMay) {
  const Server silent([](Talk& talk, int) { talk.wait(); });
  EXPECT_EQ(why(get(silent, 300ms)), "http client: 127.0.0.1: no answer in time");
  const auto drip = [](const char* first, const char* drop) {
    return [=](Talk& talk, int) {
      talk.hear();
      talk.say(first);
      while (talk.say(drop)) std::this_thread::sleep_for(20ms);
    };
  };
  EXPECT_EQ(why(get(Server(drip("HTTP/1.1 200 OK\r\nX: ", "x")), 300ms)), "http client: 127.0.0.1: no answer in time");
  EXPECT_EQ(why(get(Server(drip("HTTP/1.1 200 OK\r\nContent-Length: 4000\r\n\r\n", "x")), 300ms)),
            "http client: 127.0.0.1: no answer in time");
  // A request may have less time than the client gives.
  const auto client = open_client({});
  EXPECT_FALSE(client->send({.url = "http://" + silent.authority(), .reach = Reach::anywhere, .timeout = 200ms}));
}

TEST(HttpClient, GivesUpWhereNoConnectionIsMade) {
  // A listener whose queue is full drops what comes.
  const int listener = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  ASSERT_EQ(::bind(listener, reinterpret_cast<sockaddr*>(&address), size), 0);
  ASSERT_EQ(::listen(listener, 0), 0);
  ASSERT_EQ(::getsockname(listener, reinterpret_cast<sockaddr*>(&address), &size), 0);
  std::vector<int> waiting;
  for (int i = 0; i < 4; ++i) {
    waiting.push_back(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    ::connect(waiting.back(), reinterpret_cast<sockaddr*>(&address), size);
  }
  const auto client = open_client({.connect_timeout = 200ms, .timeout = 60s});
  EXPECT_EQ(why(get(*client, "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)))),
            "http client: 127.0.0.1: no connection in time");
  for (const int one : waiting) ::close(one);
  ::close(listener);
  EXPECT_EQ(why(get(*client, "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port)))),
            "http client: 127.0.0.1: Couldn't connect to server");
}

TEST(HttpClient, BoundsHeaders) {
  const auto endless = [](const std::string& again, const std::string& first = "HTTP/1.1 200 OK\r\n") {
    return [=](Talk& talk, int) {
      talk.hear();
      talk.say(first);
      while (talk.say(again)) {
      }
    };
  };
  const std::string too_long = "http client: 127.0.0.1: a header longer than may be";
  EXPECT_EQ(why(get(Server(endless("X-Y: " + std::string(100, 'y') + "\r\n")))), too_long);
  EXPECT_EQ(why(get(Server(endless("X: y\r\n")))), too_long);
  EXPECT_EQ(why(get(Server(endless("HTTP/1.1 100 Continue\r\n\r\n", "")))), too_long);
  EXPECT_NE(why(get(Server(endless("x")))), "answered");  // one line without an end
  std::string many;
  for (int i = 0; i < 200; ++i) many += "X: y\r\n";
  EXPECT_EQ(why(get(Server(once(answer("", many))))), too_long);
  // Trailers, behind a body in chunks.
  EXPECT_EQ(why(get(Server([](Talk& talk, int) {
              talk.hear();
              talk.say("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\nx\r\n0\r\n");
              while (talk.say("X-Y: " + std::string(100, 'y') + "\r\n")) {
              }
            }))),
            too_long);
}

TEST(HttpClient, BoundsTheBody) {
  const std::string too_long = "http client: 127.0.0.1: a body longer than may be";
  EXPECT_EQ(get(Server(once(answer(std::string(4096, 'x')))))->body.size(), 4096U);
  EXPECT_EQ(why(get(Server(once(answer(std::string(4097, 'x')))))), too_long);
  EXPECT_EQ(why(get(Server(once("HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n")))), too_long);
  const auto endless = [](const std::string& head, const std::string& again) {
    return [=](Talk& talk, int) {
      talk.hear();
      talk.say("HTTP/1.1 200 OK\r\n" + head + "\r\n");
      while (talk.say(again)) {
      }
    };
  };
  EXPECT_EQ(why(get(Server(endless("", std::string(1000, 'x'))))), too_long);
  EXPECT_EQ(why(get(Server(endless("Transfer-Encoding: chunked\r\n", "5\r\nxxxxx\r\n")))), too_long);
  // Nothing is unpacked: what comes is what is counted.
  EXPECT_EQ(get(Server(once(answer("packed", "Content-Encoding: gzip\r\n"))))->body, "packed");
  const Server server(always(answer(std::string(2000, 'x'))));
  const auto client = open_client({});
  EXPECT_FALSE(
      client->send({.url = "http://" + server.authority(), .reach = Reach::anywhere, .most_body_bytes = 1999}));
  EXPECT_TRUE(client->send({.url = "http://" + server.authority(), .reach = Reach::anywhere, .most_body_bytes = 2000}));
}

TEST(HttpClient, RefusesAnswersThatEndTooSoonOrAreNone) {
  for (const char* bytes :
       {"", "H", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nabc",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab", "hello, I am no web server\r\n",
        "HTTP/1.1 xyz OK\r\n\r\n", "HTTP/1.1 200 OK\r\nno colon here\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\r\n b\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nX: a\x01\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab"})
    EXPECT_NE(why(get(Server(once(bytes)))), "answered") << bytes;
}

TEST(HttpClient, DoesNotReadTheRestOfOneAnswerAsTheNext) {
  const auto lie = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\naHTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nb";
  const Server server([&](Talk& talk, int number) {
    while (!talk.hear().empty()) talk.say(number == 1 ? std::string(lie) : answer("c"));
  });
  const auto client = open_client({});
  EXPECT_EQ(get(*client, "http://" + server.authority())->body, "a");
  EXPECT_EQ(get(*client, "http://" + server.authority())->body, "c");
}

TEST(HttpClient, KeepsConnectionsOfAHostForItsOwnReach) {
  const Server server(always(answer("x")));
  const auto client = open_client({});
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(get(*client, "http://" + server.authority()));
  EXPECT_EQ(server.connections(), 1);
}

TEST(HttpClient, NeverSendsAPostTwice) {
  std::atomic<int> posts = 0;
  const Server server([&](Talk& talk, int) {
    for (;;) {
      const auto request = talk.hear();
      if (request.starts_with("POST")) {
        ++posts;
        return;  // it may have been done; the answer is lost
      }
      if (request.empty() || !talk.say(answer("x"))) return;
    }
  });
  const auto client = open_client({});
  const auto url = "http://" + server.authority();
  EXPECT_TRUE(get(*client, url));  // leaves a connection that is kept
  const auto lost = client->send({.method = Method::post, .url = url, .body = "code=1", .reach = Reach::anywhere});
  ASSERT_FALSE(lost);
  EXPECT_EQ(lost.error().effect, Effect::unknown);
  EXPECT_EQ(posts, 1);
}

TEST(HttpClient, TriesAGetOnceMoreWhenNothingWasSent) {
  const testing::Certificate certificate("IP:127.0.0.1");
  const auto context = Server::context_with(certificate);
  for (const auto method : {Method::get, Method::post}) {
    // The first connection ends before TLS has begun.
    const Server server([&](Talk& talk, int number) {
      if (number == 1 || !talk.start_tls(context.get())) return;
      talk.hear();
      talk.say(answer("x"));
    });
    const auto client = open_client({.ca_file = certificate.pem_file()});
    const auto result =
        client->send({.method = method, .url = "https://" + server.authority(), .reach = Reach::anywhere});
    EXPECT_EQ(result.has_value(), method == Method::get);
    EXPECT_EQ(server.connections(), method == Method::get ? 2 : 1);
    if (!result) {
      EXPECT_EQ(result.error().effect, Effect::none);
    }
  }
  // Once only.
  const Server closed([](Talk&, int) {});
  const auto client = open_client({.ca_file = certificate.pem_file()});
  EXPECT_FALSE(get(*client, "https://" + closed.authority()));
  EXPECT_EQ(closed.connections(), 2);
}

TEST(HttpClient, VerifiesWhoAnswers) {
  const testing::Certificate certificate("IP:127.0.0.1"), of_another("DNS:idp.example");
  const Server server(always(answer("x")), &certificate), impostor(always(answer("x")), &of_another);
  EXPECT_TRUE(get(*open_client({.ca_file = certificate.pem_file()}), "https://" + server.authority()));
  EXPECT_FALSE(get(*open_client({}), "https://" + server.authority()));
  EXPECT_FALSE(get(*open_client({.ca_file = of_another.pem_file()}), "https://" + server.authority()));
  EXPECT_FALSE(get(*open_client({.ca_file = of_another.pem_file()}), "https://" + impostor.authority()));
  EXPECT_EQ(server.connections(), 3);  // not tried again: a certificate does not get better
}

TEST(HttpClient, LetsOneSlowHostTakeNoMoreThanItsShare) {
  std::atomic<int> waiting = 0;
  std::atomic<bool> go = false;
  const Server slow([&](Talk& talk, int) {
    talk.hear();
    ++waiting;
    for (int i = 0; i < 4000 && !go; ++i) std::this_thread::sleep_for(5ms);
    talk.say(answer("x"));
  });
  const Server other(always(answer("x")));
  const auto client = open_client({.timeout = 30s, .most_per_host = 2});
  std::atomic<int> answered = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 2; ++i)
      threads.emplace_back([&] { answered += get(*client, "http://" + slow.authority()).has_value() ? 1 : 0; });
    for (int i = 0; i < 4000 && waiting < 2; ++i) std::this_thread::sleep_for(5ms);
    const auto refused = get(*client, "http://" + slow.authority());
    ASSERT_FALSE(refused);
    EXPECT_EQ(refused.error().code, ErrorCode::unavailable);
    EXPECT_TRUE(refused.error().retry_after);
    EXPECT_TRUE(get(*client, "http://" + other.authority()));
    go = true;
  }
  EXPECT_EQ(answered, 2);
  EXPECT_TRUE(get(*client, "http://" + slow.authority()));
}

TEST(HttpClient, TakesNoProxyFromTheEnvironment) {
  const Server server(always(answer("x"))), proxy(always(answer("from the proxy")));
  const char* const names[] = {"http_proxy", "HTTP_PROXY", "https_proxy", "HTTPS_PROXY", "all_proxy", "ALL_PROXY"};
  for (const char* name : names) ::setenv(name, ("http://" + proxy.authority()).c_str(), 1);
  const auto response = get(server);
  for (const char* name : names) ::unsetenv(name);
  ASSERT_TRUE(response);
  EXPECT_EQ(response->body, "x");
  EXPECT_EQ(proxy.connections(), 0);
}

TEST(HttpClient, SendsNoHeaderThatCouldBeReadAsAnother) {
  const Server server(always(answer("x")));
  const auto client = open_client({});
  for (const auto& [name, value] : std::vector<std::pair<std::string, std::string>>{{"X", "a\r\nY: b"},
                                                                                    {"X", "a\n"},
                                                                                    {"X\r\nY", "a"},
                                                                                    {"X:", "a"},
                                                                                    {"", "a"},
                                                                                    {"X", ""},
                                                                                    {"Host", "evil"},
                                                                                    {"content-length", "0"},
                                                                                    {"Transfer-Encoding", "chunked"},
                                                                                    {"X", std::string("a\0b", 3)}}) {
    OutgoingRequest request{.url = "http://" + server.authority(), .reach = Reach::anywhere};
    request.headers.add(name, value);
    const auto result = client->send(request);
    ASSERT_FALSE(result) << name;
    EXPECT_EQ(result.error().code, ErrorCode::internal);
  }
  EXPECT_FALSE(
      client->send({.method = Method::delete_, .url = "http://" + server.authority(), .reach = Reach::anywhere}));
  EXPECT_EQ(server.connections(), 0);
}

TEST(HttpClient, SaysWhatIsWrongWithItsOptions) {
  try {
    open_client(
        {.user_agent = "a\r\nb", .connect_timeout = 9s, .timeout = 1s, .most_per_host = 0, .proxy = "socks5://x"});
    FAIL();
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.problems().size(), 4U);
  }
}

}  // namespace
}  // namespace rowan::http
