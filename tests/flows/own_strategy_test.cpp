// A strategy of the application's own, with nothing but installed headers: routes, page, panel, table, limits, errors
// and the program's answers all come from the value it declares.
#include <rowan/base/config_error.hpp>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/tokens/link_tokens.hpp>

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
  ROWAN_TRY(const auto row, context.services.database().read([&](SqlConnection& connection) {
    return connection.first(
        find_badge,
        {{"tenant", context.tenant()}, {"subject", context.subject()}, {"key", email.key().text()}, {"badge", badge}});
  }));
  if (!row) return refused("no such badge");
  return Outcome(SignedIn{.method = "badge",
                          .apply = [account = row->id<AccountId>("id"), generation = row->integer("generation"),
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
    const auto registered =
        app.auth().action({"password", "register"}, {{"email", std::string(ann)},
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

TEST_P(AStrategyOfTheApplication, ApiErrorsMatchBuiltInStrategies) {
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

TEST_P(AStrategyOfTheApplication, EnforcesItsLimitsAndCanBeCalledAsAFunction) {
  auto program = app.browser();
  for (int i = 0; i < 4; ++i) EXPECT_EQ(show(program, "B-8").status(), 401) << i;
  EXPECT_EQ(show(program, "B-7").status(), 429);
  EXPECT_TRUE(program.header("Retry-After"));
  const auto called = app.auth().action({"badge", "sign_in"}, {{"email", std::string(ann)}, {"badge", "B-7"}});
  ASSERT_TRUE(called) << called.error().reason;
  EXPECT_EQ(called->user->email, ann);
}

// A strategy that shows something, sends people away and takes them back, and has a page of its own.
Strategy errand() {
  Strategy strategy{.name = "errand"};
  const Input place{.name = "place", .in_path = true, .max_bytes = 16, .description = "Where to"};
  const auto limit = [](const std::string& name) {
    return std::vector<RateLimit>{{.name = name + "/client", .max = 100, .window = 5min}};
  };
  strategy.phases = {{.name = "go",
                      .path = "/:place/go",
                      .inputs = {place},
                      .limits = limit("go"),
                      .description = "Sends the visitor away",
                      .run = [](const PhaseContext& context) -> Result<Outcome> {
                        const auto flow = "to-" + std::string(context.inputs.text("place"));
                        return Outcome(Redirect{.url = "https://" + std::string(context.inputs.text("place")) +
                                                       ".example/?state=" + tokens::id_of_flow(flow),
                                                .flow = flow});
                      }},
                     {.name = "back",
                      .path = "/:place/back",
                      .inputs = {place,
                                 {.name = "flow",
                                  .kind = Input::Kind::flow,
                                  .required = false,
                                  .flow_id = "state",
                                  .description = "From go"}},
                      .limits = limit("back"),
                      .cross_site = true,
                      .description = "Takes the visitor back",
                      .run = [](const PhaseContext& context) -> Result<Outcome> {
                        return Outcome(Presented{.view = "errand/back.html",
                                                 .fields = {{"came_from", context.inputs.text("place")},
                                                            {"bound_to", context.inputs.text("flow")}},
                                                 .flow = "shown"});
                      }}};
  strategy.pages = {{.with = Page::With::account_routes,
                     .path = "/errands",
                     .who = Who::session,
                     .description = "Page: errands",
                     .template_name = "errand/list.html",
                     .look = [](const PhaseContext& context, std::string_view) -> Result<Json> {
                       return Json({{"whose", context.claims->id().text()}});
                     }}};
  strategy.templates = {{.name = "errand/pages/back.html", .bytes = "<p>{{came_from}}: {{bound_to}}</p>\n"},
                        {.name = "errand/pages/list.html", .bytes = "<p>errands of {{whose}}</p>\n"}};
  return strategy;
}

TEST(AnOwnStrategy, ReadsPathInputsAndBindsTheReturnToTheBrowser) {
  testing::TestApp app{{.strategies = {rowan::password(), errand()}}};
  auto browser = app.browser(), other = app.browser();
  const auto token = browser.get("/sign-in").form("password/sign_in").value("_csrf_token");
  browser.post("/auth/user/errand/north/go", {{"_csrf_token", token}});
  EXPECT_EQ(browser.status(), 303);
  const auto north = tokens::id_of_flow("to-north"), south = tokens::id_of_flow("to-south");
  EXPECT_EQ(browser.header("Location"), "https://north.example/?state=" + north);
  browser.post("/auth/user/errand/south/go", {{"_csrf_token", token}});
  // Back by a form of another site: no token, a foreign Origin.
  const auto back = [](Browser& by, const std::string& state) {
    by.with_header("Origin", "https://north.example")
        .with_header("Sec-Fetch-Site", "cross-site")
        .post("/auth/user/errand/north/back", {{"state", state}});
    EXPECT_EQ(by.status(), 200) << by.body();
    return by.says("north: to-north") ? "north"
           : by.says("to-south")      ? "south"
           : by.says("shown")         ? "newest"
                                      : "nothing";
  };
  EXPECT_EQ(back(browser, north), "north");
  EXPECT_EQ(back(browser, south), "south") << "each of two tabs comes back to its own";
  EXPECT_EQ(back(browser, "made-up"), "nothing");
  EXPECT_EQ(back(browser, ""), "nothing") << "leaving the name out is no better than a wrong one";
  EXPECT_EQ(back(other, north), "nothing") << "another browser is bound to nothing";
}

TEST(AnOwnStrategy, ReturnsTheFlowToProgramsBesideThePresentedFields) {
  testing::TestApp app{{.strategies = {rowan::password(), errand()}}};
  auto program = app.browser();
  program.json("POST", "/api/auth/user/errand/south/back", Json({}));
  EXPECT_EQ(program.body(), R"({"came_from":"south","bound_to":"","flow":"shown"})");
  const auto called = app.auth().action({"errand", "go"}, {{"place", "west"}});
  ASSERT_TRUE(called) << called.error().reason;
  EXPECT_EQ(called->redirect, "https://west.example/?state=" + tokens::id_of_flow("to-west"));
  EXPECT_EQ(called->flow, "to-west");
}

TEST(AnOwnStrategy, HasAccountPagesForSignedInUsers) {
  testing::TestApp app{{.strategies = {rowan::password(), errand()}}};
  auto browser = app.browser();
  browser.get("/account/errands");
  EXPECT_EQ(browser.location(), "/sign-in?return_to=%2Faccount%2Ferrands");
  register_in(browser);
  browser.get("/account/errands");
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("errands of")) << browser.body();
}

TEST(AnOwnStrategy, IsRejectedAtStartUpWhenItsDeclarationIsInvalid) {
  const auto problem_with = [](const std::function<void(Strategy&)>& spoil) -> std::string {
    auto strategy = errand();
    spoil(strategy);
    try {
      const testing::TestApp app{{.strategies = {rowan::password(), strategy}}};
    } catch (const ConfigError& error) {
      return error.what();
    }
    return "none";
  };
  EXPECT_EQ(problem_with([](Strategy&) {}), "none");
  EXPECT_THAT(problem_with([](Strategy& s) { s.phases[0].path = "/go"; }), HasSubstr("has no :place"));
  EXPECT_THAT(problem_with([](Strategy& s) { s.phases[0].path = ":place/go"; }), HasSubstr("go: its path must begin"));
  EXPECT_THAT(problem_with([](Strategy& s) { s.phases[0].run = nullptr; }), HasSubstr("go: has no run"));
  EXPECT_THAT(problem_with([](Strategy& s) { s.phases[1].name = "go"; }), HasSubstr("go: two phases"));
  EXPECT_THAT(problem_with([](Strategy& s) {
                s.phases[0].limits.push_back({.name = "l", .per = RateLimit::Per::identifier, .input = "emial"});
              }),
              HasSubstr("limit l counts input \"emial\""));
  EXPECT_THAT(problem_with([](Strategy& s) { s.pages[0].path = "errands"; }), HasSubstr("page \"errands\": its path"));
  EXPECT_THAT(problem_with([](Strategy& s) { s.pages[0].phase = "gone"; }), HasSubstr("there is no phase gone"));
  EXPECT_THAT(problem_with([](Strategy& s) { s.pages[0].template_name = "errand/lits.html"; }),
              HasSubstr("there is no template errand/lits.html"));
  EXPECT_THAT(problem_with([](Strategy& s) {
                s.panels = {{.place = Panel::Place::sign_in, .template_name = "errand/list.html", .phase = "gone"}};
              }),
              HasSubstr("panel errand/list.html: there is no phase gone"));
  const auto letter = [](LetterSpec spec) {
    return [spec](Strategy& s) {
      s.letters = {spec};
      s.templates.push_back({.name = "errand/mails/note.txt", .bytes = "Subject: Note\n\nIt is {{what}}.\n"});
      s.templates.push_back({.name = "errand/mails/note.html", .bytes = "<p>It is {{what}}.</p>\n"});
    };
  };
  const LetterSpec good{.name = "errand/note", .sentence = "Something is.", .fields = {letter::text("what", "late")}};
  EXPECT_EQ(problem_with(letter(good)), "none");
  auto bad = good;
  bad.sentence.clear();
  EXPECT_THAT(problem_with(letter(bad)), HasSubstr("declare a sentence"));
  bad = good;
  bad.fields = {};
  EXPECT_THAT(problem_with(letter(bad)), HasSubstr("names {{what}}, which is not declared"));
  bad.fields = {letter::text("what", "")};
  EXPECT_THAT(problem_with(letter(bad)), HasSubstr("declare an example for {{what}}"));
  bad = good;
  bad.name = "errand/other";
  EXPECT_THAT(problem_with(letter(bad)), HasSubstr("there is no template errand/mails/other.txt"));
  struct Given {
    std::int64_t tries = 7;
  };
  const auto with_option = [](std::string sentence, Bounds bounds) {
    return [=](Strategy& s) {
      s.options = {.options = {option("tries", sentence, bounds, &Given::tries)}, .values = Given{}};
    };
  };
  EXPECT_EQ(problem_with(with_option("How often.", between(1, 7))), "none");
  EXPECT_THAT(problem_with(with_option("How often.", between(1, 6))),
              HasSubstr("errand: tries: must be between 1 and 6"));
  EXPECT_THAT(problem_with(with_option("", between(1, 7))), HasSubstr("tries: has no description"));
}

// A page's own script: JSON, and the browser's cookies and form token.
TEST(AScriptOfAPage, SignsInWithoutLeavingThePage) {
  testing::TestApp app;
  auto browser = app.browser();
  register_in(browser);
  sign_out(browser);
  const auto token = browser.get("/sign-in").form("password/sign_in").value("_csrf_token");
  const auto post = [&](std::string_view with) -> Browser& {
    return browser.with_header("Accept", "application/json")
        .post("/auth/user/password/sign_in",
              {{"_csrf_token", token}, {"user[email]", std::string(ann)}, {"user[password]", std::string(with)}});
  };
  EXPECT_EQ(post("").status(), 422);
  EXPECT_THAT(browser.body(), HasSubstr(R"("field":"password")"));
  EXPECT_EQ(post(other_password).status(), 401);
  EXPECT_EQ(browser.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})");
  EXPECT_EQ(post(password).status(), 200);
  EXPECT_EQ(text_at(browser.answer(), {"authentication", "status"}), "success");
  EXPECT_EQ(text_at(browser.answer(), {"location"}), "/");
  EXPECT_EQ(browser.body().find("bearer"), std::string::npos) << "the session is in the cookie";
  EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace rowan::flows
