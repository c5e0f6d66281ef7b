// A strategy of the application's own, with nothing but installed headers: routes, page, panel, table, limits, errors
// and the program's answers all come from the value it declares.
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>

#include "flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using namespace std::chrono_literals;

// Signs in with an address and a badge that is used up by it.
constexpr Sql find_badge{
    "SELECT a.id, a.generation FROM rowan_identifiers i JOIN rowan_accounts a ON a.id = i.account_id "
    "JOIN club_badges b ON b.account_id = a.id "
    "WHERE i.tenant = :tenant AND i.subject = :subject AND i.kind = 'email' AND i.key = :key AND b.badge = :badge"};
constexpr Sql use_badge{"DELETE FROM club_badges WHERE account_id = :id AND badge = :badge"};
constexpr Sql give_badge{"INSERT INTO club_badges (account_id, badge) VALUES (:id, :badge)"};

Error refused(std::string reason) { return {.code = ErrorCode::authentication_failed, .reason = std::move(reason)}; }

Result<Outcome> badge_sign_in(const PhaseContext& context) {
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  const auto badge = std::string(context.inputs.text("badge"));
  ROWAN_TRY(const auto row, context.spine.database.read([&](SqlConnection& connection) {
    return connection.first(
        find_badge, {{"tenant", context.tenant}, {"subject", context.subject}, {"key", email.key()}, {"badge", badge}});
  }));
  if (!row) return refused("no such badge");
  return Outcome(SignedIn{.method = "badge",
                          .apply = [account = row->id<AccountId>(0), generation = row->integer(1),
                                    badge](Transaction& transaction) -> Result<Applied> {
                            ROWAN_TRY(const auto used,
                                      transaction.execute(use_badge, {{"id", account}, {"badge", badge}}));
                            if (used != 1) return refused("the badge was used meanwhile");
                            return Applied{.account = account, .generation = generation};
                          }});
}

Strategy badge() {
  Strategy strategy{.name = "badge"};
  strategy.phases = {
      {.name = "sign_in",
       .path = "/sign_in",
       .inputs = {{.name = "email", .kind = Input::Kind::email, .max_bytes = 320, .description = "The address"},
                  {.name = "badge", .kind = Input::Kind::token, .max_bytes = 16, .description = "The badge"}},
       .limits = {{.name = "sign_in/client", .per = RateLimit::Per::client, .max = 4, .window = 5min}},
       .run = badge_sign_in}};
  strategy.panels = {
      {.place = Panel::Place::sign_in, .order = 90, .template_name = "badge/sign_in.html", .phase = "sign_in"}};
  strategy.templates = {
      {.name = "badge/pages/sign_in.html",
       .bytes = "<section class=\"panel\">\n[[form \"{{sign_in_action}}\"]]\n"
                "<input name=\"{{subject}}[email]\"><input name=\"{{subject}}[badge]\">\n"
                "<button class=\"button\" type=\"submit\">Show your badge</button>\n</form>\n</section>\n"}};
  strategy.migrations = {
      {.id = "club/0001_badges",
       .sqlite = "CREATE TABLE club_badges (account_id TEXT NOT NULL REFERENCES rowan_accounts (id), "
                 "badge TEXT NOT NULL, PRIMARY KEY (account_id, badge));",
       .postgres = "CREATE TABLE club_badges (account_id uuid NOT NULL REFERENCES rowan_accounts (id), "
                   "badge TEXT NOT NULL, PRIMARY KEY (account_id, badge));"}};
  return strategy;
}

class AStrategyOfTheApplication : public ::testing::TestWithParam<std::string> {
 protected:
  AStrategyOfTheApplication() {
    const auto registered = app.auth().action("password", "register",
                                              {{"email", std::string(ann)},
                                               {"password", std::string(password)},
                                               {"password_confirmation", std::string(password)}});
    if (!registered) throw std::runtime_error(registered.error().reason);
    const auto given = app.database().transact([&](Transaction& transaction) {
      return transaction.execute(give_badge, {{"id", registered->user->id}, {"badge", std::string_view("B-7")}});
    });
    if (!given) throw std::runtime_error(given.error().reason);
  }
  Browser& show(Browser& program, std::string_view number) {
    return program.json("POST", "/api/auth/user/badge/sign_in", {{"user", {{"email", ann}, {"badge", number}}}});
  }
  testing::TestApp app{{.database = GetParam(), .strategies = {rowan::password(), badge()}}};
};
INSTANTIATE_TEST_SUITE_P(Databases, AStrategyOfTheApplication, every_database(), name_of_database);

TEST_P(AStrategyOfTheApplication, ShowsItselfOnTheSignInPageAndSignsIn) {
  auto browser = app.browser();
  browser.get("/sign-in");
  EXPECT_TRUE(browser.says("Show your badge"));
  browser.form("badge/sign_in").fill("user[email]", ann).fill("user[badge]", "B-8").submit();
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("Show your badge")) << "the form again";
  EXPECT_FALSE(is_signed_in(browser));
  browser.get("/sign-in").form("badge/sign_in").fill("user[email]", ann).fill("user[badge]", "B-7").submit();
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(AStrategyOfTheApplication, AnswersProgramsInTheSameWordsAsTheHouses) {
  auto program = app.browser();
  show(program, "B-8");
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})");
  show(program, std::string(17, 'x'));
  EXPECT_EQ(program.status(), 422);
  EXPECT_THAT(program.body(), HasSubstr(R"("field":"badge")"));
  show(program, "B-7");
  EXPECT_EQ(program.status(), 200);
  program.bearer(text_at(program.answer(), {"authentication", "bearer"})).json("GET", "/me");
  EXPECT_EQ(program.status(), 200);
  auto again = app.browser();
  show(again, "B-7");
  EXPECT_EQ(again.status(), 401) << "used up in the sign-in's transaction";
}

TEST_P(AStrategyOfTheApplication, IsHeldToItsLimitsAndCanBeCalled) {
  auto program = app.browser();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(show(program, "B-8").status(), 401) << i;
  EXPECT_EQ(show(program, "B-7").status(), 429);
  EXPECT_TRUE(program.header("Retry-After"));
  const auto called = app.auth().action("badge", "sign_in", {{"email", std::string(ann)}, {"badge", "B-7"}});
  ASSERT_TRUE(called) << called.error().reason;
  EXPECT_EQ(called->user->email, ann);
}

}  // namespace
}  // namespace rowan::flows
