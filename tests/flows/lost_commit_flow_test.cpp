// The answer of a COMMIT is lost, after it was done or before: for every COMMIT of an action in turn. Nothing is
// granted twice, nothing is said that is not so, and nothing that comes later suffers from it.
#include <rowan/engine/core.hpp>
#include <rowan/testing/lost_commits.hpp>
#include <rowan/testing/number_in.hpp>

#include "flow.hpp"

namespace rowan::flows {
namespace {

using When = testing::LostCommits::When;

class LostCommitFlow : public ::testing::TestWithParam<std::string> {
 protected:
  using Step = std::function<void(const std::string& email)>;

  // `act` with the answer of its first COMMIT lost, then of its second …, each time for a person of their own.
  void lose_each(const Step& prepare, const Step& act, const Step& then) {
    std::uint64_t met = 0;
    for (const auto when : {When::after_it_was_done, When::before_it_was_done})
      for (std::uint64_t nth = 1; nth <= 20; ++nth) {
        const auto email = "person" + std::to_string(++people_) + "@notes.example";
        SCOPED_TRACE(email + (when == When::after_it_was_done ? ", done: " : ", not done: ") + std::to_string(nth));
        prepare(email);
        const auto before = database_->lost();
        database_->lose(nth, when);
        act(email);
        database_->lose(0, when);
        if (database_->lost() == before) break;
        ++met;
        then(email);
        nothing_is_poisoned();
      }
    EXPECT_GE(met, 2U) << "no COMMIT was met";
  }

  void nothing_is_poisoned() {
    const auto email = "later" + std::to_string(++people_) + "@notes.example";
    auto program = app.browser();
    EXPECT_EQ(program.json("POST", "/api/auth/user/password/register", registration(email)).status(), 201);
    EXPECT_EQ(sign_in_as(email), 200);
    EXPECT_EQ(count("SELECT COUNT(*) FROM rowan_accounts a JOIN rowan_tokens t ON t.number = a.generation"), 0);
    EXPECT_EQ(count("SELECT COUNT(*) - COUNT(DISTINCT generation) FROM rowan_accounts"), 0);
  }
  std::int64_t count(const Sql& statement) { return testing::number_in(app.database(), statement); }

  int sign_in_as(const std::string& email, std::string_view with = password) {
    auto program = app.browser();
    const int status = program.json("POST", "/api/auth/user/password/sign_in", credentials(email, with)).status();
    bearer_ = text_at(program.answer(), {"authentication", "bearer"});
    return status;
  }
  void register_as(const std::string& email) {
    auto program = app.browser();
    ASSERT_EQ(program.json("POST", "/api/auth/user/password/register", registration(email)).status(), 201);
  }
  int with_bearer(const char* method, const char* path) {
    auto program = app.browser();
    program.bearer(bearer_);
    return program.json(method, path, Json({})).status();
  }

  std::optional<testing::LostCommits> database_{};
  testing::TestApp app{{.database = GetParam(), .adjust = [this](AuthOptions& options) {
                          options.limits_enabled = false;
                          database_.emplace(*options.database);
                          options.database = *database_;
                        }}};
  int people_ = 0, status_ = 0;
  std::string bearer_{}, path_{};
};
INSTANTIATE_TEST_SUITE_P(Databases, LostCommitFlow, every_database(), name_of_database);

TEST_P(LostCommitFlow, OfASignIn) {
  lose_each([&](const std::string& email) { register_as(email); },
            [&](const std::string& email) { status_ = sign_in_as(email); },
            [&](const std::string& email) {
              EXPECT_EQ(status_, 503);
              EXPECT_EQ(sign_in_as(email), 200);
              EXPECT_EQ(with_bearer("GET", "/me"), 200);
            });
}

TEST_P(LostCommitFlow, OfARegistration) {
  lose_each([](const std::string&) {},
            [&](const std::string& email) {
              auto program = app.browser();
              status_ = program.json("POST", "/api/auth/user/password/register", registration(email)).status();
            },
            [&](const std::string& email) {
              EXPECT_EQ(status_, 503);
              // It is there as a whole or not at all.
              if (sign_in_as(email) != 200) register_as(email);
              EXPECT_EQ(sign_in_as(email), 200);
            });
}

TEST_P(LostCommitFlow, OfASignOut) {
  lose_each(
      [&](const std::string& email) {
        register_as(email);
        ASSERT_EQ(sign_in_as(email), 200);
      },
      [&](const std::string&) { status_ = with_bearer("POST", "/api/auth/sign_out"); },
      [&](const std::string&) {
        EXPECT_EQ(status_, 503);
        with_bearer("POST", "/api/auth/sign_out");
        EXPECT_EQ(with_bearer("GET", "/me"), 401) << "at once, not with the next look at the feed";
        app.deliver();
        EXPECT_EQ(with_bearer("GET", "/me"), 401);
      });
}

TEST_P(LostCommitFlow, OfAReset) {
  lose_each(
      [&](const std::string& email) {
        register_as(email);
        ASSERT_EQ(sign_in_as(email), 200);
        auto browser = app.browser();
        ask_for_reset(browser, email);
        path_ = app.mailed_path(email);
      },
      [&](const std::string&) {
        auto browser = app.browser();
        choose(browser.get(path_).form("password/reset"), other_password);
        status_ = browser.status();
      },
      [&](const std::string& email) {
        EXPECT_EQ(status_, 503) << "what may have been done is not told as the visitor's fault";
        app.deliver();
        const bool is_done = sign_in_as(email, other_password) == 200;
        EXPECT_EQ(sign_in_as(email), is_done ? 401 : 200) << "one password, not two";
        auto again = app.browser();
        again.get(path_);
        EXPECT_EQ(again.status() == 200, !is_done) << "the link is used up exactly if it had its effect";
      });
}

TEST_P(LostCommitFlow, OfADisabledAccount) {
  lose_each(
      [&](const std::string& email) {
        register_as(email);
        ASSERT_EQ(sign_in_as(email), 200);
      },
      [&](const std::string& email) {
        const auto done = app.auth().disable((*app.find_user(email))->id);
        EXPECT_TRUE(done || done.error().effect == Effect::unknown);
      },
      [&](const std::string& email) {
        ASSERT_TRUE(app.auth().disable((*app.find_user(email))->id));
        app.deliver();
        EXPECT_EQ(with_bearer("GET", "/me"), 401);
        EXPECT_EQ(sign_in_as(email), 401);
      });
}

}  // namespace
}  // namespace rowan::flows
