// A whole application behind both doors: two of the same declaration, each with a database of its own, so that what one
// visitor changes the other one's door has not seen.
#include <gtest/gtest.h>

#include <rowan/rowan.hpp>
#include <rowan/testing/browser.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/testing/temporary_database.hpp>

#include "doors.hpp"

namespace rowan::host_conformance {
namespace {

struct Application {
  Application() {
    database.migrate(auth.migrations());
    site.mount(rowan::routes(auth)
                   .auth_routes(web)
                   .auth_routes(api, {.path = "/api/auth"})
                   .sign_in_route()
                   .register_route()
                   .reset_route()
                   .sign_out_route(web));
    site.get("/me",
             rowan::session_or_bearer(auth, [](Conn& conn, const User&) { return conn.json({{"signed_in", true}}); }));
    site.get("/id", rowan::bearer(auth, rowan::non_blocking(
                                            [](Conn& conn, const Claims&) { return conn.json({{"claims", true}}); })));
    site.get("/private", rowan::signed_in(auth, [](Conn& conn, const User&) { return conn.text("private"); }));
    site.get("/public", rowan::non_blocking([](Conn& conn) { return conn.json({{"public", true}}); }));
    site.post("/notes/:id", [](Conn& conn) { return conn.text(conn.path_param("id")); });
  }

  testing::TemporaryDatabase database{"sqlite"};
  testing::FakeRandom random{};
  std::unique_ptr<Mailer> mailer = open_mailer("mailbox");
  Auth auth{AuthOptions{.base_url = "http://127.0.0.1",
                        .database = *database,
                        .mailer = *mailer,
                        .secret = Secret::from_text("0123456789abcdef0123456789abcdef"),
                        .strategies = {rowan::password()},
                        .allow_insecure_cookies_for_development = true,
                        .random = &random}};
  Controller web{};
  ApiController api{};
  Site site{};
};

std::vector<Step> script() {
  const std::vector<std::string> form = {"Content-Type: application/x-www-form-urlencoded", "Origin: http://127.0.0.1",
                                         "Sec-Fetch-Site: same-origin"};
  const std::vector<std::string> json = {"Content-Type: application/json"};
  const std::string person = "user[email]=ann%40notes.example&user[password]=correct+horse+battery+staple";
  const std::string person_json = R"({"user":{"email":"ann@notes.example","password":"correct horse battery staple"}})";
  return {
      {.what = "public", .target = "/public"},
      {.what = "public, head", .method = "HEAD", .target = "/public"},
      {.what = "nowhere under a mount", .target = "/auth/nowhere"},
      {.what = "nowhere under the API mount", .target = "/api/auth/nowhere"},
      {.what = "wrong method", .method = "DELETE", .target = "/public"},
      {.what = "path parameter", .method = "POST", .target = "/notes/a%20b"},
      {.what = "me, nobody", .target = "/me"},
      {.what = "private, nobody", .target = "/private"},
      {.what = "sign-in page", .target = "/sign-in?return_to=%2Fprivate"},
      {.what = "sign-in page in German", .target = "/sign-in", .fields = {"Accept-Language: de"}},
      {.what = "unknown account",
       .method = "POST",
       .target = "/auth/user/password/sign_in",
       .fields = form,
       .body = "_csrf_token={csrf}&" + person},
      {.what = "no CSRF token",
       .method = "POST",
       .target = "/auth/user/password/sign_in",
       .fields = form,
       .body = person},
      {.what = "other origin",
       .method = "POST",
       .target = "/auth/user/password/sign_in",
       .fields = {form[0], "Origin: http://evil.example"},
       .body = "_csrf_token={csrf}&" + person},
      {.what = "register page", .target = "/register"},
      {.what = "register with a short password",
       .method = "POST",
       .target = "/auth/user/password/register",
       .fields = form,
       .body = "_csrf_token={csrf}&user[email]=ann%40notes.example&user[password]=x&user[password_confirmation]=x"},
      {.what = "register",
       .method = "POST",
       .target = "/auth/user/password/register",
       .fields = form,
       .body = "_csrf_token={csrf}&" + person + "&user[password_confirmation]=correct+horse+battery+staple"},
      {.what = "private", .target = "/private"},
      {.what = "me", .target = "/me"},
      {.what = "sign-out page", .target = "/sign-out"},
      {.what = "sign out", .method = "POST", .target = "/sign-out", .fields = form, .body = "_csrf_token={csrf}"},
      {.what = "private, signed out", .target = "/private"},
      {.what = "sign-in page again", .target = "/sign-in"},
      {.what = "sign in, chunked",
       .method = "POST",
       .target = "/auth/user/password/sign_in",
       .fields = form,
       .body = "_csrf_token={csrf}&" + person,
       .chunked = true},
      {.what = "private again", .target = "/private"},
      {.what = "API: wrong password",
       .method = "POST",
       .target = "/api/auth/user/password/sign_in",
       .fields = json,
       .body = R"({"user":{"email":"ann@notes.example","password":"wrong horse battery staple"}})"},
      {.what = "API: broken JSON",
       .method = "POST",
       .target = "/api/auth/user/password/sign_in",
       .fields = json,
       .body = "{"},
      {.what = "API: no type we read",
       .method = "POST",
       .target = "/api/auth/user/password/sign_in",
       .fields = {"Content-Type: text/plain"},
       .body = "x"},
      {.what = "API: sign in",
       .method = "POST",
       .target = "/api/auth/user/password/sign_in",
       .fields = json,
       .body = person_json},
      {.what = "bearer", .target = "/me", .fields = {"Authorization: Bearer {bearer}"}},
      {.what = "bearer on the event loop", .target = "/id", .fields = {"Authorization: Bearer {bearer}"}},
      {.what = "forged bearer", .target = "/id", .fields = {"Authorization: Bearer {bearer}x"}},
      {.what = "API: sign out",
       .method = "POST",
       .target = "/api/auth/sign_out",
       .fields = {"Authorization: Bearer {bearer}"}},
      {.what = "revoked bearer", .target = "/id", .fields = {"Authorization: Bearer {bearer}"}},
      {.what = "reset page", .target = "/reset"},
  };
}

TEST(HostConformance, EveryHostServesTheSameApplication) {
  Application first_application, second_application;
  const auto beast = open_beast(hosts::answer_from(first_application.site));
  const auto httplib = open_httplib(hosts::answer_from(second_application.site));
  Visitor first(*beast), second(*httplib);
  for (const auto& step : script()) {
    const auto a = first.take(step), b = second.take(step);
    EXPECT_NE(a.status, 0) << step.what;
    EXPECT_NE(a.status, 500) << step.what;
    EXPECT_TRUE(a == b) << step.what << "\n--- " << beast->name() << "\n"
                        << to_text(a) << "\n--- " << httplib->name() << "\n"
                        << to_text(b);
    // The script does what it says: behind these two doors somebody is, or is not, signed in.
    if (step.what == "private" || step.what == "private again" || step.what == "bearer") {
      EXPECT_EQ(a.status, 200) << step.what;
    }
    if (step.what == "private, signed out" || step.what == "private, nobody") {
      EXPECT_EQ(a.status, 303) << step.what;
    }
  }
}

// The kit's Browser at a real port: what a flow in process does, through a door.
TEST(BrowserAtARealPort, RegistersSignsOutAndInAgainOverHttp) {
  Application application;
  const auto door = open_beast(hosts::answer_from(application.site));
  auto browser = rowan::testing::Browser::at("http://127.0.0.1:" + std::to_string(door->port()));
  browser.with_header("Origin", "http://127.0.0.1").with_header("Host", "127.0.0.1");
  EXPECT_EQ(browser.get("/register").status(), 200);
  EXPECT_TRUE(browser.says("Create account"));
  browser.json("POST", "/api/auth/user/password/register",
               {{"user",
                 {{"email", "ann@notes.example"},
                  {"password", "correct horse battery staple"},
                  {"password_confirmation", "correct horse battery staple"}}}});
  ASSERT_EQ(browser.status(), 201) << browser.body();
  browser.bearer(std::string(*browser.answer().find("authentication")->find("bearer")->as_text()));
  EXPECT_EQ(browser.json("GET", "/me").status(), 200);
  EXPECT_EQ(browser.json("POST", "/api/auth/sign_out").status(), 200);
  EXPECT_EQ(browser.json("GET", "/me").status(), 401);
  auto form = browser.get("/sign-in").form("password/sign_in");
  form.fill("user[email]", "ann@notes.example").fill("user[password]", "correct horse battery staple");
  browser.with_header("Origin", "http://127.0.0.1");
  form.submit();
  EXPECT_EQ(browser.get("/private").status(), 200);
  EXPECT_EQ(browser.body(), "private");
}

TEST(BrowserAtARealPort, ThrowsWhenNothingListens) {
  auto browser = rowan::testing::Browser::at("http://127.0.0.1:1");
  EXPECT_THROW((void)browser.get("/"), std::runtime_error);
}

}  // namespace
}  // namespace rowan::host_conformance
