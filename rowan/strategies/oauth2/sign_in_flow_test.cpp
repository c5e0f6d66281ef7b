// Signing in with a provider, through the router: whose account a person gets, and what an answer must show.
#include <atomic>
#include <rowan/strategies/oauth2/authorization.hpp>
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <thread>

namespace rowan::strategies::oauth2::for_tests {
namespace {

using namespace std::chrono_literals;

class OAuth2SignIn : public ForgeFlow {};
INSTANTIATE_TEST_SUITE_P(Databases, OAuth2SignIn, every_database(), name_of_database);

TEST_P(OAuth2SignIn, MakesAnAccountAndKnowsThePersonFromThenOn) {
  browser.get("/sign-in");
  EXPECT_TRUE(browser.says("Sign in with Forge")) << browser.body();
  sign_in(browser, "?return_to=%2Fprivate");
  EXPECT_EQ(browser.location(), "/private");
  EXPECT_TRUE(is_signed_in(browser));
  const auto user = *app.find_user(ann);
  ASSERT_TRUE(user);
  EXPECT_TRUE(user->confirmed_at) << "the provider's word counts";
  EXPECT_EQ(user->extra.text(), R"({"name":"Ann"})");
  is_now({{"id", 7}, {"email", "ann.smith@elsewhere.example"}, {"email_verified", false}});
  auto other = app.browser();
  sign_in(other);
  EXPECT_TRUE(is_signed_in(other)) << "known by the id, whatever the address is now";
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 1);
}

TEST_P(OAuth2SignIn, IsMarkedOnTheSignInPageWhereItWasUsedLast) {
  const auto marks = [&](Browser& by) {
    std::string marked;
    const auto& body = by.get("/sign-in?prompt=login").body();
    for (std::size_t at = 0; (at = body.find("last-used", at)) != body.npos; ++at) {
      // The label of the button in front of it.
      const auto end = body.rfind("</", at);
      const auto before = body.rfind('>', end);
      marked += body.substr(before + 1, end - before - 1);
    }
    return marked;
  };
  EXPECT_EQ(marks(browser), "") << "nothing is known of a new browser";
  sign_in(browser);
  sign_out(browser);
  EXPECT_EQ(browser.cookies().at("__Host-rowan_last"), "forge");
  EXPECT_EQ(marks(browser), "Sign in with Forge");
  auto by_password = app.browser();
  register_in(by_password, bob);
  EXPECT_EQ(marks(by_password), "Sign in") << by_password.body();
  // What a browser makes up marks nothing, and is shown nowhere.
  for (const std::string invented : {"x", "<b>", "forge2", "Forge", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}) {
    auto by = app.browser();
    by.cookies()["__Host-rowan_last"] = invented;
    EXPECT_EQ(marks(by), "") << invented;
    EXPECT_THAT(by.body(), ::testing::Not(::testing::HasSubstr("forge2")));
  }
  // A refused sign-in changes nothing, and the closing of the account forgets it.
  flows::sign_in(by_password, bob, "a wrong password of somebody");
  EXPECT_EQ(by_password.cookies().at("__Host-rowan_last"), "password");
  flows::sign_in(by_password, bob);
  by_password.get("/account").form("/auth/user/account").fill("user[current_password]", flows::password).submit();
  EXPECT_FALSE(is_signed_in(by_password)) << by_password.body();
  EXPECT_FALSE(by_password.cookies().contains("__Host-rowan_last"));
}

TEST_P(OAuth2SignIn, AsksTheProviderForWhatBelongsToThisFlow) {
  const auto first = leave(browser), second = leave(browser);
  EXPECT_TRUE(first.starts_with("https://forge.example/authorize?")) << first;
  EXPECT_EQ(parameter_of(first, "redirect_uri"), "https%3A%2F%2Frowan.example%2Fauth%2Fuser%2Fforge%2Fcallback");
  EXPECT_EQ(parameter_of(first, "code_challenge_method"), "S256");
  for (const auto* name : {"state", "code_challenge"}) EXPECT_NE(parameter_of(first, name), parameter_of(second, name));
  come_back(browser, parameter_of(first, "state"));
  ASSERT_TRUE(is_signed_in(browser)) << "each of two tabs comes back to its own";
  for (const auto& request : http.requests()) {
    if (!request.url.ends_with("/token")) continue;
    EXPECT_EQ(code_challenge(parameter_of(request.body, "code_verifier")), parameter_of(first, "code_challenge"));
    EXPECT_EQ(parameter_of(request.body, "code"), "a-code");
  }
}

TEST_P(OAuth2SignIn, BeginsOnlyWhereTheVisitorBeganIt) {  // IDP-13
  browser.follow_redirects(false);
  for (const auto* site : {"cross-site", "same-site"}) {
    browser.with_header("Sec-Fetch-Site", site).get("/auth/user/forge?return_to=%2Fprivate");
    EXPECT_EQ(browser.header("Location"), "/sign-in?return_to=%2Fprivate") << site;
  }
  browser.with_header("Sec-Fetch-Site", std::nullopt).get("/auth/user/forge");
  EXPECT_EQ(browser.header("Location"), "/sign-in") << "an old browser";
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_flows"}), 0);
  browser.get("/sign-in");
  const auto& body = browser.body();
  const auto begin = body.find("/auth/user/forge?_csrf_token=");
  ASSERT_NE(begin, std::string::npos) << body;
  const auto link = body.substr(begin, body.find('"', begin) - begin);
  browser.with_header("Sec-Fetch-Site", std::nullopt).get(link);
  EXPECT_TRUE(browser.header("Location")->starts_with("https://forge.example/")) << "with the token of our page";
  browser.with_header("Sec-Fetch-Site", "none").get("/auth/user/forge");
  EXPECT_TRUE(browser.header("Location")->starts_with("https://forge.example/")) << "typed, or a bookmark";
}

// One public page for all of them, and no second try with the same state.
TEST_P(OAuth2SignIn, RefusesAnAnswerThatShowsTooLittle) {
  const auto refused = [&](Browser& by, const std::string& state, const std::string& more) {
    come_back(by, state, more);
    EXPECT_EQ(by.status(), 401) << state << more;
    EXPECT_TRUE(by.says("You weren't signed in")) << by.body();
    EXPECT_FALSE(is_signed_in(by));
  };
  const auto begun = [&] { return parameter_of(leave(browser), "state"); };
  auto other = app.browser();
  refused(other, begun(), "&code=a-code");
  refused(browser, "made-up", "&code=a-code");
  refused(browser, begun(), "&error=access_denied&error_description=%3Cscript%3Ealert(1)%3C%2Fscript%3E");
  EXPECT_EQ(browser.body().find("alert(1)"), std::string::npos);
  refused(browser, begun(), "&code=a-code&error=access_denied");
  refused(browser, begun(), "");
  const auto late = begun();
  app.clock().advance(11min);
  refused(browser, late, "&code=a-code");
  EXPECT_EQ(exchanges(), 0U);
  come_back(browser, begun(), "&code=a-code&code=another");
  EXPECT_EQ(browser.status(), 400);
  browser.get("/auth/user/forge/callback");
  EXPECT_EQ(browser.status(), 400) << "no callback at all";
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 0);
}

TEST_P(OAuth2SignIn, TakesAnAnswerOnceGoodOrBad) {  // IDP-04
  const auto state = parameter_of(leave(browser), "state");
  come_back(browser, state, "&error=access_denied");
  come_back(browser, state);
  EXPECT_EQ(browser.status(), 401);
  sign_in(browser);
  ASSERT_TRUE(is_signed_in(browser));
  const auto used = exchanges();
  come_back(browser, state);
  EXPECT_EQ(exchanges(), used);
}

TEST_P(OAuth2SignIn, SaysThatTheProviderIsAwayWhenItIs) {
  const auto state = parameter_of(leave(browser), "state");
  http.on(http::Method::post, "https://forge.example/token", [](const http::OutgoingRequest&) {
    return Result<http::OutgoingResponse>(Error{.code = ErrorCode::unavailable, .reason = "away"});
  });
  come_back(browser, state);
  EXPECT_EQ(browser.status(), 503);
  EXPECT_FALSE(is_signed_in(browser));
}

// What they bring is refused by the account's own rules, not by the room's.
TEST_P(OAuth2SignIn, MakesOneAccountOfManyFirstSignInsAtOnce) {
  constexpr std::size_t tabs = 100, threads_at_once = 16;  // a host has half as many
  std::vector<Browser> browsers;
  std::vector<std::string> states;
  for (std::size_t i = 0; i < tabs; ++i) {
    browsers.push_back(app.browser());
    browsers.back().client("10.0.0." + std::to_string(i + 1));
    states.push_back(parameter_of(leave(browsers.back()), "state"));
  }
  {
    std::atomic<std::size_t> next = 0;
    std::vector<std::jthread> threads;
    for (std::size_t t = 0; t < threads_at_once; ++t)
      threads.emplace_back([&] {
        for (auto i = next++; i < tabs; i = next++) come_back(browsers[i], states[i]);
      });
  }
  for (auto& one : browsers) {
    const auto status = one.status();
    EXPECT_TRUE(is_signed_in(one)) << status;
  }
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 1);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 1);
}

TEST_P(OAuth2SignIn, LinksTheAccountWhoseAddressBothSidesHaveVerified) {
  auto owner = app.browser();
  register_in(owner);
  confirm(app, owner);
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_TRUE(is_signed_in(owner)) << "it is the same person";
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 1);
  EXPECT_THAT(app.mailbox(ann).front().subject, ::testing::HasSubstr("was connected with Forge"));
  // Who did not do it takes it back.
  auto reader = app.browser();
  reader.get(app.mailed_path(ann)).form().submit();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 0);
  EXPECT_FALSE(is_signed_in(browser));
}

// The stranger who registered the address keeps nothing (docs/decisions/0020).
TEST_P(OAuth2SignIn, TakesOverAnAccountWhoseAddressWasNeverProven) {
  auto stranger = app.browser();
  register_in(stranger);
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(stranger));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_passwords"}), 0);
  auto again = app.browser();
  sign_in(again);
  EXPECT_TRUE(is_signed_in(again));
}

TEST_P(OAuth2SignIn, RefusesAnAddressThatTheProviderDoesNotCallVerified) {
  auto owner = app.browser();
  register_in(owner);
  confirm(app, owner);
  const std::vector<Json> words{Json(false), Json("true"), Json(1), Json(nullptr)};
  for (const auto& word : words) {
    is_now({{"id", 8}, {"email", ann}, {"email_verified", word}});
    auto other = app.browser();
    sign_in(other);
    EXPECT_EQ(other.status(), 401) << word.text();
    EXPECT_TRUE(other.says("sign in another way"));
    EXPECT_FALSE(is_signed_in(other));
  }
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 0);
}

TEST_P(OAuth2SignIn, RefusesAnotherPersonWithTheAddressOfALinkedAccount) {
  sign_in(browser);
  is_now({{"id", 8}, {"email", ann}, {"email_verified", true}});
  auto other = app.browser();
  sign_in(other);
  EXPECT_EQ(other.status(), 401);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 1);
}

TEST_P(OAuth2SignIn, IsRefusedToADisabledAccount) {
  sign_in(browser);
  ASSERT_TRUE(app.auth().disable((*app.find_user(ann))->id));
  auto other = app.browser();
  sign_in(other);
  EXPECT_EQ(other.status(), 401);
  EXPECT_FALSE(is_signed_in(other));
}

TEST_P(OAuth2SignIn, NeedsAnIdAndAnAddress) {
  const std::vector<Json> persons{Json({{"email", ann}, {"email_verified", true}}), Json({{"id", 9}}),
                                  Json({{"id", 9}, {"email", "no address"}}), Json({{"id", ""}, {"email", ann}})};
  for (const auto& person : persons) {
    is_now(person);
    auto other = app.browser();
    sign_in(other);
    EXPECT_EQ(other.status(), 401) << person.text();
  }
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_accounts"}), 0);
}

TEST_P(OAuth2SignIn, ForgetsThePersonWithTheAccount) {
  sign_in(browser);
  ASSERT_TRUE(app.auth().close((*app.find_user(ann))->id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_identities"}), 0);
  auto again = app.browser();
  sign_in(again);
  EXPECT_TRUE(is_signed_in(again)) << "as a new account";
}

TEST(OAuth2Options, AreCheckedAtTheStart) {
  auto wrong = forge_options();
  wrong.client.id.clear();
  wrong.user_url.clear();
  wrong.token_url = "http://forge.example/token";
  wrong.limits.lifetime = 0s;
  try {
    const testing::TestApp app{{.strategies = {rowan::password(), rowan::oauth2(wrong)}}};
    FAIL() << "it started";
  } catch (const ConfigError& error) {
    for (const auto* word : {"client_id", "user_url", "token_url", "limits.lifetime"})
      EXPECT_THAT(error.what(), ::testing::HasSubstr(word));
  }
}

}  // namespace
}  // namespace rowan::strategies::oauth2::for_tests
