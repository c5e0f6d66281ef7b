// What providers know an account by, for programs.
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>

namespace rowan::strategies::oauth2::for_tests {
namespace {

constexpr std::string_view identities_path = "/api/auth/user/identities";

class Identities : public ::testing::TestWithParam<std::string> {
 protected:
  Identities() {
    http.on(http::Method::post, "https://forge.example/token",
            testing::FakeHttpClient::json({{"access_token", "an-access-token"}, {"token_type", "Bearer"}}));
  }
  static testing::TestAppOptions with_providers(std::string database, testing::FakeHttpClient& http,
                                                bool with_passwords) {
    testing::TestAppOptions options{.database = std::move(database),
                                    .strategies = {rowan::oauth2(forge_options())},
                                    .add_ons = {rowan::identities()},
                                    .adjust = [&http](AuthOptions& auth) { auth.http_client = &http; }};
    if (with_passwords) options.strategies.push_back(rowan::password());
    return options;
  }
  /// Signs a person in by the provider, and by a password where there is one for the API.
  void comes_by_forge(testing::TestApp& at, Browser& browser, int id, std::string_view email) {
    http.on(http::Method::get, "https://forge.example/user",
            testing::FakeHttpClient::json({{"id", id}, {"email", email}, {"email_verified", true}}));
    browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/forge");
    const auto state = parameter_of(browser.header("Location").value_or(""), "state");
    browser.follow_redirects(true).with_header("Sec-Fetch-Site", "cross-site");
    browser.get("/auth/user/forge/callback?code=a-code&state=" + state);
    browser.with_header("Sec-Fetch-Site", "same-origin");
    ASSERT_TRUE(is_signed_in(browser)) << browser.body();
    (void)at;
  }
  /// A program of the account with this address.
  static void signs_in(Browser& program, std::string_view email = ann) {
    program.json("POST", "/api/auth/user/password/sign_in",
                 {{"user", {{"email", email}, {"password", flows::password}}}});
    program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  }
  static std::vector<Json> listed(Browser& program) {
    program.json("GET", std::string(identities_path));
    EXPECT_EQ(program.status(), 200) << program.body();
    const auto all = program.answer().find("identities");
    return all ? all->items() : std::vector<Json>();
  }
  /// An account with a password that has signed in by the provider, and its program.
  void has_both(std::string_view email, int id, Browser& program) {
    flows::make_user(app, email);
    auto browser = app.browser();
    comes_by_forge(app, browser, id, email);
    signs_in(program, email);
  }
  std::int64_t rows() { return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_identities"}, {}); }

  testing::FakeHttpClient http{};
  testing::TestApp app{with_providers(GetParam(), http, true)};
  Browser program = app.browser(), other = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Identities, every_database(), name_of_database);

TEST_P(Identities, AreListedForTheirOwnerOnly) {
  has_both(ann, 7, program);
  has_both("bob@notes.example", 8, other);
  const auto of_ann = listed(program), of_bob = listed(other);
  ASSERT_EQ(of_ann.size(), 1U) << program.body();
  EXPECT_EQ(text_at(of_ann[0], {"provider"}), "forge");
  EXPECT_EQ(text_at(of_ann[0], {"strategy"}), "forge");
  EXPECT_EQ(text_at(of_ann[0], {"email"}), ann);
  EXPECT_FALSE(text_at(of_ann[0], {"created_at"}).empty());
  ASSERT_EQ(of_bob.size(), 1U);
  EXPECT_NE(text_at(of_ann[0], {"id"}), text_at(of_bob[0], {"id"}));
  EXPECT_EQ(other
                .json("DELETE", std::string(identities_path) + "/" + text_at(of_ann[0], {"id"}),
                      {{"user", {{"current_password", flows::password}}}})
                .status(),
            404);
  EXPECT_EQ(rows(), 2);
  auto nobody = app.browser();
  EXPECT_EQ(nobody.json("GET", std::string(identities_path)).status(), 401);
}

TEST_P(Identities, AreTakenAwayByTheirOwner) {
  has_both(ann, 7, program);
  auto elsewhere = app.browser();
  signs_in(elsewhere);
  const auto path = std::string(identities_path) + "/" + text_at(listed(program).at(0), {"id"});
  program.json("DELETE", path, {{"user", {{"current_password", flows::password}}}});
  EXPECT_EQ(program.status(), 200) << program.body();
  EXPECT_EQ(rows(), 0);
  EXPECT_THAT(app.mailbox(ann).front().subject, ::testing::HasSubstr("was disconnected"));
  EXPECT_EQ(elsewhere.json("GET", "/me").status(), 401) << "all other sessions end";
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  EXPECT_TRUE(listed(program).empty());
  EXPECT_EQ(program.json("DELETE", path, {{"user", {{"current_password", flows::password}}}}).status(), 404);
}

TEST_P(Identities, NeedThePasswordToGo) {
  has_both(ann, 7, program);
  const auto path = std::string(identities_path) + "/" + text_at(listed(program).at(0), {"id"});
  EXPECT_EQ(program.json("DELETE", path, Json({})).status(), 422);
  EXPECT_EQ(program.json("DELETE", path, {{"user", {{"current_password", "not the password"}}}}).status(), 422);
  EXPECT_EQ(rows(), 1);
}

TEST_P(Identities, KeepTheLastWayIn) {
  testing::TestApp alone{with_providers(GetParam(), http, false)};
  auto only = alone.browser();
  comes_by_forge(alone, only, 7, ann);
  only.with_header("Accept", "application/json").get("/auth/user/identities");
  const auto all = only.answer().find("identities");
  ASSERT_TRUE(all && all->items().size() == 1) << only.body();
  const auto id = text_at(all->items()[0], {"id"});
  only.with_header("Accept", std::nullopt).get("/account");
  const std::string begin = "name=\"_csrf_token\" value=\"";
  const auto at = only.body().find(begin);
  ASSERT_NE(at, std::string::npos) << only.body();
  const auto token =
      only.body().substr(at + begin.size(), only.body().find('"', at + begin.size()) - at - begin.size());
  only.post("/auth/user/identities/" + id, {{"_csrf_token", token}});
  EXPECT_EQ(only.status(), 422) << only.body();
  EXPECT_EQ(testing::number_in(alone.database(), Sql{"SELECT COUNT(*) FROM rowan_identities"}, {}), 1);
}

}  // namespace
}  // namespace rowan::strategies::oauth2::for_tests
