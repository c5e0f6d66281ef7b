// Tenants: checked where they come in, never cut or left out, each at its own address
// (docs/architecture.md#subjects-and-tenants).
#include <rowan/engine/core.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

testing::TestAppOptions by_header(std::string database) {
  auto options = with_mail_rooms(std::move(database));
  options.adjust = [](AuthOptions& auth) {
    auth.tenant_of = [](const http::Request& request) {
      return std::string(request.headers.single("X-Tenant").value_or(""));
    };
  };
  return options;
}

class Tenants : public ::testing::TestWithParam<std::string> {
 protected:
  Browser& at(Browser& visitor, const std::string& tenant) { return visitor.with_header("X-Tenant", tenant); }
  testing::TestApp app{by_header(GetParam())};
  Browser browser = app.browser(), program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Tenants, every_database(), name_of_database);

const std::string names_of_none[] = {std::string(64, 't'), R"(t","purpose":"admin)", "a b", "a/b",
                                     "\xC3\xA4",           std::string("a\0b", 3)};

TEST_P(Tenants, AnInvalidNameIsNotFoundWhereverItComesIn) {
  app.site().get("/open", [](Conn& conn) { return conn.text("tenant '" + std::string(conn.tenant()) + "'"); });
  register_in(browser);
  for (const auto& name : names_of_none) {
    at(program, name).json("POST", "/api/auth/user/password/register", registration("bob@notes.example"));
    EXPECT_EQ(program.status(), 404) << name;
    EXPECT_EQ(text_at(program.answer(), {"authentication", "reason"}), "not_found");
    for (const auto* page : {"/sign-in", "/account", "/me", "/private", "/open", "/magic_link/nothing", "/sign-out"})
      EXPECT_EQ(at(browser, name).get(page).status(), 404) << page << " " << name;
    EXPECT_EQ(at(browser, name).post("/sign-out", {}).status(), 404) << name;
    EXPECT_EQ(at(program, name).json("POST", "/api/auth/sign_out").status(), 404) << name;
    EXPECT_FALSE(TenantName::from(name)) << "nothing can be asked of the Auth for it either";
  }
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(at(browser, std::string(63, 't')).get("/open").body(), "tenant '" + std::string(63, 't') + "'");
}

TEST_P(Tenants, TheGuardItselfRefusesClaimsOfAnother) {
  at(program, "north").json("POST", "/api/auth/user/password/register", registration());
  const auto bearer = "Bearer " + text_at(program.answer(), {"authentication", "bearer"});
  app.deliver();
  const http::RequestView view{.cookie = {}, .authorization = bearer};
  const auto said = [&](const TenantName& tenant) {
    return app.auth().authenticate(view, GuardKind::bearer, {.tenant = tenant});
  };
  ASSERT_TRUE(std::holds_alternative<GuardAccepted>(said("north")));
  const auto claims = std::get<GuardAccepted>(said("north")).claims;
  for (const auto& other : std::initializer_list<TenantName>{"", "south", "nort", "north2"}) {
    const auto verdict = said(other);
    ASSERT_TRUE(std::holds_alternative<GuardRefused>(verdict)) << other.view();
    EXPECT_EQ(std::get<GuardRefused>(verdict).why, GuardRefused::Why::wrong_tenant);
    const auto decided = app.auth().decide(view, GuardKind::bearer, {.tenant = other});
    EXPECT_TRUE(decided && std::holds_alternative<GuardRefused>(*decided)) << other.view();
    EXPECT_FALSE(*app.auth().load(claims, other)) << other.view();
    EXPECT_FALSE(app.auth().load_cached(claims, other)) << other.view();
  }
  EXPECT_TRUE(*app.auth().load(claims, "north"));
  EXPECT_TRUE(app.auth().load_cached(claims, "north"));
}

// For handlers that take Claims nothing else asks.
TEST_P(Tenants, TheGuardItselfRefusesASessionOfAnother) {
  app.site().get("/claims", signed_in(app.auth(), [](Conn& conn, const Claims&) { return conn.text("in"); }));
  at(program, "north").json("POST", "/api/auth/user/password/register", registration());
  const auto token = at(browser, "north").get("/sign-in").form("password/sign_in").value("_csrf_token");
  browser.follow_redirects(false);
  at(browser, "north")
      .post("/auth/user/password/sign_in",
            {{"_csrf_token", token}, {"user[email]", std::string(ann)}, {"user[password]", std::string(password)}});
  EXPECT_EQ(at(browser, "north").get("/claims").status(), 200);
  const auto cookie = "__Host-rowan=" + browser.cookies().at("__Host-rowan");
  for (const auto* other : {"", "south", "nort", "north2"}) {
    EXPECT_EQ(at(browser, other).get("/claims").status(), 303) << other;
    const auto verdict = app.auth().authenticate({.cookie = cookie, .authorization = {}}, GuardKind::session,
                                                 {.tenant = *TenantName::from(other)});
    ASSERT_TRUE(std::holds_alternative<GuardRefused>(verdict)) << other;
    EXPECT_EQ(std::get<GuardRefused>(verdict).why, GuardRefused::Why::wrong_tenant);
  }
}

TEST_P(Tenants, ASessionThatAnotherTenantsSignInReplacesIsOver) {
  at(program, "north").json("POST", "/api/auth/user/password/register", registration());
  at(program, "south").json("POST", "/api/auth/user/password/register", registration());
  const auto sign_in_at = [&](const std::string& tenant) {
    const auto token = at(browser, tenant).get("/sign-in").form("password/sign_in").value("_csrf_token");
    browser.follow_redirects(false);
    at(browser, tenant)
        .post("/auth/user/password/sign_in",
              {{"_csrf_token", token}, {"user[email]", std::string(ann)}, {"user[password]", std::string(password)}});
  };
  sign_in_at("north");
  const auto north = browser.cookies();
  ASSERT_EQ(at(browser, "north").get("/me").status(), 200);
  sign_in_at("south");
  ASSERT_EQ(at(browser, "south").get("/me").status(), 200);
  browser.cookies() = north;
  EXPECT_EQ(at(browser, "north").get("/me").status(), 401);
}

// Two host names of one application: notes.example for '', NAME.notes.example for NAME.
testing::TestAppOptions by_host(std::string database) {
  auto options = with_mail_rooms(std::move(database));
  options.adjust = [](AuthOptions& auth) {
    auth.tenant_of = [](const http::Request& request) {
      const auto host = request.headers.single("Host").value_or("");
      return std::string(host.substr(0, host.find('.')));
    };
    auth.base_url_of = [](std::string_view tenant) {
      return tenant == "broken" ? std::string("ftp://nowhere") : "https://" + std::string(tenant) + ".rowan.example";
    };
  };
  return options;
}

class TenantsByHost : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{by_host(GetParam())};
  Browser north{app.site(), "https://north.rowan.example"}, south{app.site(), "https://south.rowan.example"};
};
INSTANTIATE_TEST_SUITE_P(Databases, TenantsByHost, every_database(), name_of_database);

TEST_P(TenantsByHost, FormsWorkOnlyAtTheirOwnHost) {
  register_in(north);
  EXPECT_TRUE(is_signed_in(north));
  register_in(south);  // the same address is another account there
  EXPECT_TRUE(is_signed_in(south));
  const auto token = north.get("/sign-out").form("/sign-out").value("_csrf_token");
  north.with_header("Origin", "https://south.rowan.example").with_header("Sec-Fetch-Site", "same-site");
  EXPECT_EQ(north.post("/sign-out", {{"_csrf_token", token}}).status(), 403);
  north.with_header("Origin", "https://rowan.example").with_header("Sec-Fetch-Site", "same-site");
  EXPECT_EQ(north.post("/sign-out", {{"_csrf_token", token}}).status(), 403);
  EXPECT_TRUE(is_signed_in(north));
}

TEST_P(TenantsByHost, MailedLinksLeadToTheirOwnHost) {
  constexpr std::string_view at_north = "https://north.rowan.example";
  const auto mailed = [&] {
    const auto mails = app.mailbox(ann);
    return mails.empty() || mails.front().links.empty() ? std::string() : mails.front().links.front();
  };
  register_in(north);
  ASSERT_THAT(mailed(), StartsWith("https://north.rowan.example/confirm_new_user/"));
  north.get(mailed().substr(at_north.size())).form("confirm_new_user").submit();
  sign_out(north);
  ask_for_link(north);
  const auto link = mailed();
  ASSERT_THAT(link, StartsWith("https://north.rowan.example/magic_link/"));
  EXPECT_EQ(south.get(link.substr(at_north.size())).status(), 401);
  open_link(north, link.substr(at_north.size()));
  EXPECT_TRUE(is_signed_in(north));
  ask_for_reset(south);
  EXPECT_THAT(app.mailbox(ann).front().text, HasSubstr("https://south.rowan.example/"));
  EXPECT_THAT(app.mailbox(ann).front().text, Not(HasSubstr("https://rowan.example")));
}

TEST_P(TenantsByHost, ACookieOfOneIsNotSignedInAtTheOther) {
  register_in(north);
  south.cookies() = north.cookies();
  EXPECT_FALSE(is_signed_in(south));
}

TEST_P(TenantsByHost, AnInvalidBaseUrlIsAFault) {
  Browser broken(app.site(), "https://broken.rowan.example");
  EXPECT_EQ(broken.get("/sign-in").status(), 500);
  EXPECT_TRUE(broken.says("This is a problem on our end."));
  const auto acted =
      app.auth().action({"password", "reset_request"}, {{"email", std::string(ann)}}, {.tenant = "broken"});
  ASSERT_FALSE(acted);
  EXPECT_EQ(acted.error().code, ErrorCode::internal);
}

}  // namespace
}  // namespace rowan::flows
