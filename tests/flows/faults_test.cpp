// A fault of ours is never told as the visitor's: an id in the answer, the cause under it in the log (ERR-01).
#include <rowan/testing/switched_database.hpp>
#include <stdexcept>

#include "logged.hpp"
#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

class Faults : public ::testing::TestWithParam<std::string> {
 protected:
  Faults() {
    app.site().get("/throws", [](Conn&) -> Response { throw std::runtime_error("the printer is on fire"); });
    app.site().get("/own", [](Conn& conn) { return conn.status(500).text("our own words"); });
    app.site().get("/late", [](Conn& conn) { return conn.status(503).text("later"); });
    app.site().get("/refuses", [](Conn& conn) {
      return conn.refuse({.code = ErrorCode::internal, .reason = "the ledger does not add up"});
    });
  }

  static testing::TestAppOptions logging(std::string database, Logger& logger, Hooks& hooks) {
    auto options = with_mail_rooms(std::move(database));
    options.adjust = [&logger, &hooks](AuthOptions& auth) {
      auth.logger = &logger;
      auth.hooks.on_register = [&hooks](Transaction& transaction, const Services& services, const User& user,
                                        const AuthEvent& event) {
        return hooks.on_register ? hooks.on_register(transaction, services, user, event) : Result<>();
      };
    };
    return options;
  }

  // What an answer says of a fault: its id, which the log has once, at level error.
  void expect_fault(const Browser& answered, const std::string& id, const char* what) {
    EXPECT_EQ(id.size(), 16U) << what << ": " << answered.body();
    EXPECT_EQ(logger.count(LogLevel::error, "error_id=\"" + id + "\""), 1U) << what;
    EXPECT_EQ(answered.header("Retry-After").has_value(), answered.status() == 503) << what;
  }
  static std::string id_on_page(const std::string& body) {
    const auto at = body.find("<code>");
    return at == std::string::npos ? std::string() : body.substr(at + 6, body.find("</code>") - at - 6);
  }
  static std::string id_in_json(const Browser& program) { return text_at(program.answer(), {"error_id"}); }

  void break_table(Sql rename) {
    ASSERT_TRUE(app.database().transact([&](Transaction& transaction) -> Result<> {
      if (auto done = transaction.execute(rename); !done) return std::move(done).error();
      return {};
    }));
  }

  RememberingLogger logger;
  Hooks hooks{};
  testing::TestApp app{logging(GetParam(), logger, hooks)};
  Browser browser = app.browser(), program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Faults, every_database(), name_of_database);

TEST_P(Faults, ABrokenTableIsNotAnsweredAsAWrongPassword) {
  register_in(browser);
  sign_out(browser);
  break_table(Sql{"ALTER TABLE rowan_passwords RENAME TO gone_passwords"});
  sign_in(browser);
  EXPECT_GE(browser.status(), 500);
  EXPECT_FALSE(browser.says("The email address or password isn't right."));
  expect_fault(browser, id_on_page(browser.body()), "page");
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_GE(program.status(), 500);
  expect_fault(program, id_in_json(program), "program");
  EXPECT_EQ(logger.count(LogLevel::info, "authentication_failed"), 0U);
}

TEST_P(Faults, ATokenPageThatCannotBeReadSaysNothingAboutTheLink) {
  register_in(browser);
  std::vector<std::string> pages{app.mailed_path(ann)};
  sign_out(browser);
  for (auto* ask : {&ask_for_reset, &ask_for_link}) {
    ask(browser, ann);
    pages.push_back(app.mailed_path(ann));
  }
  for (const auto& page : pages) ASSERT_EQ(browser.get(page).status(), 200) << page;
  break_table(Sql{"ALTER TABLE rowan_links RENAME TO gone_links"});
  for (const auto& page : pages) {
    browser.get(page);
    EXPECT_GE(browser.status(), 500) << page;
    EXPECT_FALSE(browser.says("This link is no longer valid.")) << page;
    expect_fault(browser, id_on_page(browser.body()), page.c_str());
  }
}

TEST_P(Faults, AnExceptionOfAHandlerHasAnIdOnPagesAndForPrograms) {
  browser.get("/throws");
  EXPECT_EQ(browser.status(), 500);
  EXPECT_THAT(browser.body(), Not(HasSubstr("printer")));
  expect_fault(browser, id_on_page(browser.body()), "page");
  EXPECT_EQ(logger.count(LogLevel::error, "the printer is on fire"), 1U);
  program.json("GET", "/throws");
  EXPECT_EQ(program.status(), 500);
  expect_fault(program, id_in_json(program), "program");
}

TEST_P(Faults, AFailingHookIsAFault_WhetherItReturnsOrThrows) {
  hooks.on_register = [](Transaction&, const Services&, const User&, const AuthEvent&) -> Result<> {
    return Error{.code = ErrorCode::internal, .reason = "the ledger is closed"};
  };
  program.json("POST", "/api/auth/user/password/register", registration());
  EXPECT_EQ(program.status(), 500);
  expect_fault(program, id_in_json(program), "returned");
  hooks.on_register = [](Transaction&, const Services&, const User&, const AuthEvent&) -> Result<> {
    throw std::runtime_error("the ledger burns");
  };
  program.json("POST", "/api/auth/user/password/register", registration());
  EXPECT_EQ(program.status(), 500);
  expect_fault(program, id_in_json(program), "thrown");
  register_in(browser);
  EXPECT_EQ(browser.status(), 500);
  expect_fault(browser, id_on_page(browser.body()), "page");
  hooks = {};
  EXPECT_EQ(program.json("POST", "/api/auth/user/password/register", registration()).status(), 201);
}

TEST_P(Faults, AnApplicationsOwnAnswerIsLoggedToo) {
  EXPECT_EQ(browser.get("/own").body(), "our own words");
  EXPECT_EQ(logger.count(LogLevel::error, "path=\"/own\""), 1U);
  browser.get("/late");
  EXPECT_EQ(browser.header("Retry-After"), "1");
  browser.get("/refuses");
  EXPECT_EQ(browser.status(), 500);
  expect_fault(browser, id_on_page(browser.body()), "refused");
  EXPECT_EQ(logger.count(LogLevel::error, "the ledger does not add up"), 1U);
}

TEST_P(Faults, AFullPoolIsLoggedOnceASecondUnderOneId) {
  http::Request request{.method = http::Method::post, .path = "/api/auth/user/password/sign_in"};
  const auto id_of = [](const http::Response& response) {
    const auto answer = Json::parse(response.body);
    return answer ? text_at(*answer, {"error_id"}) : std::string();
  };
  const auto first = app.site().overloaded(request), second = app.site().overloaded(request);
  EXPECT_EQ(first.status, 503);
  EXPECT_EQ(first.headers.single("Retry-After"), "1");
  EXPECT_EQ(id_of(first).size(), 16U);
  EXPECT_EQ(id_of(first), id_of(second));
  EXPECT_EQ(logger.count(LogLevel::error, id_of(first)), 1U);
  app.clock().advance(std::chrono::seconds(1));
  const auto later = id_of(app.site().overloaded(request));
  EXPECT_NE(later, id_of(first));
  EXPECT_EQ(logger.count(LogLevel::error, later), 1U);
  request.path = "/auth/user/password/sign_in";
  const auto page = app.site().overloaded(request);
  EXPECT_THAT(page.body, HasSubstr("handle this request right now"));
  EXPECT_THAT(page.body, HasSubstr(later));
}

TEST(FaultsWithoutDatabase, EveryRouteReportsAFaultOfOurs) {
  testing::TemporaryDatabase real("sqlite");
  testing::SwitchedDatabase database(*real);
  RememberingLogger logger;
  testing::TestApp app({.adjust = [&](AuthOptions& options) {
    options.database = database;
    options.logger = &logger;
  }});
  auto browser = app.browser(), program = app.browser();
  register_in(browser);
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  auto form = browser.get("/sign-out").form("/sign-out");
  app.clock().advance(std::chrono::minutes(1));  // what is revoked is no longer known
  database.switch_off();
  browser.follow_redirects(false);
  const auto id_on_page = [&] {
    const auto at = browser.body().find("<code>");
    return at == std::string::npos ? std::string() : browser.body().substr(at + 6, 16);
  };
  for (const auto* page : {"/private", "/account", "/password-reset/a.b"}) {
    EXPECT_EQ(browser.get(page).status(), 503) << page;
    EXPECT_TRUE(browser.header("Retry-After")) << page;
    EXPECT_TRUE(browser.says("We can't handle this request right now.")) << page;
    EXPECT_EQ(logger.count(LogLevel::error, "error_id=\"" + id_on_page() + "\""), 1U) << page;
  }
  EXPECT_EQ(form.submit().status(), 503);
  EXPECT_EQ(logger.count(LogLevel::error, "error_id=\"" + id_on_page() + "\""), 1U);
  for (const auto& [method, path] : {std::pair{"GET", "/me"}, std::pair{"POST", "/api/auth/sign_out"}}) {
    EXPECT_EQ(program.json(method, path).status(), 503) << path;
    EXPECT_TRUE(program.header("Retry-After")) << path;
    const auto id = text_at(program.answer(), {"error_id"});
    EXPECT_EQ(id.size(), 16U) << path;
    EXPECT_EQ(logger.count(LogLevel::error, "error_id=\"" + id + "\""), 1U) << path;
  }
  database.switch_on();
  EXPECT_EQ(browser.get("/private").status(), 200);
}

}  // namespace
}  // namespace rowan::flows
