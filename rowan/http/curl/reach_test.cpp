// IDP-14: what a tenant's administrator typed never reaches what is near us.
#include <gtest/gtest.h>

#include <map>
#include <rowan/http/client.hpp>
#include <rowan/http/curl/server_for_tests.hpp>

namespace rowan::http {
namespace {

using namespace for_tests;
using namespace std::chrono_literals;

/// Answers as a test says, and counts.
class FakeResolver final : public Resolver {
 public:
  explicit FakeResolver(std::vector<std::vector<std::string>> answers) : answers_(std::move(answers)) {}
  Result<std::vector<IpAddress>> resolve(const std::string& host, std::chrono::milliseconds) override {
    const std::lock_guard lock(mutex_);
    hosts_.push_back(host);
    std::vector<IpAddress> addresses;
    for (const auto& text : answers_[std::min(hosts_.size(), answers_.size()) - 1])
      addresses.push_back(IpAddress::parse(text).value());
    return addresses;
  }
  std::vector<std::string> hosts() const {
    const std::lock_guard lock(mutex_);
    return hosts_;
  }

 private:
  const std::vector<std::vector<std::string>> answers_;
  mutable std::mutex mutex_{};
  std::vector<std::string> hosts_{};
};

std::shared_ptr<FakeResolver> resolver(std::vector<std::vector<std::string>> answers) {
  return std::make_shared<FakeResolver>(std::move(answers));
}

// Of the public internet, but given back: no one is there.
constexpr auto nowhere = "3ffe::1";

TEST(PublicOnly, RefusesANameWithOneAddressThatIsNear) {
  const testing::Certificate certificate("DNS:idp.example");
  const Server server(always(answer("x")), &certificate);
  for (const auto& addresses : std::vector<std::vector<std::string>>{{"127.0.0.1"},
                                                                     {"93.184.216.34", "127.0.0.1"},
                                                                     {"::1"},
                                                                     {"2600::1", "fe80::1"},
                                                                     {"169.254.169.254"},
                                                                     {"::ffff:10.0.0.1"},
                                                                     {"64:ff9b::7f00:1"}}) {
    const auto names = resolver({addresses});
    const auto client = open_client({.ca_file = certificate.pem_file(), .resolver = names});
    const auto result = client->send({.url = "https://idp.example:" + server.port() + "/jwks"});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::forbidden);
    EXPECT_EQ(result.error().reason, "http client: idp.example is not on the public internet");
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(PublicOnly, RefusesEverySpellingOfAnAddressThatIsNear) {
  const testing::Certificate certificate("IP:127.0.0.1");
  const Server server(always(answer("x")), &certificate);
  const auto names = resolver({{"127.0.0.1"}});
  const auto client = open_client({.ca_file = certificate.pem_file(), .resolver = names});
  for (const char* host : {"127.0.0.1",
                           "127.0.0.2",
                           "localhost",
                           "localhost.",
                           "LOCALHOST",
                           "127.0.0.1.",
                           "2130706433",
                           "017700000001",
                           "0x7f000001",
                           "0x7f.0.0.1",
                           "0177.0.0.1",
                           "127.1",
                           "127.0.1",
                           "0",
                           "0.0.0.0",
                           "[::1]",
                           "[::]",
                           "[::ffff:127.0.0.1]",
                           "[::ffff:7f00:1]",
                           "[::127.0.0.1]",
                           "[0:0:0:0:0:0:0:1]",
                           "[64:ff9b::127.0.0.1]",
                           "[2002:7f00:1::]",
                           "[fe80::1]",
                           "[fe80::1%25lo]",
                           "[fc00::1]",
                           "169.254.169.254",
                           "[fd00:ec2::254]",
                           "10.0.0.1",
                           "user@127.0.0.1",
                           "127.0.0.1%2f",
                           "%31%32%37.0.0.1",
                           "\xef\xbc\x91\xef\xbc\x92\xef\xbc\x97.0.0.1",
                           "127\xe3\x80\x82"
                           "0.0.1"}) {
    const auto result = client->send({.url = "https://" + std::string(host) + ":" + server.port() + "/"});
    ASSERT_FALSE(result) << host;
    EXPECT_TRUE(result.error().code == ErrorCode::forbidden || result.error().code == ErrorCode::malformed_request)
        << host;
  }
  EXPECT_EQ(server.connections(), 0);
}

TEST(PublicOnly, CallsNoPlainHttp) {
  const Server server(always(answer("x")));
  const auto client = open_client({.resolver = resolver({{"93.184.216.34"}})});
  for (const auto reach : {Reach::public_only, Reach::anywhere}) {
    const auto result = client->send({.url = "http://idp.example/", .reach = reach});
    ASSERT_FALSE(result);
    EXPECT_EQ(result.error().code, ErrorCode::forbidden);
  }
  EXPECT_FALSE(client->send({.url = "http://" + server.authority()}));
  EXPECT_TRUE(client->send({.url = "http://" + server.authority(), .reach = Reach::anywhere}));
}

// The name is looked up once: whoever owns it cannot say one thing to the check and another to the connection.
TEST(PublicOnly, ConnectsToWhatWasChecked) {
  const testing::Certificate certificate("DNS:idp.example");
  const Server server(always(answer("x")), &certificate);
  const auto names = resolver({{nowhere}, {"127.0.0.1"}});
  const auto client = open_client({.connect_timeout = 200ms, .ca_file = certificate.pem_file(), .resolver = names});
  EXPECT_FALSE(client->send({.url = "https://idp.example:" + server.port()}));
  EXPECT_EQ(names->hosts().size(), 1U);
  EXPECT_EQ(server.connections(), 0);
}

TEST(PublicOnly, UsesNoConnectionThatWasMadeForAnotherReach) {
  const testing::Certificate certificate("DNS:idp.example");
  const Server server(always(answer("x")), &certificate);
  const auto client = open_client({.connect_timeout = 200ms,
                                   .ca_file = certificate.pem_file(),
                                   .resolver = resolver({{"127.0.0.1"}, {nowhere}, {"127.0.0.1"}})});
  const auto url = "https://idp.example:" + server.port() + "/";
  EXPECT_TRUE(client->send({.url = url, .reach = Reach::anywhere}));
  const auto result = client->send({.url = url});
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, ErrorCode::unavailable);
  EXPECT_TRUE(client->send({.url = url, .reach = Reach::anywhere}));
  EXPECT_EQ(server.connections(), 1);
}

TEST(Anywhere, ConnectsToTheAddressesOfTheResolver) {
  const testing::Certificate certificate("DNS:idp.example");
  const Server server(always(answer("x")), &certificate);
  const auto names = resolver({{"127.0.0.1"}});
  const auto client = open_client({.ca_file = certificate.pem_file(), .resolver = names});
  EXPECT_TRUE(client->send({.url = "https://IDP.example:" + server.port() + "/", .reach = Reach::anywhere}));
  EXPECT_EQ(names->hosts(), std::vector<std::string>{"idp.example"});
}

TEST(PublicOnly, TakesNoMoreThanItsShareWhateverHostsTenantsName) {
  // A lookup that takes as long as the test wants.
  class SlowResolver final : public Resolver {
   public:
    Result<std::vector<IpAddress>> resolve(const std::string&, std::chrono::milliseconds) override {
      ++waiting;
      for (int i = 0; i < 4000 && !go; ++i) std::this_thread::sleep_for(5ms);
      return std::vector{IpAddress::parse("10.0.0.1").value()};
    }
    std::atomic<int> waiting = 0;
    std::atomic<bool> go = false;
  };
  const Server ours(always(answer("x")));
  const auto names = std::make_shared<SlowResolver>();
  const auto client = open_client({.most_public_only = 2, .resolver = names});
  {
    std::vector<std::jthread> threads;
    for (const char* host : {"a", "b"})
      threads.emplace_back(
          [&, host] { EXPECT_FALSE(client->send({.url = "https://" + std::string(host) + ".example"})); });
    for (int i = 0; i < 4000 && names->waiting < 2; ++i) std::this_thread::sleep_for(5ms);
    const auto third = client->send({.url = "https://c.example"});
    EXPECT_TRUE(!third && third.error().code == ErrorCode::unavailable && third.error().retry_after);
    EXPECT_TRUE(client->send({.url = "http://" + ours.authority(), .reach = Reach::anywhere}));
    names->go = true;
  }
  EXPECT_EQ(client->send({.url = "https://c.example"}).error().code, ErrorCode::forbidden);
}

/// A proxy that is the server too: what it was asked to connect to, and what was said through it.
class Proxy {
 public:
  explicit Proxy(const testing::Certificate& certificate)
      : context_(Server::context_with(certificate)), server_([this](Talk& talk, int) {
          const auto asked = talk.hear();
          {
            const std::lock_guard lock(mutex_);
            asked_.push_back(asked.substr(0, asked.find("\r\n")));
          }
          talk.say("HTTP/1.1 200 Connection established\r\nX-Proxy: yes\r\n\r\n");
          if (!talk.start_tls(context_.get())) return;
          while (!talk.hear().empty()) talk.say(answer("through the proxy"));
        }) {}
  std::string url() const { return "http://" + server_.authority(); }
  std::vector<std::string> asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
  }

 private:
  std::shared_ptr<SSL_CTX> context_;
  mutable std::mutex mutex_{};
  std::vector<std::string> asked_{};
  Server server_;
};

TEST(Proxies, AreGivenAddressesThatWereChecked) {
  const testing::Certificate certificate("DNS:idp.example");
  const Proxy proxy(certificate);
  const auto names = resolver({{"93.184.216.34"}, {"2600::1"}, {"10.0.0.1"}});
  const auto client = open_client({.proxy = proxy.url(), .ca_file = certificate.pem_file(), .resolver = names});
  const auto response = client->send({.url = "https://idp.example/jwks"});
  ASSERT_TRUE(response) << response.error().reason;
  EXPECT_EQ(response->body, "through the proxy");
  EXPECT_EQ(response->headers.count("X-Proxy"), 0U);
  EXPECT_TRUE(client->send({.url = "https://idp.example:8443/jwks"}));
  EXPECT_FALSE(client->send({.url = "https://idp.example:9443/jwks"}));
  EXPECT_EQ(proxy.asked(),
            (std::vector<std::string>{"CONNECT 93.184.216.34:443 HTTP/1.1", "CONNECT [2600::1]:8443 HTTP/1.1"}));
}

TEST(Proxies, FindTheAddressesOfWhatTheConfigurationNames) {
  const testing::Certificate certificate("DNS:idp.example");
  const Proxy proxy(certificate);
  const auto names = resolver({{"127.0.0.1"}});
  const auto client = open_client({.proxy = proxy.url(), .ca_file = certificate.pem_file(), .resolver = names});
  EXPECT_TRUE(client->send({.url = "https://idp.example/", .reach = Reach::anywhere}));
  EXPECT_EQ(proxy.asked(), std::vector<std::string>{"CONNECT idp.example:443 HTTP/1.1"});
  EXPECT_TRUE(names->hosts().empty());
}

}  // namespace
}  // namespace rowan::http
