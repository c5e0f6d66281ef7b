// Whatever an application mounts, and wherever: every address that a page, a mail or a redirect names is there.
#include <regex>

#include "flow.hpp"
#include "mail_flow.hpp"

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view secret = "seven quiet lanterns over water";

// Every address in a page that leads somewhere on this site.
std::vector<std::string> leads_of(const testing::Browser& browser) {
  static const std::regex attribute("(?:href|src|action)=\"(/[^\"]*)\"");
  std::vector<std::string> leads;
  const auto& page = browser.body();
  for (std::sregex_iterator it(page.begin(), page.end(), attribute), end; it != end; ++it) leads.push_back((*it)[1]);
  return leads;
}

// Not 404: a form's address answers 405 or 403 to a GET.
void expect_all_there(testing::TestApp& app, const testing::Browser& shown, const std::string& page) {
  for (const auto& lead : leads_of(shown)) {
    auto visitor = app.browser();
    visitor.get(lead);
    EXPECT_NE(visitor.status(), 404) << page << " leads to " << lead;
  }
}

testing::TestAppOptions under(const std::string& path) {
  return {.strategies = {password(), magic_link({.registration = true}), otp()},
          .add_ons = {confirmation(), account()},
          .adjust = [path](AuthOptions& options) { options.base_url = "https://rowan.example" + path; }};
}

// With everything somewhere else than usual.
testing::TestAppOptions renamed() {
  auto options = under("");
  options.mount = [](const Routes& none, Controller& web, ApiController& api) {
    return none.auth_routes(web, {.path = "/a"})
        .auth_routes(api, {.path = "/programs"})
        .sign_in_route({.path = "/in"})
        .register_route({.path = "/new"})
        .reset_route({.path = "/lost"})
        .confirm_route({.path = "/is-it-you"})
        .magic_sign_in_route({.path = "/open"})
        .sign_out_route(web, {.path = "/out"})
        .account_routes({.path = "/me/account"});
  };
  return options;
}

void register_at(testing::Browser& browser, const std::string& page, const std::string& email) {
  browser.get(page)
      .form("password/register")
      .fill("user[email]", email)
      .fill("user[password]", secret)
      .fill("user[password_confirmation]", secret)
      .submit();
}

struct Way {
  std::string name{};
  std::string base{};
  bool renamed = false;
  std::string at(std::string_view usual, std::string_view other) const {
    return base + std::string(renamed ? other : usual);
  }
};
class WhereItIs : public ::testing::TestWithParam<Way> {
 protected:
  WhereItIs() : app_(GetParam().renamed ? renamed() : under(GetParam().base)) {}
  testing::TestApp app_;
};

TEST_P(WhereItIs, EveryLinkLeadsToAMountedPage) {
  const auto& way = GetParam();
  for (const auto& page : {way.at("/sign-in", "/in"), way.at("/register", "/new"), way.at("/reset", "/lost"),
                           way.at("/sign-out", "/out"), way.base + "/no-such-page"}) {
    auto visitor = app_.browser();
    visitor.get(page);
    expect_all_there(app_, visitor, page);
  }
  auto person = app_.browser();
  register_at(person, way.at("/register", "/new"), "ann@notes.example");
  ASSERT_EQ(person.status(), 200) << person.body();
  EXPECT_EQ(person.location(), way.base + "/");
  person.get(way.at("/account", "/me/account"));
  ASSERT_TRUE(person.says("ann@notes.example")) << person.body();
  expect_all_there(app_, person, "the account page");
}

TEST_P(WhereItIs, EveryMailedLinkLeadsToAMountedPage) {
  const auto& way = GetParam();
  auto person = app_.browser();
  register_at(person, way.at("/register", "/new"), "ann@notes.example");
  person.get(way.at("/account", "/me/account"))
      .form("password/change")
      .fill("user[current_password]", secret)
      .fill("user[password]", "seven loud lanterns over sand")
      .fill("user[password_confirmation]", "seven loud lanterns over sand")
      .submit();
  auto other = app_.browser();
  other.get(way.at("/reset", "/lost")).form("password/reset_request").fill("user[email]", "ann@notes.example").submit();
  other.get(way.at("/reset", "/lost")).form("password/reset_request").fill("user[email]", "eve@notes.example").submit();
  other.get(way.at("/sign-in", "/in")).form("magic_link/request").fill("user[email]", "bob@notes.example").submit();
  const auto mails = app_.mailbox();
  ASSERT_GE(mails.size(), 5u);
  for (const auto& mail : mails)
    for (const auto& link : mail.links) {
      const std::string site = "https://rowan.example";
      ASSERT_TRUE(link.starts_with(site + way.base)) << link;
      auto visitor = app_.browser();
      visitor.get(link.substr(site.size()));
      EXPECT_NE(visitor.status(), 404) << mail.subject << ": " << link;
    }
}

TEST_P(WhereItIs, EveryListedRouteIsAnswered) {
  for (const auto& line : app_.site().mounts().front().lines()) {
    EXPECT_TRUE(line.path.starts_with(GetParam().base + "/")) << line.path;
    http::Request request{.method = line.method, .path = line.path};
    EXPECT_TRUE(app_.site().knows(request)) << line.path;
  }
}

INSTANTIATE_TEST_SUITE_P(Mounted, WhereItIs,
                         ::testing::Values(Way{"AsUsual", "", false}, Way{"UnderAPath", "/id", false},
                                           Way{"UnderTwo", "/apps/id", false}, Way{"Elsewhere", "", true}),
                         [](const auto& way) { return way.param.name; });

TEST(AddressesBehindAProxy, WorkWithAndWithoutBasePathStripping) {
  testing::TestApp app(under("/id"));
  for (const std::string base : {"/id", ""}) {
    auto visitor = app.browser();
    visitor.get(base + "/sign-in");
    EXPECT_EQ(visitor.status(), 200);
    EXPECT_THAT(visitor.body(), HasSubstr("action=\"/id/auth/user/password/sign_in\""));
    visitor.get(base + "/private");
    EXPECT_EQ(visitor.location(), "/id/sign-in?return_to=%2Fid%2Fprivate") << base;
  }
  auto program = app.browser();
  EXPECT_EQ(program.json("POST", "/api/auth/user/password/sign_in", Json({})).status(), 422);
  EXPECT_EQ(program.json("POST", "/id/api/auth/user/password/sign_in", Json({})).status(), 422);
  EXPECT_EQ(program.json("POST", "/id/api/auth/user/password/no_such", Json({})).status(), 404);
  EXPECT_TRUE(program.answer().find("authentication")) << program.body();
}

TEST(Pages, ShowOnlyWhatIsMounted) {
  auto options = under("");
  options.mount = [](const Routes& none, Controller& web, ApiController&) {
    return none.auth_routes(web, {.only = {"password"}})
        .sign_in_route()
        .register_route()
        .reset_route()
        .account_routes();
  };
  testing::TestApp app(options);
  for (const auto* page : {"/sign-in", "/register", "/reset"}) {
    auto visitor = app.browser();
    visitor.get(page);
    EXPECT_THAT(visitor.body(), HasSubstr("/password/")) << page;
    for (const auto* left_out : {"magic_link", "otp", "confirm_new_user"})
      EXPECT_THAT(visitor.body(), Not(HasSubstr(left_out))) << page;
  }
}

TEST(Pages, OfAStrategyThatIsLeftOutAreNotThere) {
  auto options = under("");
  options.mount = [](const Routes& none, Controller& web, ApiController&) {
    return none.auth_routes(web, {.except = {"magic_link", "confirm_new_user"}})
        .sign_in_route()
        .magic_sign_in_route()
        .confirm_route()
        .reset_route();
  };
  testing::TestApp app(options);
  auto visitor = app.browser();
  for (const auto* gone : {"/magic_link/a-token", "/confirm_new_user/a-token"})
    EXPECT_EQ(visitor.get(gone).status(), 404) << gone;
  EXPECT_EQ(visitor.get("/password-reset/a-token").status(), 401) << "it is there, and the token is none";
}

// With only the API mounted no letter leads to a page of ours, nor announces a link that is not there.
class MailsOfTheApi : public ::testing::Test {
 protected:
  static testing::TestAppOptions api_only() {
    auto options = under("");
    options.strategies = {password(), magic_link(), otp()};
    options.mount = [](const Routes& none, Controller&, ApiController& api) { return none.auth_routes(api); };
    return options;
  }
  testing::Browser& send(const std::string& phase, const Json& fields) {
    program_.json("POST", "/auth/user/" + phase, {{"user", fields}});
    const auto authentication = program_.answer().find("authentication").value_or(Json({}));
    if (const auto bearer = authentication.find("bearer")) program_.bearer(std::string(bearer->as_text().value_or("")));
    return program_;
  }
  void register_as(const std::string& email) {
    send("password/register", {{"email", email}, {"password", secret}, {"password_confirmation", secret}});
  }
  void confirm_with_newest_mail_to(const std::string& email) {
    const auto path = app_.mailed_path(email);
    send("confirm_new_user", {{"confirm", path.substr(path.rfind('/') + 1)}});
    ASSERT_EQ(program_.status(), 200) << program_.body();
  }
  void expect_newest_mail_without_link(const std::string& to, const std::string& subject) {
    const auto mails = app_.mailbox(to);
    ASSERT_FALSE(mails.empty()) << to << ": " << program_.body();
    const auto& mail = mails.front();
    EXPECT_EQ(mail.subject, subject);
    EXPECT_EQ(mail.links, std::vector<std::string>{}) << mail.text;
    EXPECT_THAT(mail.text, Not(HasSubstr("\n\n\n"))) << mail.text;
    EXPECT_THAT(mail.text, Not(HasSubstr(":\n"))) << mail.text;
    EXPECT_THAT(mail.html, Not(HasSubstr("<a "))) << mail.html;
    EXPECT_THAT(mail.html, Not(HasSubstr("Button not working?"))) << mail.html;
  }
  testing::TestApp app_{api_only()};
  testing::Browser program_ = app_.browser();
};

TEST_F(MailsOfTheApi, NameNoPageThatIsNotMounted) {
  const std::string no_account = "No Rowan account with this address";
  for (const auto* phase : {"otp/request", "magic_link/request", "password/reset_request"}) {
    send(phase, {{"email", "bob@notes.example"}});
    expect_newest_mail_without_link("bob@notes.example", no_account);
  }
  EXPECT_EQ(app_.mailbox("bob@notes.example").size(), 3u);
  send("confirm_new_user/resend", {{"email", "bob@notes.example"}});
  expect_newest_mail_without_link("bob@notes.example", "Nothing to confirm for Rowan");
  register_as("ann@notes.example");
  send("password/change", {{"current_password", secret},
                           {"password", "seven loud lanterns over sand"},
                           {"password_confirmation", "seven loud lanterns over sand"}});
  // Where no page is mounted, the application may have one of its own at the declared path (Services::token_url).
  EXPECT_THAT(app_.mailbox("ann@notes.example").at(0).subject, HasSubstr("Your password for Rowan was changed"));
  EXPECT_THAT(app_.mailbox("ann@notes.example").at(0).links, ::testing::ElementsAre(HasSubstr("/undo/")));
}

TEST_F(MailsOfTheApi, NameNoPageThatIsNotMountedWhenTheAddressChanges) {
  register_as("bob@notes.example");
  register_as("ann@notes.example");
  confirm_with_newest_mail_to("ann@notes.example");
  send("email/change", {{"email", "bob@notes.example"}, {"current_password", secret}});
  expect_newest_mail_without_link("bob@notes.example", "You already use this address for Rowan");
  expect_newest_mail_without_link("ann@notes.example", "Someone asked to change your email address for Rowan");
  send("email/change", {{"email", "eve@notes.example"}, {"current_password", secret}});
  confirm_with_newest_mail_to("eve@notes.example");
  confirm_with_newest_mail_to("ann@notes.example");  // and takes it back
  expect_newest_mail_without_link("eve@notes.example", "Your Rowan account no longer uses this address");
}

TEST_F(MailsOfTheApi, NameNoPageThatIsNotMountedWhenTheAddressHasAnAccount) {
  auto options = api_only();
  options.strategies = {password({.registration = PasswordOptions::Registration::confirm_first})};
  testing::TestApp app(options);
  auto program = app.browser();
  const auto register_ann = [&] {
    const Json fields{{"email", "ann@notes.example"}, {"password", secret}, {"password_confirmation", secret}};
    program.json("POST", "/auth/user/password/register", {{"user", fields}});
    ASSERT_EQ(program.status(), 200) << program.body();
  };
  register_ann();
  const auto path = app.mailed_path("ann@notes.example");
  program.json("POST", "/auth/user/confirm_new_user", {{"user", {{"confirm", path.substr(path.rfind('/') + 1)}}}});
  ASSERT_EQ(program.status(), 201) << program.body();
  register_ann();
  const auto mail = app.mailbox("ann@notes.example").front();
  EXPECT_EQ(mail.subject, "You already have an account for Rowan");
  EXPECT_EQ(mail.links, std::vector<std::string>{}) << mail.text;
  EXPECT_THAT(mail.text, Not(HasSubstr("\n\n\n"))) << mail.text;
  EXPECT_THAT(mail.text, Not(HasSubstr(":\n"))) << mail.text;
}

testing::TestAppOptions two_subjects() {
  return {.adjust =
              [](AuthOptions& options) {
                options.strategies.clear();
                options.add_ons.clear();
                options.subjects = {{.name = "user", .strategies = {password()}},
                                    {.name = "admin", .strategies = {password()}}};
              },
          .mount =
              [](const Routes& none, Controller& web, ApiController&) {
                return none.auth_routes(web)
                    .sign_in_route({.subject = "user"})
                    .sign_in_route({.path = "/admin/sign-in", .subject = "admin"})
                    .register_route()
                    .sign_out_route(web)
                    .account_routes();
              }};
}

class TwoSubjects : public ::testing::Test {
 protected:
  TwoSubjects() {
    app_.site().get("/back-office", signed_in(app_.auth(), {.subject = "admin"},
                                              [](Conn& conn, const User& user) { return conn.text(user.email); }));
    app_.site().get("/who", [](Conn& conn) {
      const auto user = conn.current_user("user"), admin = conn.current_user("admin");
      return conn.text((user ? user->email : "-") + " " + (admin ? admin->email : "-"));
    });
  }
  void register_as(const std::string& subject, const std::string& email) {
    browser_.get("/register")
        .form(subject + "/password/register")
        .fill(subject + "[email]", email)
        .fill(subject + "[password]", secret)
        .fill(subject + "[password_confirmation]", secret)
        .submit();
    ASSERT_EQ(browser_.location(), "/") << browser_.body();
  }
  testing::TestApp app_{two_subjects()};
  testing::Browser browser_ = app_.browser();
};

TEST_F(TwoSubjects, HavePagesOfTheirOwn) {
  browser_.get("/sign-in");
  EXPECT_THAT(browser_.body(), HasSubstr("/auth/user/password/sign_in"));
  EXPECT_THAT(browser_.body(), Not(HasSubstr("/auth/admin/")));
  browser_.get("/back-office");
  EXPECT_EQ(browser_.location(), "/admin/sign-in?return_to=%2Fback-office");
  EXPECT_THAT(browser_.body(), HasSubstr("/auth/admin/password/sign_in"));
  EXPECT_THAT(browser_.body(), Not(HasSubstr("/auth/user/")));
  // A wrong password shows that page again, and not everybody's.
  browser_.form("admin/password").fill("admin[email]", "x@notes.example").fill("admin[password]", "wrong").submit();
  EXPECT_EQ(browser_.status(), 401);
  EXPECT_THAT(browser_.body(), Not(HasSubstr("/auth/user/")));
}

TEST_F(TwoSubjects, SeeTheirOwnAccount) {
  register_as("admin", "root@notes.example");
  browser_.get("/account");
  EXPECT_TRUE(browser_.says("root@notes.example"));
  EXPECT_THAT(browser_.body(), HasSubstr("/auth/admin/password/change"));
  EXPECT_THAT(browser_.body(), Not(HasSubstr("/auth/user/")));
  register_as("user", "ann@notes.example");
  browser_.get("/account");
  EXPECT_THAT(browser_.body(), HasSubstr("/auth/user/password/change"));
  EXPECT_THAT(browser_.body(), HasSubstr("/account?subject=admin"));
  browser_.get("/account?subject=admin");
  EXPECT_THAT(browser_.body(), HasSubstr("/auth/admin/password/change"));
  EXPECT_THAT(browser_.body(), Not(HasSubstr("/auth/user/")));
}

TEST_F(TwoSubjects, SignOutOneByOne) {
  register_as("user", "ann@notes.example");
  register_as("admin", "root@notes.example");
  browser_.get("/sign-out?subject=admin").form("/sign-out").submit();
  EXPECT_EQ(browser_.get("/who").body(), "ann@notes.example -");
  register_as("admin", "root2@notes.example");
  browser_.get("/sign-out").form("/sign-out").submit();
  EXPECT_EQ(browser_.get("/who").body(), "- -");
}

TEST_F(TwoSubjects, AreNotSignedOutByAnUnknownName) {
  register_as("user", "ann@notes.example");
  const auto token = browser_.get("/sign-out").form("/sign-out").value("_csrf_token");
  browser_.post("/sign-out", {{"_csrf_token", token}, {"subject", "nobody"}});
  EXPECT_EQ(browser_.status(), 422);
  EXPECT_EQ(browser_.get("/who").body(), "ann@notes.example -");
}

TEST(Phases, AreNotRunByHead) {
  testing::TestApp app(under(""));
  http::Request request{.method = http::Method::head, .path = "/auth/user/password/sign_in"};
  const auto begun = app.site().begin(request);
  ASSERT_TRUE(std::holds_alternative<http::Response>(begun));
  EXPECT_EQ(std::get<http::Response>(begun).status, 405);
}

}  // namespace
}  // namespace rowan
