// PostgreSQL crashes under the whole application: 503 while it is away, and all is well when it is back.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <chrono>
#include <mutex>
#include <thread>

#include "between.hpp"
#include "client.hpp"
#include "postgres_cluster.hpp"
#include "serving.hpp"

namespace rowan::durability {
namespace {

std::string cookie_of(const Answer& answer) {
  const auto line = header_of(answer, "Set-Cookie");
  return "Cookie: " + line.substr(0, line.find(';'));
}

// A form's page as a browser keeps it: the cookie, and the hidden field that goes with it.
struct Form {
  Client client;
  std::string token{};

  Form(Client visitor, std::string_view page) : client(std::move(visitor)) {
    const auto answer = client.get(page);
    EXPECT_EQ(answer.status, 200) << page;
    if (!header_of(answer, "Set-Cookie").empty()) client.with(cookie_of(answer));
    token = between(answer.body, "name=\"_csrf_token\" value=\"", "\"");
    EXPECT_FALSE(token.empty()) << page;
  }
  Answer send(std::string_view path, const std::string& fields) const {
    return client.post_form(path, "_csrf_token=" + token + "&" + fields);
  }
};

class PostgresAway : public ::testing::Test {
 protected:
  void SetUp() override {
    if (PostgresCluster::programs().empty()) GTEST_SKIP() << "no PostgreSQL: run by scripts/with-postgres";
    cluster.emplace();
    ASSERT_TRUE(cluster->start());
    serving.emplace(ServingOptions{.program = ROWAN_PROGRAM, .database = cluster->url(), .limits = limits});
    serving->start();
    const auto registered = anybody().register_account(ann);
    ASSERT_EQ(registered.status, 201) << registered.body;
    bearer = "Authorization: Bearer " + between(registered.body, "\"bearer\":\"", "\"");
    const auto signed_in = Form(anybody(), "/sign-in").send("/auth/user/password/sign_in", sign_in_fields);
    ASSERT_EQ(signed_in.status, 303) << signed_in.body;
    session = cookie_of(signed_in);
    expect_all_is_well();
  }

  Client anybody() const { return Client(serving->port()); }
  Client with_session() const { return anybody().with(session); }
  Client with_bearer() const { return anybody().with(bearer); }

  void expect_all_is_well() const {
    EXPECT_EQ(anybody().get("/healthz").status, 200);
    EXPECT_EQ(with_session().get("/me").status, 200);
    EXPECT_EQ(with_session().get("/account").status, 200);
    EXPECT_EQ(with_bearer().get("/api/me").status, 200);
    EXPECT_EQ(anybody().sign_in(ann).status, 200);
  }

  bool limits = true;
  const std::string sign_in_fields = "user[email]=ann@notes.example&user[password]=correct+horse+battery+staple";
  std::optional<PostgresCluster> cluster{};
  std::optional<Serving> serving{};
  std::string bearer{}, session{};
};

void expect_503(const Answer& answer, const char* what) {
  EXPECT_EQ(answer.status, 503) << what << ": " << answer.body;
  EXPECT_FALSE(header_of(answer, "Retry-After").empty()) << what << " does not say when to come again";
}

TEST_F(PostgresAway, EveryRouteThatNeedsItAnswers503AndIsBackByItself) {  // ERR-01
  const Form sign_in(anybody(), "/sign-in"), sign_out(with_session(), "/sign-out");
  const Json reset{
      {"user",
       {{"reset_token", "00000000-0000-7000-8000-000000000000.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"},
        {"password", password},
        {"password_confirmation", password}}}};
  const Json change{{"user",
                     {{"current_password", password},
                      {"password", "seven quiet lanterns over water"},
                      {"password_confirmation", "seven quiet lanterns over water"}}}};
  for (int outage = 1; outage <= 2; ++outage) {
    SCOPED_TRACE("outage " + std::to_string(outage));
    ASSERT_TRUE(cluster->crash());
    // Tokens are accepted for the bound of revocation, a second; after that their state cannot be known.
    while (with_session().get("/me").status == 200) std::this_thread::sleep_for(std::chrono::milliseconds(20));

    expect_503(anybody().get("/healthz"), "health");
    expect_503(with_session().get("/me"), "session guard");
    expect_503(with_bearer().get("/me"), "bearer guard");
    expect_503(with_bearer().get("/api/me"), "bearer guard");
    expect_503(with_session().get("/private"), "guard of a page");
    expect_503(with_session().get("/billing"), "guard with a second factor");
    expect_503(with_session().get("/account"), "account page");
    expect_503(anybody().register_account("bob@notes.example"), "register");
    expect_503(anybody().sign_in(ann), "sign in");
    expect_503(anybody().ask_for_reset(ann), "reset request");
    expect_503(anybody().post("/api/auth/user/password/reset", reset), "reset");
    expect_503(anybody().post("/api/auth/user/password/sign_in_with_token", {{"token", "nothing"}}), "sign-in token");
    expect_503(with_bearer().post("/api/auth/user/password/change", change), "change");
    expect_503(with_bearer().post("/api/auth/sign_out", Json({})), "sign out");
    expect_503(sign_in.send("/auth/user/password/sign_in", sign_in_fields), "sign-in form");
    expect_503(sign_out.send("/sign-out", ""), "sign-out form");
    for (const auto* page : {"/public", "/sign-in", "/register", "/reset"})
      EXPECT_EQ(anybody().get(page).status, 200) << page << " needs no database";
    ASSERT_TRUE(serving->is_running()) << serving->log();

    ASSERT_TRUE(cluster->start());
    while (serving->is_running() && anybody().get("/healthz").status != 200)
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    expect_all_is_well();
  }
  EXPECT_EQ(serving->end(SIGTERM), 0) << serving->log();
}

// Without limits, which would count the registrations of one client.
class PostgresCrash : public PostgresAway {
 protected:
  PostgresCrash() { limits = false; }
};

TEST_F(PostgresCrash, LeavesEveryRegistrationWholeOrNotThere) {  // CON-02
  constexpr int clients = 4;
  constexpr std::size_t before_the_crash = 4;
  std::mutex mutex;
  std::vector<std::pair<std::string, int>> answers;
  std::atomic<bool> stop = false;
  const auto is_under_load = [&] {
    const std::lock_guard lock(mutex);
    return answers.size() >= before_the_crash;
  };
  bool crashed = false;
  {
    std::vector<std::jthread> threads;
    for (int c = 0; c < clients; ++c)
      threads.emplace_back([&, c] {
        for (int i = 0; !stop; ++i) {
          const auto email = "c" + std::to_string(c) + "-" + std::to_string(i) + "@notes.example";
          const auto status = anybody().register_account(email).status;
          const std::lock_guard lock(mutex);
          answers.emplace_back(email, status);
        }
      });
    while (!is_under_load()) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    crashed = cluster->crash();
    stop = true;
  }
  ASSERT_TRUE(crashed);
  ASSERT_TRUE(cluster->start());
  for (const auto& [email, status] : answers) {
    SCOPED_TRACE(email + " was answered " + std::to_string(status));
    EXPECT_TRUE(status == 201 || status == 503) << serving->log();
    const auto now = anybody().sign_in(email).status;
    if (status == 201)
      EXPECT_EQ(now, 200);
    else
      EXPECT_TRUE(now == 200 || anybody().register_account(email).status == 201) << "neither signs in nor registers";
  }
}

}  // namespace
}  // namespace rowan::durability
