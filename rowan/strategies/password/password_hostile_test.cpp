// What bad input and foreign pages get.
#include <rowan/testing/switched_database.hpp>

#include <tests/flows/flow.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view sign_in_path = "/auth/user/password/sign_in";
constexpr std::string_view api_path = "/api/auth/user/password/sign_in";
constexpr std::string_view form_type = "application/x-www-form-urlencoded";

class PasswordHostile : public OnEveryDatabase {
 protected:
  Browser browser = app.browser();
  std::string csrf() { return browser.get("/sign-in").form("sign_in").value("_csrf_token"); }
  Browser& api(std::string_view type, std::string body) {
    browser.with_header("Origin", std::nullopt).with_header("Sec-Fetch-Site", std::nullopt);
    return browser.send(http::Method::post, api_path, type, std::move(body));
  }
  Browser::Fields fields(std::string token) {
    return {{"_csrf_token", std::move(token)},
            {"user[email]", std::string(ann)},
            {"user[password]", std::string(password)}};
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, PasswordHostile, every_database(), name_of_database);

TEST_P(PasswordHostile, MalformedBodiesGet400) {
  for (const auto* body : {"user[email]=a%00b", "user[email]=%ff%fe", "user[email]=%zz", "user[email]=a&user[email]=b",
                           "user=a&user[email]=b", "user[email=a"}) {
    EXPECT_EQ(api(form_type, body).status(), 400) << body;
    EXPECT_EQ(browser.body(), R"({"authentication":{"status":"failed","reason":"malformed_request"}})") << body;
  }
  for (const auto* body : {"{", "[]", "null", "1", "{\"user\":{\"email\":\"a\",\"email\":\"b\"}}",
                           "{\"user\":{\"email\":\"\\u0000\"}}", "{\"user\":{\"email\":\"\xff\"}}", "{} x"})
    EXPECT_EQ(api("application/json", body).status(), 400) << body;
}

TEST_P(PasswordHostile, MalformedFormsOfPeopleGetAPageWith400) {
  for (const auto* body : {"user[email]=a%00b", "user[email]=%ff", "user[email]=a&user[email]=b"}) {
    browser.send(http::Method::post, sign_in_path, form_type, "_csrf_token=" + csrf() + "&" + body);
    EXPECT_EQ(browser.status(), 400) << body;
    EXPECT_EQ(browser.response().content_type, "text/html; charset=utf-8");
  }
}

TEST_P(PasswordHostile, TypesWeDoNotReadGet415) {
  for (const auto* type :
       {"text/plain", "application/xml", "application/json; charset=latin1", "", "multipart/mixed; boundary=x"}) {
    EXPECT_EQ(api(type, "{}").status(), 415) << type;
    EXPECT_EQ(browser.body(), R"({"authentication":{"status":"failed","reason":"unsupported_media_type"}})") << type;
  }
}

TEST_P(PasswordHostile, TooLargeBodiesGet413) {
  EXPECT_EQ(api(form_type, "user[email]=" + std::string(70'000, 'a')).status(), 413);
  EXPECT_EQ(api("application/json", R"({"user":{"email":")" + std::string(70'000, 'a') + R"("}})").status(), 413);
}

TEST_P(PasswordHostile, RefusesDeepOrNonStringJsonAsAPassword) {
  for (const auto* body :
       {R"({"user":{"email":"ann@notes.example","password":["correct horse battery staple"]}})",
        R"({"user":{"email":{"$ne":null},"password":{"$ne":null}}})", R"({"user":[]})", R"({"user":"x"})"}) {
    api("application/json", body);
    EXPECT_THAT(browser.status(), ::testing::AnyOf(400, 422)) << body;
  }
}

TEST_P(PasswordHostile, FormsWithoutThisBrowsersTokenGet403) {  // BRW-09
  register_in(browser);
  sign_out(browser);
  auto other = app.browser();
  const auto foreign = other.get("/sign-in").form("sign_in").value("_csrf_token");
  const auto mine = csrf();
  EXPECT_EQ(browser.post(sign_in_path, {{"user[email]", std::string(ann)}, {"user[password]", std::string(password)}})
                .status(),
            403);
  for (const auto& bad : {std::string(), std::string("x"), foreign, mine.substr(1), mine + "A"}) {
    EXPECT_EQ(browser.post(sign_in_path, fields(bad)).status(), 403) << bad;
    EXPECT_FALSE(is_signed_in(browser));
  }
  browser.post(sign_in_path, fields(mine));
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordHostile, ForeignPagesGet403AlsoAtTheFirstSignIn) {  // BRW-09
  register_in(browser);
  sign_out(browser);
  for (const auto* origin : {"https://evil.example", "http://rowan.example", "https://rowan.example.evil.example",
                             "https://rowan.example:444"}) {
    const auto token = csrf();
    browser.with_header("Origin", origin).post(sign_in_path, fields(token));
    EXPECT_EQ(browser.status(), 403) << origin;
    EXPECT_FALSE(is_signed_in(browser));
  }
  for (const auto* site : {"cross-site", "same-site"}) {
    const auto token = csrf();
    browser.with_header("Sec-Fetch-Site", site).post(sign_in_path, fields(token));
    EXPECT_EQ(browser.status(), 403) << site;
  }
  // A sandboxed frame of another site, in a browser with and without Fetch Metadata. (Our own pages without a referrer
  // say "null" and "same-origin", or in an old browser only "null": there the token decides, which the frame lacks.)
  for (const auto& site : {std::optional<std::string>("cross-site"), std::optional<std::string>()}) {
    const auto token = site ? csrf() : std::string(43, 'A');
    browser.with_header("Origin", "null").with_header("Sec-Fetch-Site", site).post(sign_in_path, fields(token));
    EXPECT_EQ(browser.status(), 403) << site.value_or("no Sec-Fetch-Site");
    EXPECT_FALSE(is_signed_in(browser));
  }
  auto fresh = app.browser();
  EXPECT_EQ(fresh.post(sign_in_path, fields("")).status(), 403);
  EXPECT_EQ(fresh.body().find("__Host-rowan="), std::string::npos);
}

TEST_P(PasswordHostile, SignOutNeedsATokenToo) {
  register_in(browser);
  EXPECT_EQ(browser.post("/sign-out", {}).status(), 403);
  EXPECT_TRUE(is_signed_in(browser));
  const auto token = browser.get("/sign-out").form("/sign-out").value("_csrf_token");
  browser.with_header("Origin", "https://evil.example").post("/sign-out", {{"_csrf_token", token}});
  EXPECT_EQ(browser.status(), 403);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordHostile, NoGetOrHeadChangesAnything) {  // BRW-10
  register_in(browser);
  for (const auto* path : {"/auth/user/password/sign_in", "/auth/user/password/register", "/auth/user/password/change",
                           "/api/auth/sign_out"}) {
    for (int i = 0; i < 2; ++i) {
      EXPECT_EQ((i == 0 ? browser.get(path) : browser.head(path)).status(), 405) << path;
      EXPECT_TRUE(browser.header("Allow")) << path;
    }
  }
  EXPECT_EQ(browser.get("/sign-out").status(), 200);
  EXPECT_EQ(browser.head("/sign-out").status(), 200);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordHostile, TamperedCookiesAreIgnored) {  // SES-01
  register_in(browser);
  const auto cookie = browser.cookies().at("__Host-rowan");
  for (std::size_t i = 0; i < cookie.size(); i += 7) {
    auto bent = cookie;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    browser.cookies()["__Host-rowan"] = bent;
    EXPECT_EQ(browser.get("/me").status(), 401) << i;
    EXPECT_EQ(browser.response().headers.count("Set-Cookie"), 0U) << "a refusal never writes the session";
  }
  for (const auto& other : {std::string(), cookie.substr(0, cookie.size() / 2), cookie + "A", std::string(5000, 'A'),
                            std::string("\"x\"")}) {
    browser.cookies()["__Host-rowan"] = other;
    EXPECT_EQ(browser.get("/me").status(), 401);
    EXPECT_EQ(browser.get("/sign-in").status(), 200);
  }
  browser.cookies()["__Host-rowan"] = cookie;
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordHostile, IgnoresADuplicateSessionCookie) {  // CK-06
  register_in(browser);
  const auto cookie = browser.cookies().at("__Host-rowan");
  browser.with_header("Cookie", "__Host-rowan=" + cookie + "; __Host-rowan=" + cookie).get("/me");
  EXPECT_EQ(browser.status(), 401);
}

TEST_P(PasswordHostile, RejectsEachCredentialInPlaceOfAnother) {  // SES-14
  register_in(browser);
  const auto cookie = browser.cookies().at("__Host-rowan"), state = browser.cookies().at("__Host-rowan_state");
  auto program = app.browser();
  program.json("POST", api_path, credentials());
  const auto bearer = text_at(program.answer(), {"authentication", "bearer"});
  for (const auto& wrong :
       {cookie, state, bearer + "x", bearer.substr(0, bearer.rfind('.') + 1), std::string("eyJhbGciOiJub25lIn0.e30.")})
    EXPECT_EQ(program.bearer(wrong).json("GET", "/me").status(), 401) << wrong;
  for (const auto& wrong : {bearer, state}) {
    browser.cookies()["__Host-rowan"] = wrong;
    EXPECT_EQ(browser.get("/me").status(), 401);
  }
  auto stranger = app.browser();
  EXPECT_EQ(stranger.get("/me?session=" + cookie + "&access_token=" + bearer).status(), 401);
}

TEST_P(PasswordHostile, EscapesUserInputInPages) {  // BRW-08
  browser.get("/sign-in")
      .form("sign_in")
      .fill("user[email]", "\"><script>alert(1)</script>@notes.example")
      .fill("user[password]", "x")
      .submit();
  EXPECT_EQ(browser.status(), 422);
  EXPECT_THAT(browser.body(), Not(HasSubstr("<script>alert")));
  EXPECT_EQ(browser.form("sign_in").value("user[email]"), "\"><script>alert(1)</script>@notes.example");
}

TEST_P(PasswordHostile, EveryAnswerCarriesTheHeaders) {  // BRW-01, BRW-03, BRW-04, BRW-06, BRW-17
  register_in(browser);
  for (const auto* path : {"/", "/sign-in", "/register", "/reset", "/account", "/sign-out", "/private", "/me",
                           "/nowhere", "/password-reset/x", "/api/auth/nowhere"}) {
    browser.get(path);
    EXPECT_EQ(browser.header("X-Content-Type-Options"), "nosniff") << path;
    EXPECT_EQ(browser.header("Cache-Control"), "no-store") << path;
    EXPECT_EQ(browser.header("Cross-Origin-Opener-Policy"), "same-origin") << path;
    EXPECT_THAT(browser.header("Strict-Transport-Security").value_or(""), HasSubstr("max-age=31536000")) << path;
    const auto csp = browser.header("Content-Security-Policy").value_or("");
    EXPECT_THAT(csp, HasSubstr("frame-ancestors 'none'")) << path;
    EXPECT_THAT(csp, Not(HasSubstr("unsafe-inline"))) << path;
  }
}

TEST(PagesWithALogo, LetBrowsersLoadItFromItsHost) {  // BRW-01
  const auto images = [](std::string_view logo) {
    testing::TestApp app{{.adjust = [&](AuthOptions& options) { options.pages.logo_url = logo; }}};
    const auto csp = app.browser().get("/sign-in").header("Content-Security-Policy").value_or("");
    const auto from = csp.find("img-src");
    return csp.substr(from, csp.find(';', from) - from);
  };
  EXPECT_EQ(images(""), "img-src 'self'");
  EXPECT_EQ(images("/logo.svg"), "img-src 'self'");
  EXPECT_EQ(images("https://cdn.notes.example/logo.svg?v=2"), "img-src 'self' https://cdn.notes.example");
}

class PasswordWithoutDatabase : public ::testing::TestWithParam<std::string> {
 protected:
  std::unique_ptr<testing::SwitchedDatabase> database{};
  testing::TestApp app{{.database = GetParam(), .adjust = [this](AuthOptions& options) {
                          database = std::make_unique<testing::SwitchedDatabase>(*options.database);
                          options.database = *database;
                        }}};
};
INSTANTIATE_TEST_SUITE_P(Databases, PasswordWithoutDatabase, every_database(), name_of_database);

TEST_P(PasswordWithoutDatabase, Answers503AndRecovers) {  // ERR-01
  auto browser = app.browser(), program = app.browser();
  register_in(browser);
  sign_out(browser);
  auto form = browser.get("/sign-in").form("sign_in").fill("user[email]", ann).fill("user[password]", password);
  database->switch_off();
  EXPECT_EQ(form.submit().status(), 503);
  EXPECT_TRUE(browser.header("Retry-After"));
  program.json("POST", api_path, credentials());
  EXPECT_EQ(program.status(), 503);
  EXPECT_EQ(text_at(program.answer(), {"authentication", "reason"}), "unavailable");
  EXPECT_NE(text_at(program.answer(), {"error_id"}), "");
  EXPECT_TRUE(program.header("Retry-After"));
  database->switch_on();
  EXPECT_EQ(form.submit().location(), "/");
  EXPECT_TRUE(is_signed_in(browser));
}

}  // namespace
}  // namespace rowan::flows
