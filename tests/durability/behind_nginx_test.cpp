// The program behind a real nginx, below a path: whether the proxy takes the path away or leaves it, every link leads
// somewhere, and the visitor's address is the one that the proxy saw.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <regex>
#include <set>
#include <thread>

#include "client.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

using ::testing::HasSubstr;
using ::testing::IsSupersetOf;
using ::testing::StartsWith;

std::string nginx() {
  for (const auto* path : {"/usr/sbin/nginx", "/usr/bin/nginx", "/usr/local/sbin/nginx"})
    if (::access(path, X_OK) == 0) return path;
  return "";
}

// http://localhost:PORT/id → the program, which listens elsewhere.
class Proxy {
 public:
  Proxy(unsigned short port, unsigned short behind, bool takes_the_path_away) : port_(port) {
    const auto& folder = folder_.path();
    const std::string location = takes_the_path_away ? "/id/" : "/id";
    const auto conf = folder + "/nginx.conf";
    std::ofstream file(conf);
    file << "daemon off;\npid " << folder << "/nginx.pid;\nerror_log " << folder << "/error.log;\n"
         << "events { worker_connections 64; }\nhttp {\n  access_log off;\n";
    for (const auto* kind : {"client_body", "proxy", "fastcgi", "uwsgi", "scgi"})
      file << "  " << kind << "_temp_path " << folder << "/" << kind << ";\n";
    file << "  server {\n    listen 127.0.0.1:" << port << ";\n    location " << location
         << " {\n      proxy_pass http://127.0.0.1:" << behind << (takes_the_path_away ? "/" : "") << ";\n"
         << "      proxy_set_header Host $http_host;\n"
         << "      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for;\n    }\n  }\n}\n";
    file.close();
    child_ = std::make_unique<Child>(Command{.words = {nginx(), "-p", folder, "-c", conf}, .folder = folder});
    while (Client(port).get("/nowhere").status == 0) {
      if (!child_->is_running()) throw std::runtime_error("nginx: " + text_of(folder + "/error.log"));
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }
  unsigned short port() const { return port_; }

 private:
  TemporaryFolder folder_{};
  unsigned short port_;
  std::unique_ptr<Child> child_{};
};

// A browser at the proxy: keeps its cookies and says where its forms come from.
class Visitor {
 public:
  explicit Visitor(unsigned short port) : port_(port) {}
  Answer get(const std::string& path) { return kept(client().get(path)); }
  Answer post(const std::string& path, const std::string& form) {
    return kept(client().with("Origin: http://localhost:" + std::to_string(port_)).post_form(path, form));
  }

 private:
  Client client() const {
    Client client(port_);
    std::string all;
    for (const auto& [name, value] : cookies_) all += (all.empty() ? "" : "; ") + name + "=" + value;
    if (!all.empty()) client.with("Cookie: " + all);
    return client;
  }
  Answer kept(Answer answer) {
    static const std::regex set("Set-Cookie: ([^=\r\n]+)=([^;\r\n]*)", std::regex::icase);
    for (std::sregex_iterator it(answer.head.begin(), answer.head.end(), set), end; it != end; ++it)
      cookies_[(*it)[1]] = (*it)[2];
    return answer;
  }
  unsigned short port_;
  std::map<std::string, std::string> cookies_{};
};

std::set<std::string> links_of(const std::string& page) {
  static const std::regex link("(?:href|src|action)=\"(/[^\"#?]*)");
  std::set<std::string> all;
  for (std::sregex_iterator it(page.begin(), page.end(), link), end; it != end; ++it) all.insert((*it)[1]);
  return all;
}

std::string form_token(const std::string& page) {
  static const std::regex field("name=\"_csrf_token\" value=\"([^\"]+)\"");
  std::smatch match;
  return std::regex_search(page, match, field) ? match[1].str() : "";
}

class BehindNginx : public ::testing::TestWithParam<bool> {
 protected:
  void SetUp() override {
    if (nginx().empty()) GTEST_SKIP() << "nginx is not installed";
    const auto port = free_port();
    serving = std::make_unique<Serving>(ServingOptions{.program = ROWAN_PROGRAM,
                                                       .base_url = "http://localhost:" + std::to_string(port) + "/id",
                                                       .trusted_proxies = "127.0.0.1/32"});
    serving->start();
    proxy = std::make_unique<Proxy>(port, serving->port(), GetParam());
    visitor = std::make_unique<Visitor>(port);
  }
  std::unique_ptr<Serving> serving{};
  std::unique_ptr<Proxy> proxy{};
  std::unique_ptr<Visitor> visitor{};
};
INSTANTIATE_TEST_SUITE_P(ThePath, BehindNginx, ::testing::Bool(),
                         [](const auto& which) { return which.param ? "IsTakenAway" : "IsLeft"; });

TEST_P(BehindNginx, EveryLinkLeadsSomewhereAndPeopleComeIn) {
  const auto page = visitor->get("/id/register");
  ASSERT_EQ(page.status, 200) << page.body;
  EXPECT_THAT(links_of(page.body), IsSupersetOf({"/id/sign-in", "/id/auth/user/password/register"}));
  for (const auto& link : links_of(page.body)) {
    EXPECT_THAT(link, StartsWith("/id/"));
    const auto status = visitor->get(link).status;
    // 405: the address of a form, which is there and wants a POST.
    EXPECT_TRUE(status == 200 || status == 303 || (status == 405 && link.starts_with("/id/auth/user/")))
        << link << " answers " << status;
  }
  const auto registered =
      visitor->post("/id/auth/user/password/register",
                    "user%5Bemail%5D=ada%40example.com&user%5Bpassword%5D=correct+horse+battery+staple&"
                    "user%5Bpassword_confirmation%5D=correct+horse+battery+staple&_csrf_token=" +
                        form_token(page.body));
  ASSERT_EQ(registered.status, 303) << registered.body;
  const auto home = header_of(registered, "Location");
  EXPECT_THAT(home, StartsWith("/id"));
  EXPECT_EQ(visitor->get(home).status, 200);
  EXPECT_EQ(visitor->get("/id/me").status, 200);
  const auto account = visitor->get("/id/account");
  EXPECT_EQ(account.status, 200);
  for (const auto& link : links_of(account.body)) EXPECT_THAT(link, StartsWith("/id/"));
  EXPECT_NE(visitor->get("/sign-in").status, 200) << "nothing of ours is beside the path";
}

// The proxy adds the address that it saw, and that counts, whatever a client pretends.
TEST_P(BehindNginx, ClientsAreToldApartByTheAddressThatTheProxySaw) {
  int guesses = 0;
  const auto guess = [&](const char* from) {
    const auto number = std::to_string(++guesses);
    const auto body =
        Json({{"user", {{"email", "ada" + number + "@example.com"}, {"password", "wrong, and long"}}}}).text();
    return hosts::testing::RawClient(proxy->port(), from)
        .ask(
            "POST /id/api/auth/user/password/sign_in HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
            "X-Forwarded-For: 203.0.113." +
            number + "\r\nContent-Type: application/json\r\nContent-Length: " + std::to_string(body.size()) +
            "\r\n\r\n" + body)
        .status;
  };
  int status = 401;
  while (guesses < 200 && status == 401) status = guess("127.0.0.5");
  EXPECT_EQ(status, 429);
  EXPECT_EQ(guess("127.0.0.6"), 401);
}

}  // namespace
}  // namespace rowan::durability
