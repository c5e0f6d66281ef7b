// Signing out together with a provider: it ends our sessions by its server, and people are led there when they sign out
// here. With the kit's provider, over HTTP.
#include <rowan/base/try.hpp>
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <rowan/strategies/oidc/oidc.hpp>
#include <rowan/testing/fake_identity_provider.hpp>
#include <rowan/testing/totp_code.hpp>
#include <tests/flows/another_node.hpp>
#include <tests/flows/totp_key.hpp>

namespace rowan::strategies::oidc {
namespace {

using namespace flows;
using namespace std::chrono_literals;
using testing::FakeIdentityProvider;
using Lies = FakeIdentityProvider::Lies;

constexpr std::string_view logout_path = "/auth/user/work/backchannel_logout";

class OidcSignOut : public ::testing::TestWithParam<std::string> {
 protected:
  OidcSignOut() { is_at_provider("person-1", "sid-1"); }

  std::vector<Strategy> strategies(bool leads_there = true) {
    const auto secret = std::make_shared<const Secret>(Secret::from_text(idp.client_secret()));
    const auto declared = [&](const std::string& name) {
      return rowan::oidc({.name = name,
                          .label = "Work",
                          .issuer = idp.issuer(),
                          .client = {.id = idp.client_id(), .secret = secret},
                          .accounts = {.trust_email_verified = true},
                          .sign_out_at_provider = leads_there});
    };
    return {rowan::password(), rowan::totp(), declared("work"), declared("play")};
  }
  void is_at_provider(const std::string& subject, const std::string& session, std::string_view email = ann) {
    idp.person({.subject = subject, .email = std::string(email), .session = session});
  }
  void wait(std::chrono::seconds time) {
    app.clock().advance(time);
    idp_clock.advance(time);
  }
  /// The browser goes to the provider and comes back.
  void sign_in_with(Browser& by, const std::string& strategy = "work") {
    by.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/" + strategy);
    ASSERT_EQ(by.status(), 303) << by.body();
    const auto back = idp.authorize(by.header("Location").value_or(""));
    by.follow_redirects(true)
        .with_header("Sec-Fetch-Site", "cross-site")
        .get(std::string_view(back.url).substr(by.origin().size()));
  }
  Browser signed_in_by(const std::string& strategy = "work") {
    auto by = app.browser();
    sign_in_with(by, strategy);
    EXPECT_TRUE(is_signed_in(by)) << by.body();
    return by;
  }
  /// As the provider's server does it.
  Browser& post(const std::string& fields, std::string_view path = logout_path) {
    server = app.browser();
    return server.with_header("Origin", std::nullopt)
        .with_header("Sec-Fetch-Site", std::nullopt)
        .send(http::Method::post, path, "application/x-www-form-urlencoded", fields);
  }
  Browser& end(const std::string& subject, const std::string& session, std::string_view path = logout_path) {
    return post("logout_token=" + idp.logout_token(subject, session), path);
  }
  bool is_in(Browser& by) {
    app.deliver();
    return is_signed_in(by);
  }
  std::int64_t count(const Sql& query) { return testing::number_in(app.database(), query, {}); }

  testing::FakeClock idp_clock{};
  FakeIdentityProvider idp{idp_clock, {.ends_sessions = true}};
  std::vector<AuthEvent> ended{};
  testing::TestApp app{{.database = GetParam(),
                        .strategies = strategies(),
                        .add_ons = {rowan::confirmation(), rowan::account()},
                        .adjust = [this](AuthOptions& auth) {
                          auth.hooks.on_event = [this](Transaction&, const Services&,
                                                       const AuthEvent& event) -> Result<> {
                            if (event.kind == AuthEvent::Kind::signed_out) ended.push_back(event);
                            return {};
                          };
                        }}};
  Browser server = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, OidcSignOut, every_database(), name_of_database);

// IDP-10
TEST_P(OidcSignOut, EndsTheSessionThatTheProviderNamesAndNoOther) {
  auto first = signed_in_by();
  is_at_provider("person-1", "sid-2");
  auto second = signed_in_by();
  auto with_password = app.browser();
  NewUser other;
  other.email = bob;
  other.password = Secret::from_text(flows::password);
  other.confirmed = true;
  ASSERT_TRUE(app.auth().create_user(other));
  flows::sign_in(with_password, bob);

  end("person-1", "sid-1");
  EXPECT_EQ(server.status(), 200) << server.body();
  EXPECT_EQ(server.header("Cache-Control"), "no-store");
  EXPECT_TRUE(server.response().content_type.starts_with("application/json"));
  EXPECT_TRUE(server.cookies().empty());
  EXPECT_FALSE(is_in(first));
  EXPECT_TRUE(is_in(second)) << "another session of the same person";
  EXPECT_TRUE(is_in(with_password));
  ASSERT_EQ(ended.size(), 1U);
  EXPECT_EQ(ended[0].strategy, "work");
  EXPECT_EQ(ended[0].phase, "backchannel_logout");
  EXPECT_EQ(ended[0].account, (*app.find_user(ann))->id);
}

TEST_P(OidcSignOut, WithoutASessionEndsAllThatCameFromThatPersonAndNothingElseOfTheAccount) {
  auto first = signed_in_by();
  is_at_provider("person-1", "sid-2");
  auto second = signed_in_by();
  is_at_provider("person-2", "sid-3", bob);
  auto of_bob = signed_in_by();
  // The same account, by a link of the administrator's and by another client at the same provider.
  is_at_provider("person-1", "sid-4");
  auto elsewhere = signed_in_by("play");
  const auto ann_is = (*app.find_user(ann))->id;
  ASSERT_TRUE(app.auth().set_password(ann_is, flows::password));
  first = signed_in_by();
  auto by_password = app.browser();
  flows::sign_in(by_password);
  elsewhere = signed_in_by("play");

  end("person-1", "");
  EXPECT_EQ(server.status(), 200);
  EXPECT_FALSE(is_in(first));
  EXPECT_FALSE(is_in(second));
  EXPECT_TRUE(is_in(by_password));
  EXPECT_TRUE(is_in(elsewhere));
  EXPECT_TRUE(is_in(of_bob));
}

TEST_P(OidcSignOut, ReachesEveryNode) {
  auto browser = signed_in_by();
  AnotherNode node(app, {.strategies = strategies()});
  auto there = node.browser(browser);
  ASSERT_EQ(there.get("/me").status(), 200);
  end("person-1", "sid-1");
  EXPECT_EQ(there.get("/me").status(), 200) << "within the bound it may go on";
  wait(2s);
  EXPECT_EQ(there.get("/me").status(), 401);
}

TEST_P(OidcSignOut, TakesALogoutTokenOnce) {
  const auto token = "logout_token=" + idp.logout_token("person-1", "");
  EXPECT_EQ(post(token).status(), 200);
  wait(1s);
  auto later = signed_in_by();
  EXPECT_EQ(post(token).status(), 400);
  EXPECT_TRUE(is_in(later));
  EXPECT_EQ(post(token, "/auth/user/play/backchannel_logout").status(), 200) << "the other has not taken it";
}

TEST_P(OidcSignOut, RefusesWhatALogoutTokenMayNotSay) {
  auto browser = signed_in_by();
  const std::vector<Lies> all{{.wrong_issuer = true},         {.wrong_audience = true},   {.expired = true},
                              {.issued_in_the_future = true}, {.duplicate_claims = true}, {.alg_none = true},
                              {.hmac_with_public_key = true}, {.unknown_kid = true},      {.wrong_signature = true},
                              {.logout_type = "JWT"},         {.logout_type = ""},        {.no_logout_event = true},
                              {.logout_with_nonce = true},    {.no_logout_id = true},     {.no_one_to_log_out = true}};
  for (const auto& lie : all) {
    idp.lies(lie);
    end("person-1", "sid-1");
    EXPECT_EQ(server.status(), 400) << &lie - all.data();
    EXPECT_EQ(text_at(server.answer(), {"error"}), "invalid_request") << server.body();
    EXPECT_EQ(server.header("Cache-Control"), "no-store");
  }
  idp.lies({});
  for (const auto* fields : {"", "logout_token=", "logout_token=a.b.c", "other=1"})
    EXPECT_EQ(post(fields).status(), 400) << fields;
  EXPECT_TRUE(is_in(browser));
  EXPECT_TRUE(ended.empty());
  EXPECT_EQ(end("person-1", "sid-1").status(), 200);
  EXPECT_FALSE(is_in(browser));
}

TEST_P(OidcSignOut, MayBeTriedAgainWhenTheProvidersKeysCannotBeFetched) {
  auto browser = signed_in_by();
  wait(2h);
  idp.lies({.only_at = "keys", .status = 503});
  const auto token = "logout_token=" + idp.logout_token("person-1", "sid-1");
  EXPECT_EQ(post(token).status(), 503);
  idp.lies({});
  wait(2s);
  EXPECT_EQ(post(token).status(), 200);
  EXPECT_FALSE(is_in(browser));
}

TEST_P(OidcSignOut, ASignInThatWasOnItsWayMeanwhileIsRefused) {
  for (const auto* session : {"sid-1", ""}) {
    SCOPED_TRACE(session);
    auto browser = app.browser();
    browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/work");
    const auto back = idp.authorize(browser.header("Location").value_or(""));
    EXPECT_EQ(end("person-1", session).status(), 200);
    browser.follow_redirects(true)
        .with_header("Sec-Fetch-Site", "cross-site")
        .get(std::string_view(back.url).substr(browser.origin().size()));
    EXPECT_EQ(browser.status(), 401);
    EXPECT_FALSE(is_in(browser));
    wait(1s);
    is_at_provider("person-1", "sid-new");
    signed_in_by();
    is_at_provider("person-1", "sid-1b");
  }
}

// The session is made after the second factor, and came from the provider all the same.
TEST_P(OidcSignOut, KnowsASessionThatWaitedForItsSecondFactor) {
  auto browser = signed_in_by();
  browser.get("/account").form("totp/setup").submit();
  const auto key = key_on(browser);
  const auto code = [&] { return testing::totp_code(key, app.clock()); };
  browser.form("totp/confirm_setup").fill("user[code]", code()).submit();
  ASSERT_TRUE(is_in(browser)) << browser.body();
  const auto asked = [&](Browser& by) {
    wait(30s);
    sign_in_with(by);
    EXPECT_FALSE(is_in(by));
    by.get("/second-factor");
  };
  auto again = app.browser(), late = app.browser();
  is_at_provider("person-1", "sid-2");
  asked(again);
  again.form("totp/verify").fill("user[code]", code()).submit();
  ASSERT_TRUE(is_in(again)) << again.body();
  is_at_provider("person-1", "sid-3");
  asked(late);

  EXPECT_EQ(end("person-1", "sid-2").status(), 200);
  EXPECT_FALSE(is_in(again));
  EXPECT_TRUE(is_in(browser)) << "whose number changed when the factor was added";
  EXPECT_EQ(end("person-1", "sid-1").status(), 200);
  EXPECT_FALSE(is_in(browser));
  EXPECT_EQ(end("person-1", "sid-3").status(), 200);
  wait(30s);
  late.form("totp/verify").fill("user[code]", code()).submit();
  EXPECT_FALSE(is_in(late)) << "it had not ended, and does not begin";
}

TEST_P(OidcSignOut, KeepsNothingOfAClosedAccountNorOfExpiredSessions) {
  signed_in_by();
  is_at_provider("person-2", "sid-2", bob);
  signed_in_by();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_provider_sessions"}), 2);
  ASSERT_TRUE(app.auth().close((*app.find_user(ann))->id));
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_provider_sessions"}), 1);
  EXPECT_EQ(end("person-3", "").status(), 200);
  // On PostgreSQL nothing expires before the database's own clock says so.
  ASSERT_TRUE(app.database().transact([](Transaction& transaction) -> Result<> {
    ROWAN_CHECK(transaction.execute(Sql{"UPDATE rowan_provider_sessions SET expires_at = 1"}));
    ROWAN_CHECK(transaction.execute(Sql{"UPDATE rowan_provider_logouts SET expires_at = 1"}));
    return {};
  }));
  app.deliver();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_provider_sessions"}), 0);
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_provider_logouts"}), 0);
}

TEST_P(OidcSignOut, LeadsToTheProviderAndBackWhenSomeoneSignsOutHere) {
  auto browser = signed_in_by();
  auto kept = browser.cookies();
  flows::sign_out(browser);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("Sign out of Work, too")) << browser.body();
  const auto there = browser.header("Refresh").value_or("").substr(std::string_view("0; url=").size());
  EXPECT_TRUE(browser.body().contains("href=\"" + idp.issuer() + "/end-session?id_token_hint=")) << browser.body();
  EXPECT_EQ(oauth2::for_tests::parameter_of(there, "client_id"), idp.client_id());
  EXPECT_FALSE(is_in(browser)) << "whatever the provider does";

  const auto back = idp.sign_out(there);
  EXPECT_TRUE(back.starts_with("https://rowan.example/sign-out?state=")) << back;
  const auto path = back.substr(browser.origin().size());
  browser.with_header("Sec-Fetch-Site", "cross-site").get(path);
  EXPECT_TRUE(browser.says("You're signed out")) << browser.body();
  auto stranger = app.browser();
  stranger.get(path);
  EXPECT_TRUE(stranger.says("Do you want to sign out")) << "only the browser that left is told so";
  // The old session does not lead there once more.
  browser.cookies() = kept;
  browser.get("/me");
  EXPECT_EQ(browser.status(), 401);
}

TEST_P(OidcSignOut, SaysToAScriptWhereToGoNext) {
  auto browser = signed_in_by();
  browser.get("/sign-out");
  auto form = browser.form("/sign-out");
  const auto token = form.value("_csrf_token");
  browser.with_header("Accept", "application/json").post("/sign-out", {{"_csrf_token", token}});
  EXPECT_EQ(text_at(browser.answer(), {"status"}), "ok");
  EXPECT_TRUE(text_at(browser.answer(), {"location"}).starts_with(idp.issuer() + "/end-session?")) << browser.body();
}

TEST_P(OidcSignOut, LeadsNobodyThereUnlessItIsAskedFor) {
  AnotherNode quiet(app, {.strategies = strategies(false)});
  auto browser = signed_in_by();
  auto there = quiet.browser(browser);
  flows::sign_out(there);
  EXPECT_EQ(there.status(), 200);
  EXPECT_FALSE(there.header("Refresh"));
  EXPECT_FALSE(there.body().contains("end-session"));
  auto by_password = app.browser();
  ASSERT_TRUE(app.auth().set_password((*app.find_user(ann))->id, flows::password));
  flows::sign_in(by_password);
  flows::sign_out(by_password);
  EXPECT_FALSE(by_password.header("Refresh")) << "this session did not come from there";
}

// The ID token says who someone is.
TEST_P(OidcSignOut, StoresTheIdTokenSealed) {
  signed_in_by();
  EXPECT_EQ(count(Sql{"SELECT COUNT(*) FROM rowan_provider_sessions WHERE kept <> '' AND kept NOT LIKE '%eyJ%'"}), 1);
}

}  // namespace
}  // namespace rowan::strategies::oidc
