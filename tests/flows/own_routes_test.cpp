// The application's own routes: what another site's page sends is refused, forms carry a token that can be asked for,
// and params() is what the client sent.
#include <rowan/engine/web/conn_state.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;

Response in(Conn& conn, const Claims&) { return conn.text("in"); }

Strategy own_pages() {
  static constexpr EmbeddedFile page{
      .name = "own/pages/transfer.html",
      .bytes =
          "[[title \"Sign in\"]]<div>[[form \"/transfer\" id=\"transfer\"]]<input name=\"to\" value=\"bob\">"
          "</form></div>"};
  Strategy own{.name = "own"};
  own.templates = {page};
  return own;
}

class OwnRoutes : public ::testing::TestWithParam<std::string> {
 protected:
  OwnRoutes() {
    auto& site = app.site();
    site.post("/session", signed_in(app.auth(), in));
    site.post("/either", session_or_bearer(app.auth(), in));
    site.post("/token", bearer(app.auth(), in));
    site.post("/open-door", signed_in(app.auth(), {.cross_site = true}, in));
    site.get("/transfer", [](Conn& conn) { return conn.render("own/transfer.html"); });
    site.post("/transfer", signed_in(app.auth(), [](Conn& conn, const Claims&) {
                if (auto checked = conn.check_form(); !checked) return conn.refuse(checked.error());
                return conn.text("to " + conn.params().find("to")->second);
              }));
    site.get("/form-token", [](Conn& conn) { return conn.text(conn.form_token()); });
    const auto all = [](Conn& conn) {
      std::string text;
      for (const auto& [name, value] : conn.params()) text += name + "=" + value + ";";
      if (const auto error = conn.params_error()) text += " " + std::string(public_name(error->code));
      return conn.text(text);
    };
    site.get("/params", all);
    for (const auto method : {http::Method::post, http::Method::put, http::Method::delete_, http::Method::patch})
      site.route(method, "/params", all);
  }
  testing::TestApp app{
      {.database = GetParam(),
       .add_ons = {{.name = "own", .parts = {own_pages()}}},
       .adjust = [](AuthOptions& options) { options.allowed_origins = {"https://App.rowan.example:443/"}; }}};
  Browser browser = app.browser(), program = app.browser();
  struct From {
    const char* origin;
    std::optional<std::string> site;
  };
  const std::vector<From> others{{"https://evil.rowan.example", "same-site"},
                                 {"https://evil.example", "cross-site"},
                                 {"https://evil.example", std::nullopt},
                                 {"http://rowan.example", std::nullopt},
                                 {"null", "cross-site"}};
  Browser& from(Browser& visitor, const From& there) {
    return visitor.with_header("Origin", there.origin).with_header("Sec-Fetch-Site", there.site);
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, OwnRoutes, every_database(), name_of_database);

TEST_P(OwnRoutes, AGuardByCookieRefusesWhatAnotherSitesPageSends) {
  register_in(browser);
  EXPECT_EQ(browser.post("/session", {}).status(), 200);
  for (const auto& there : others) {
    for (const auto* path : {"/session", "/either"}) {
      EXPECT_EQ(from(browser, there).post(path, {}).status(), 403) << path << " " << there.origin;
      EXPECT_TRUE(browser.says("This was sent from another website.")) << browser.body();
    }
    EXPECT_EQ(from(browser, there).get("/private").status(), 200) << "a link there leads here";
    EXPECT_EQ(from(browser, there).post("/open-door", {}).status(), 200);
  }
  EXPECT_EQ(from(browser, {"https://app.rowan.example", "same-site"}).post("/session", {}).status(), 200);
}

TEST_P(OwnRoutes, ABearerTokenIsNotSentByAnotherSitesPage) {
  program.json("POST", "/api/auth/user/password/register", registration());
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  for (const auto* path : {"/either", "/token"}) {
    EXPECT_EQ(program.json("POST", path).status(), 200) << path;
    EXPECT_EQ(from(program, others[1]).json("POST", path).status(), 200) << path;
  }
}

TEST_P(OwnRoutes, TheApiMountRunsNoFormOfAnotherSite_AndCountsNone) {
  register_in(browser);
  for (int i = 0; i < 40; ++i)
    for (const auto& there : {others[0], others[1]}) {
      EXPECT_EQ(from(browser, there)
                    .post("/api/auth/user/password/sign_in",
                          {{"user[email]", std::string(ann)}, {"user[password]", "wrong wrong wrong wrong"}})
                    .status(),
                403);
      EXPECT_EQ(from(browser, there).post("/api/auth/sign_out", {}).status(), 403);
    }
  EXPECT_EQ(text_at(browser.answer(), {"authentication", "reason"}), "forbidden");
  EXPECT_EQ(program.json("POST", "/api/auth/user/password/sign_in", credentials()).status(), 200);
  EXPECT_EQ(from(program, {"https://app.rowan.example", "same-site"})
                .json("POST", "/api/auth/user/password/sign_in", credentials())
                .status(),
            200);
}

TEST_P(OwnRoutes, TheApplicationsTemplatesCarryTheToken_AndAHandlerCanAskForIt) {
  register_in(browser);
  EXPECT_EQ(browser.get("/transfer").form("transfer").submit().body(), "to bob");
  EXPECT_EQ(browser.post("/transfer", {{"to", "mallory"}}).status(), 403);
  EXPECT_TRUE(browser.says("This form has expired."));
  auto other = app.browser();
  const auto foreign = other.get("/form-token").body();
  EXPECT_EQ(browser.post("/transfer", {{"to", "mallory"}, {"_csrf_token", foreign}}).status(), 403);
  const auto token = browser.get("/form-token").body();
  EXPECT_EQ(browser.post("/transfer", {{"to", "bob"}, {"_csrf_token", token}}).body(), "to bob");
  // As a page's own script sends it.
  browser.with_header("X-CSRF-Token", token);
  EXPECT_EQ(browser.send(http::Method::post, "/transfer", "application/json", R"({"to":"cat"})").body(), "to cat");
  browser.with_header("X-CSRF-Token", foreign).with_header("Accept", "application/json");
  browser.send(http::Method::post, "/transfer", "application/json", R"({"to":"cat"})");
  EXPECT_EQ(browser.status(), 403);
  EXPECT_EQ(browser.body(), R"({"authentication":{"status":"failed","reason":"forbidden"}})");
}

TEST_P(OwnRoutes, ParamsAreWhatTheClientSent) {
  EXPECT_EQ(browser.get("/params?page=2&q=rowan+tree").body(), "page=2;q=rowan tree;");
  EXPECT_EQ(browser.get("/params").body(), "");
  browser.post("/params?page=2", {{"note[title]", "Ash"}, {"note[text]", "a & b"}, {"_csrf_token", "x"}});
  EXPECT_EQ(browser.body(), "note[text]=a & b;note[title]=Ash;");
  using http::Method;
  browser.send(Method::put, "/params", "application/json",
               R"({"note":{"title":"Ash","stars":3,"tags":["a"]},"ok":true})");
  EXPECT_EQ(browser.body(), "note[stars]=3;note[title]=Ash;ok=true;");
  browser.send(Method::patch, "/params", "multipart/form-data; boundary=x",
               "--x\r\nContent-Disposition: form-data; name=\"note[title]\"\r\n\r\nAsh\r\n--x--\r\n");
  EXPECT_EQ(browser.body(), "note[title]=Ash;");
  browser.send(Method::post, "/params", "application/x-www-form-urlencoded", "text=" + std::string(20'000, 'x'));
  EXPECT_EQ(browser.body().size(), 20'006U);
}

TEST_P(OwnRoutes, ParamsThatCannotBeReadAreEmptyAndSaySo) {
  using http::Method;
  EXPECT_EQ(browser.send(Method::post, "/params", "", "").body(), "");
  EXPECT_EQ(browser.send(Method::delete_, "/params", "", "").body(), "");
  EXPECT_EQ(browser.send(Method::post, "/params", "", "a=1").body(), " unsupported_media_type");
  EXPECT_EQ(browser.send(Method::post, "/params", "text/plain", "a=1").body(), " unsupported_media_type");
  EXPECT_EQ(browser.send(Method::post, "/params", "application/json", "{").body(), " malformed_request");
  EXPECT_EQ(browser.send(Method::post, "/params", "application/x-www-form-urlencoded", "a=%zz").body(),
            " malformed_request");
  EXPECT_EQ(browser.get("/params?a=%zz").body(), " malformed_request");
  std::string many;
  for (int i = 0; i < 1001; ++i) many += "f" + std::to_string(i) + "=1&";
  EXPECT_EQ(browser.send(Method::post, "/params", "application/x-www-form-urlencoded", many).body(), " too_large");
  Conn none;
  EXPECT_TRUE(none.params().empty());
  EXPECT_FALSE(none.params_error());
}

struct Keeping final : Controller {
  Params seen{}, failed{};
  Response sign_out(Conn& conn, const Params& params) override {
    seen = params;
    conn.clear_session();
    return conn.text("out");
  }
  Response failure(Conn& conn, const Activity& activity, const Error& error) override {
    failed = conn.params();
    return Controller::failure(conn, activity, error);
  }
};

TEST_P(OwnRoutes, ControllersGetThemToo_WithoutSecrets) {
  Keeping keeping;
  Site site;
  site.mount(routes(app.auth()).auth_routes(keeping).sign_in_route().register_route().sign_out_route(keeping));
  Browser person(site);
  register_in(person);
  const auto token = person.get("/sign-out").form("/sign-out").value("_csrf_token");
  EXPECT_EQ(person.post("/sign-out", {{"_csrf_token", token}, {"reason", "lunch"}}).body(), "out");
  EXPECT_EQ(keeping.seen, (Params{{"reason", "lunch"}}));
  auto form = person.get("/sign-in").form("password/sign_in");
  form.fill("user[email]", ann).fill("user[password]", "wrong wrong wrong wrong").submit();
  EXPECT_EQ(person.status(), 401);
  EXPECT_EQ(keeping.failed.count("user[password]"), 0U);
  EXPECT_EQ(keeping.failed.count("_csrf_token"), 0U);
  EXPECT_EQ(keeping.failed.find("user[email]")->second, ann);
}

TEST_P(OwnRoutes, ANonBlockingHandlerGetsACachedUserOnTheEventLoop) {
  const auto email = [](Conn& conn, const User& user) { return conn.text(user.email); };
  app.site().get("/here", signed_in(app.auth(), non_blocking(email)));
  app.site().get("/pool", signed_in(app.auth(), email));
  register_in(browser);
  const auto id = (*app.find_user(ann))->id;
  const auto answers = [&](std::string_view path, bool took_a_thread) {
    EXPECT_EQ(browser.get(path).body(), ann);
    EXPECT_EQ(browser.took_a_thread(), took_a_thread) << path;
  };
  for (int i = 0; i < 2; ++i) {
    app.clock().advance(std::chrono::seconds(31));
    answers("/here", true);  // it has to be read first
    answers("/here", false);
    answers("/pool", true);
  }
  ASSERT_TRUE(app.auth().disable(id));
  EXPECT_NE(browser.get("/here").body(), ann);
  auto visitor = app.browser();
  EXPECT_NE(visitor.get("/here").body(), ann);
}

}  // namespace
}  // namespace rowan::flows
