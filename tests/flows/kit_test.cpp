// The kit's own promises (rowan/testing/README.md).
#include <rowan/testing/authenticated.hpp>
#include <rowan/testing/html.hpp>

#include "flow.hpp"

namespace rowan::flows {
namespace {

TEST(Html, FindsFormsWithTheirFields) {
  const auto forms = testing::forms_in(
      "<p>x</p><form method=\"post\" id=a action=\"/go?a=1&amp;b=2\"><input type='hidden' name=\"t\" "
      "value=\"&lt;1&gt;\">"
      "<INPUT name=plain><input type=checkbox name=c value=yes><input type=\"email\" value=\"unnamed\">"
      "<button type=submit>Go</button></form><!-- <form> --><form action=\"/search\"></form>");
  ASSERT_EQ(forms.size(), 2U);
  EXPECT_EQ(forms[0].action, "/go?a=1&b=2");
  EXPECT_EQ(forms[0].id, "a");
  EXPECT_EQ(forms[0].method, "post");
  ASSERT_EQ(forms[0].fields.size(), 3U);
  EXPECT_EQ(forms[0].fields[0].value, "<1>");
  EXPECT_EQ(forms[0].fields[1].name, "plain");
  EXPECT_FALSE(forms[0].fields[2].checked);
}

TEST(Html, HandlesTruncatedPages) {
  for (const std::string_view cut :
       {"<", "<form", "<form action", "<form action=", "<form action=\"x", "<!--", "<script>", "a<b"})
    EXPECT_LE(testing::forms_in(cut).size(), 1U) << cut;
  EXPECT_EQ(testing::text_of("<p>a &amp; b</p>\n <b>c</b>"), "a & b c ");
}

void add_detours(Site& site) {
  site.get("/away", [](Conn& conn) { return conn.redirect("https://evil.example/"); });
  site.get("/away2", [](Conn& conn) { return conn.redirect("//evil.example/"); });
  site.get("/round", [](Conn& conn) { return conn.redirect("/round"); });
}

TEST(Browser, DoesNotFollowOffTheSite) {
  Site site;
  add_detours(site);
  Browser browser(site);
  for (const auto* path : {"/away", "/away2", "/round"}) EXPECT_EQ(browser.get(path).status(), 303) << path;
  EXPECT_EQ(browser.location(), "/round");
}

TEST(Browser, KeepsAndDropsCookies) {
  Site site;
  site.get("/set", [](Conn& conn) {
    auto response = conn.text("");
    response.headers.add("Set-Cookie", "a=1; Path=/");
    response.headers.add("Set-Cookie", "b=2; Path=/");
    return response;
  });
  site.get("/drop", [](Conn& conn) {
    auto response = conn.text("");
    response.headers.add("Set-Cookie", "a=; Path=/; Max-Age=0");
    return response;
  });
  site.get("/show", [](Conn& conn) { return conn.text(conn.request().headers.single("Cookie").value_or("none")); });
  Browser browser(site);
  EXPECT_EQ(browser.get("/show").body(), "none");
  browser.get("/set");
  EXPECT_EQ(browser.get("/show").body(), "a=1; b=2");
  browser.get("/drop");
  EXPECT_EQ(browser.get("/show").body(), "b=2");
  EXPECT_EQ(browser.json("GET", "/show").body(), "none");
}

TEST(Browser, NamesThePageThatLacksTheForm) {
  Site site;
  site.get("/", [](Conn& conn) { return conn.text("no form here"); });
  Browser browser(site);
  EXPECT_THROW(browser.get("/").form("sign_in"), std::runtime_error);
}

TEST(Authenticated, IsWhatAControllerIsGiven) {
  struct Greeting final : Controller {
    Response success(Conn& conn, const Activity& activity, MaybeUser user, MaybeToken token) override {
      if (!user) return conn.text("nobody");
      conn.store_in_session(user);
      return conn.text(std::string(activity.phase) + " " + user->email() + (token ? " with token" : ""));
    }
  } controller;
  testing::FakeClock clock;
  testing::FakeRandom random;
  const auto user = testing::authenticated({.id = AccountId::make(clock, random), .email = std::string(ann)});
  Conn conn;
  EXPECT_EQ(controller.success(conn, {"password", "sign_in"}, user, nullptr).body, "sign_in ann@notes.example");
  EXPECT_EQ(controller.success(conn, {"password", "sign_in"}, nullptr, nullptr).body, "nobody");
  EXPECT_EQ(user.claims().id(), user.id());
}

}  // namespace
}  // namespace rowan::flows
