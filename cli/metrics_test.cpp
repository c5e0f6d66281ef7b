// The page of metrics: what it counts, what it never says, and where it can be reached.
#include <arpa/inet.h>
#include <gmock/gmock.h>
#include <pthread.h>
#include <signal.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cli/application.hpp>
#include <cli/metrics_listener.hpp>
#include <cli/metrics_text.hpp>
#include <cli/serve.hpp>
#include <filesystem>
#include <future>
#include <random>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/hosts/beast/raw_client.hpp>
#include <rowan/testing/app.hpp>
#include <rowan/testing/switched_database.hpp>
#include <stdexcept>
#include <thread>

namespace rowan::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

constexpr const char* address_text = "ada@example.com";
constexpr const char* password_text = "correct horse battery staple";

Json user(const std::string& password) {
  return {{"user", {{"email", address_text}, {"password", password}, {"password_confirmation", password}}}};
}

// An application whose hooks count.
class CountedApplication : public ::testing::TestWithParam<std::string> {
 protected:
  CountedApplication() {
    site_.mount(routes(app_.auth()).auth_routes(web_).auth_routes(api_, {.path = "/api/auth"}).sign_out_route(web_));
  }
  testing::Browser browser() { return testing::Browser(site_); }
  void register_ada() { EXPECT_EQ(post("register", password_text), 201); }
  int post(const std::string& phase, const std::string& password) {
    return browser().json("POST", "/api/auth/user/password/" + phase, user(password)).status();
  }
  std::string page() const { return metrics_.text(app_.auth()); }

  std::optional<testing::SwitchedDatabase> database_{};
  Metrics metrics_{};
  mutable testing::TestApp app_{{.database = GetParam(), .adjust = [this](AuthOptions& options) {
                                   database_.emplace(*options.database);
                                   options.database = *database_;
                                   options.hooks = metrics_.hooks();
                                 }}};
  Controller web_{};
  ApiController api_{};
  Site site_{};
};

INSTANTIATE_TEST_SUITE_P(Databases, CountedApplication, ::testing::ValuesIn(rowan::testing::TemporaryDatabase::kinds()),
                         [](const auto& kind) { return kind.param; });

TEST_P(CountedApplication, CountsARegistrationASignInAndAFailure) {
  register_ada();
  EXPECT_EQ(post("sign_in", password_text), 200);
  EXPECT_EQ(post("sign_in", password_text), 200);
  EXPECT_EQ(post("sign_in", "not hers at all"), 401);
  const auto text = page();
  for (const auto* line :
       {R"(rowan_registrations_total{subject="user",strategy="password",phase="register"} 1)",
        R"(rowan_sign_ins_total{subject="user",strategy="password",phase="register"} 1)",
        R"(rowan_sign_ins_total{subject="user",strategy="password",phase="sign_in"} 2)",
        R"(rowan_failures_total{subject="user",strategy="password",phase="sign_in",code="authentication_failed"} 1)"})
    EXPECT_THAT(text, HasSubstr("\n" + std::string(line) + "\n"));
}

TEST_P(CountedApplication, LabelsFailuresByTheCodeOfTheAnswer) {
  register_ada();
  EXPECT_EQ(post("register", "short"), 422);
  // No token of a form: of another site.
  auto stranger = browser();
  EXPECT_EQ(stranger.post("/auth/user/password/sign_in", {{"user[email]", address_text}}).status(), 403);
  EXPECT_THAT(page(), AllOf(HasSubstr(R"(phase="register",code="invalid_input"} 1)"),
                            HasSubstr(R"(phase="sign_in",code="forbidden"} 1)")));
}

// A registration that is rolled back has not happened.
TEST_P(CountedApplication, CountsNothingThatIsNotCommitted) {
  const auto refused = database_->transact([&](Transaction& transaction) -> Result<> {
    const auto hooks = metrics_.hooks();
    for (const auto kind : {AuthEvent::Kind::registered, AuthEvent::Kind::signed_in})
      EXPECT_TRUE(hooks.on_event(transaction, app_.auth().services(),
                                 {.kind = kind, .strategy = "password", .phase = "register"}));
    return Error{.code = ErrorCode::unavailable, .reason = "rolled back by the test"};
  });
  ASSERT_FALSE(refused);
  EXPECT_THAT(page(), AllOf(Not(HasSubstr("rowan_sign_ins_total{")), Not(HasSubstr("rowan_registrations_total{"))));
}

TEST_P(CountedApplication, CountsMailsByTheirState) {
  register_ada();
  EXPECT_EQ(post("reset_request", password_text), 200);
  EXPECT_THAT(page(),
              AllOf(HasSubstr("rowan_mails{state=\"waiting\"} 1\n"), HasSubstr("rowan_mails{state=\"sent\"} 0\n")));
  app_.deliver();
  EXPECT_THAT(page(),
              AllOf(HasSubstr("rowan_mails{state=\"waiting\"} 0\n"), HasSubstr("rowan_mails{state=\"sent\"} 1\n")));
  app_.clock().advance(std::chrono::hours(2));
  EXPECT_THAT(page(), HasSubstr("rowan_mails{state=\"sent\"} 0\n"));
}

TEST_P(CountedApplication, CountsNoMailThatWasWithheld) {
  auto& outbox = engine::core_of(app_.auth()).outbox;
  const MailMessage mail{.to = std::string(address_text), .subject = "Reset", .text = "-", .kind = "password/reset"};
  ASSERT_TRUE(database_->transact([&](Transaction& transaction) {
    return outbox.put(transaction, mail, app_.clock().now() + std::chrono::hours(1), Sending::withheld);
  }));
  EXPECT_THAT(page(), HasSubstr("rowan_mails{state=\"waiting\"} 0\n"));
  app_.deliver();
  for (const auto* state : {"waiting", "sent", "refused", "expired"})
    EXPECT_THAT(page(), HasSubstr("rowan_mails{state=\"" + std::string(state) + "\"} 0\n"));
}

TEST_P(CountedApplication, ContainsNoPersonalData) {
  register_ada();
  post("sign_in", "not hers at all");
  post("reset_request", password_text);
  browser().json("POST", "/api/auth/user/password/reset", {{"user", {{"reset_token", "rt-abc.def"}}}});
  const auto text = page();
  ASSERT_THAT(text, HasSubstr("rowan_failures_total{"));
  const auto account = app_.find_user(address_text);
  ASSERT_TRUE(account && *account);
  for (const auto& secret : {std::string("ada"), std::string("example.com"), std::string("hers"), std::string("rt-abc"),
                             std::string("127.0.0.1"), (*account)->id.text()})
    EXPECT_THAT(text, Not(HasSubstr(secret)));
}

TEST_P(CountedApplication, ReportsTheRevocationAgeAfterTheFirstRead) {
  EXPECT_THAT(page(), Not(HasSubstr("\nrowan_revocation_age_seconds ")));
  app_.deliver();
  app_.clock().advance(std::chrono::milliseconds(2500));
  EXPECT_THAT(page(), HasSubstr("\nrowan_revocation_age_seconds 2.500\n"));
}

TEST_P(CountedApplication, ReportsWhatItKnowsWhileTheDatabaseIsAway) {
  register_ada();
  EXPECT_THAT(page(), HasSubstr("\nrowan_database_up 1\n"));
  database_->switch_off();
  EXPECT_EQ(post("sign_in", password_text), 503);
  EXPECT_THAT(page(), AllOf(HasSubstr(R"(rowan_sign_ins_total{subject="user",strategy="password",phase="register"} 1)"),
                            HasSubstr(R"(phase="sign_in",code="unavailable"} 1)"), HasSubstr("\nrowan_database_up 0\n"),
                            Not(HasSubstr("rowan_mails{")), HasSubstr("\nprocess_resident_memory_bytes ")));
}

TEST_P(CountedApplication, CountsRequestsRefusedForAFullPool) {
  const auto plain = hosts::answer_from(site_);
  const auto counted = metrics_.counted(plain);
  http::Request request;
  request.path = "/api/auth/user/password/sign_in";
  EXPECT_EQ(counted.overloaded(request).body, plain.overloaded(request).body);
  EXPECT_THAT(page(), HasSubstr("\nrowan_overloaded_total 1\n"));
}

TEST_P(CountedApplication, DescribesTheProcess) {
  const auto text = page();
  EXPECT_THAT(text, HasSubstr("\nrowan_build_info{version=\"" ROWAN_VERSION "\"} 1\n"));
  const auto number_behind = [&](const std::string& name) {
    const auto at = text.find("\n" + name + " ");
    return at == text.npos ? 0.0 : std::stod(text.substr(at + name.size() + 2));
  };
  EXPECT_GT(number_behind("process_resident_memory_bytes"), 1'000'000);
  const auto now = static_cast<double>(to_seconds(system_clock().now()));
  EXPECT_GT(number_behind("process_start_time_seconds"), now - 86'400);
  EXPECT_LT(number_behind("process_start_time_seconds"), now + 2);
}

// Every line is a comment or `name{labels} number`, and every sample stands below its own family.
TEST_P(CountedApplication, IsWrittenInThePrometheusTextFormat) {
  register_ada();
  post("sign_in", "not hers at all");
  std::istringstream lines(page());
  std::string line, family;
  while (std::getline(lines, line)) {
    if (line.starts_with("# TYPE ")) family = line.substr(7, line.rfind(' ') - 7);
    if (line.starts_with("# ")) continue;
    EXPECT_THAT(line, MatchesRegex("[a-z_]+(\\{[a-z]+=\"[^\"]*\"(,[a-z]+=\"[^\"]*\")*\\})? [0-9]+(\\.[0-9]+)?"));
    EXPECT_EQ(line.substr(0, line.find_first_of("{ ")), family);
  }
  EXPECT_EQ(family, "rowan_build_info");
}

// INJ: a value that could end its quotes could forge a sample.
TEST(MetricsText, EscapesTheValueOfALabel) {
  EXPECT_EQ(label_text({{"a", "x\"} 1\ny \\"}, {"b", ""}}), R"(a="x\"} 1\ny \\",b="")");
}

// The listener alone.
class MetricsListener : public ::testing::Test {
 protected:
  MetricsListener() { EXPECT_TRUE(listener_->start()); }
  testing::Browser browser() const {
    return testing::Browser::at("http://127.0.0.1:" + std::to_string(listener_->port()));
  }
  std::unique_ptr<hosts::beast::Service> listener_ =
      make_metrics_listener({.text = [] { return std::string("things_total 1\n"); }});
};

TEST_F(MetricsListener, AnswersInTheTypeThatPrometheusAsksFor) {
  auto visitor = browser();
  visitor.get("/metrics");
  EXPECT_EQ(visitor.status(), 200);
  EXPECT_EQ(visitor.body(), "things_total 1\n");
  EXPECT_EQ(visitor.header("Content-Type"), "text/plain; version=0.0.4; charset=utf-8");
  EXPECT_EQ(visitor.header("Cache-Control"), "no-store");
}

TEST_F(MetricsListener, AnswersNothingElse) {
  for (const auto* path : {"/", "/metrics/", "/healthz", "/sign-in", "/public"})
    EXPECT_EQ(browser().get(path).status(), 404) << path;
  EXPECT_EQ(browser().send(http::Method::post, "/metrics", "", "").status(), 405);
  EXPECT_EQ(browser().send(http::Method::post, "/metrics", "text/plain", "a body").status(), 413);
}

unsigned short free_port() {
  std::random_device random;
  std::uniform_int_distribution<int> below_the_ephemeral(20000, 29999);
  for (int attempt = 0; attempt < 100; ++attempt) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    address.sin_port = htons(static_cast<unsigned short>(below_the_ephemeral(random)));
    const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    const bool is_free =
        socket >= 0 && ::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
    ::close(socket);
    if (is_free) return ntohs(address.sin_port);
  }
  throw std::runtime_error("no free port");
}

bool somebody_listens(unsigned short port) { return hosts::testing::RawClient(port).connected(); }

// `rowan serve --dev` on a thread of its own, in a folder of its own.
class Program : public ::testing::Test {
 protected:
  Program() {
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-cli-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    std::filesystem::current_path(folder_);
  }
  ~Program() override {
    if (thread_.joinable()) stop();
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  void start(const std::string& more = {}) {
    port_ = free_port();
    const auto read = read_config({.dev = true,
                                   .file_name = "rowan.toml",
                                   .file_text = more + "\n[password]\n",
                                   .flags = {{"port", std::to_string(port_)}}});
    ASSERT_THAT(read.problems, ::testing::IsEmpty());
    application_ = open_application(read);
    ASSERT_TRUE(application_->auth->migrate());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    std::packaged_task<int()> serving([this] { return serve(*application_); });
    ended_ = serving.get_future();
    thread_ = std::thread(std::move(serving));
    while (!somebody_listens(port_) && ended_.wait_for(std::chrono::milliseconds(5)) != std::future_status::ready) {
    }
  }
  // As Ctrl-C does. Answers what serve() does; throws what it throws.
  int stop() {
    if (ended_.wait_for(std::chrono::seconds(0)) != std::future_status::ready)
      ::pthread_kill(thread_.native_handle(), SIGINT);
    thread_.join();
    said_ = ::testing::internal::GetCapturedStdout() + ::testing::internal::GetCapturedStderr();
    return ended_.get();
  }
  testing::Browser browser(unsigned short port) const {
    return testing::Browser::at("http://127.0.0.1:" + std::to_string(port));
  }

  unsigned short port_ = 0;
  std::string said_{};

 private:
  std::filesystem::path before_ = std::filesystem::current_path(), folder_{};
  std::unique_ptr<Application> application_{};
  std::future<int> ended_{};
  std::thread thread_{};
};

std::string metrics_at(unsigned short port) { return "metrics_listen = \"127.0.0.1:" + std::to_string(port) + "\""; }

// BRW-20
TEST_F(Program, HasNoMetricsUnlessItIsAskedFor) {
  start();
  EXPECT_EQ(browser(port_).get("/metrics").status(), 404);
  EXPECT_EQ(stop(), 0);
  EXPECT_THAT(said_, AllOf(HasSubstr("Rowan is at"), Not(HasSubstr("etrics"))));
}

TEST_F(Program, ServesMetricsOnASeparateListenerAndStopsIt) {
  const auto port = free_port();
  start(metrics_at(port));
  const auto path = "/api/auth/user/password/";
  EXPECT_EQ(browser(port_).json("POST", path + std::string("register"), user(password_text)).status(), 201);
  EXPECT_EQ(browser(port_).json("POST", path + std::string("sign_in"), user("not hers at all")).status(), 401);
  auto scraper = browser(port);
  scraper.get("/metrics");
  EXPECT_EQ(scraper.status(), 200);
  EXPECT_THAT(scraper.body(),
              AllOf(HasSubstr(R"(rowan_sign_ins_total{subject="user",strategy="password",phase="register"} 1)"),
                    HasSubstr(R"(phase="sign_in",code="authentication_failed"} 1)"),
                    HasSubstr("\nrowan_mails{state=\"waiting\"} ")));
  EXPECT_EQ(browser(port_).get("/metrics").status(), 404);
  EXPECT_EQ(browser(port).get("/sign-in").status(), 404);
  EXPECT_EQ(stop(), 0);
  EXPECT_FALSE(somebody_listens(port));
  EXPECT_THAT(said_, HasSubstr("http://127.0.0.1:" + std::to_string(port) + "/metrics"));
}

TEST_F(Program, DoesNotStartWhenMetricsCannotBeServed) {
  const auto taken = make_metrics_listener({});
  ASSERT_TRUE(taken->start());
  start(metrics_at(taken->port()));
  try {
    stop();
    FAIL() << "it served";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.problems(), ::testing::ElementsAre(AllOf(::testing::StartsWith("metrics_listen: "),
                                                               HasSubstr(std::to_string(taken->port())))));
  }
}

}  // namespace
}  // namespace rowan::cli
