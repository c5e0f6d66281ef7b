// Signing in with a provider that speaks OpenID Connect, through the router. What belongs to any provider is tested
// beside oauth2.
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <rowan/strategies/oidc/oidc.hpp>

namespace rowan::strategies::oidc {
namespace {

using namespace flows;
using namespace std::chrono_literals;
using namespace crypto::jose;
using crypto::jose::for_tests::key_of;
using oauth2::for_tests::parameter_of;
using testing::FakeHttpClient;

constexpr std::string_view issuer = "https://idp.example";

Json document() {
  return {{"issuer", issuer},
          {"authorization_endpoint", "https://idp.example/authorize"},
          {"token_endpoint", "https://idp.example/token"},
          {"jwks_uri", "https://idp.example/keys"},
          {"userinfo_endpoint", "https://idp.example/user"},
          {"token_endpoint_auth_methods_supported", std::vector<std::string>{"client_secret_basic"}},
          {"id_token_signing_alg_values_supported", std::vector<std::string>{"ES256"}},
          {"authorization_response_iss_parameter_supported", true}};
}

class OidcSignIn : public ::testing::TestWithParam<std::string> {
 protected:
  explicit OidcSignIn(ProviderAssurance assurance = {}, bool keeps_tokens = false)
      : assurance_(std::move(assurance)), keeps_tokens_(keeps_tokens) {
    is_known_by(document());
    publish("a");
  }
  void is_known_by(const Json& says) {
    http.on(http::Method::get, "https://idp.example/.well-known/openid-configuration", FakeHttpClient::json(says));
  }
  void publish(const std::string& key_id) {
    http.on(http::Method::get, "https://idp.example/keys",
            {.status = 200,
             .body = crypto::jose::for_tests::set_of({key_of("P-256").public_jwk(key_id, Algorithm::es256)})});
  }
  /// Presses the button; where the browser was sent to.
  std::string leave(Browser& by) {
    by.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/work");
    by.follow_redirects(true);
    return by.header("Location").value_or("");
  }
  /// The claims of a right answer, with these instead.
  Json claims(const std::string& nonce, const std::vector<std::pair<std::string, Json>>& instead = {}) {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(app.clock().now().time_since_epoch()).count();
    std::vector<std::pair<std::string, Json>> all{{"iss", issuer}, {"sub", "person-1"},     {"aud", "notes"},
                                                  {"iat", now},    {"exp", now + 300},      {"nonce", nonce},
                                                  {"email", ann},  {"email_verified", true}};
    for (const auto& [name, value] : instead) {
      std::erase_if(all, [&](const auto& one) { return one.first == name; });
      if (value.kind() != Json::Kind::null) all.emplace_back(name, value);
    }
    return Json::object(all);
  }
  void answers_with(const Json& said, const std::string& key_id = "a") {
    const auto token = sign_jws(key_of("P-256"), {.algorithm = Algorithm::es256, .key_id = key_id}, said.text());
    answers_with_token(token.value());
  }
  void answers_with_token(const std::string& token) {
    http.on(http::Method::post, "https://idp.example/token",
            FakeHttpClient::json({{"access_token", "an-access-token"}, {"token_type", "Bearer"}, {"id_token", token}}));
  }
  Browser& come_back(Browser& by, const std::string& state, std::string_view from = issuer) {
    return by.with_header("Sec-Fetch-Site", "cross-site")
        .get("/auth/user/work/callback?code=a-code&state=" + state + (from.empty() ? "" : "&iss=" + std::string(from)));
  }
  Browser& sign_in(Browser& by, const std::vector<std::pair<std::string, Json>>& instead = {}) {
    const auto to = leave(by);
    answers_with(claims(parameter_of(to, "nonce"), instead));
    return come_back(by, parameter_of(to, "state"));
  }
  std::int64_t accounts() { return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_accounts"}, {}); }
  std::optional<Claims> claims_of(Browser& by) {
    const auto verdict = app.auth().decide({.cookie = "__Host-rowan=" + by.cookies()["__Host-rowan"]});
    if (!verdict || !std::holds_alternative<GuardAccepted>(*verdict)) return std::nullopt;
    return std::get<GuardAccepted>(*verdict).claims.get();
  }
  std::size_t asked(std::string_view url) const {
    const auto requests = http.requests();
    return static_cast<std::size_t>(std::ranges::count(requests, url, &http::OutgoingRequest::url));
  }

  ProviderAssurance assurance_;
  bool keeps_tokens_;
  std::vector<Factor> factors{};  // of every account
  FakeHttpClient http{};
  std::string reason{};  // of the last failure
  testing::TestApp app{
      {.database = GetParam(),
       .strategies = {rowan::password(), rowan::totp(),
                      rowan::oidc({.name = "work",
                                   .label = "Work",
                                   .issuer = std::string(issuer),
                                   .client = {.id = "notes", .secret = oauth2::for_tests::secret()},
                                   .accounts = {.trust_email_verified = true, .keep_tokens = keeps_tokens_},
                                   .assurance = assurance_})},
       .add_ons = {rowan::confirmation(), rowan::account()},
       .adjust = [this](AuthOptions& auth) {
         auth.http_client = &http;
         auth.hooks.factors = [this](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
           return factors;
         };
         auth.hooks.on_failure = [this](const Services&, const AuthEvent& event) -> Result<> {
           reason = event.reason;
           return {};
         };
       }}};
  Browser browser = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, OidcSignIn, every_database(), name_of_database);

TEST_P(OidcSignIn, LearnsTheProviderOnceAndKnowsThePersonByIssuerAndSubject) {
  for (int i = 0; i < 3; ++i) {
    auto by = app.browser();
    sign_in(by);
    EXPECT_TRUE(is_signed_in(by)) << by.body();
  }
  EXPECT_EQ(accounts(), 1);
  EXPECT_EQ(asked("https://idp.example/.well-known/openid-configuration"), 1U);
  EXPECT_EQ(asked("https://idp.example/keys"), 1U);
  EXPECT_EQ(testing::number_in(app.database(),
                               Sql{"SELECT COUNT(*) FROM rowan_identities WHERE provider = 'https://idp.example' AND "
                                   "uid = 'person-1'"},
                               {}),
            1);
  const auto to = leave(browser);
  EXPECT_EQ(parameter_of(to, "scope"), "openid%20email");
  EXPECT_FALSE(parameter_of(to, "nonce").empty());
}

TEST_P(OidcSignIn, RefusesWhatTheIdTokenMayNotSay) {
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(app.clock().now().time_since_epoch()).count();
  const std::vector<std::pair<std::string, Json>> lies{{"iss", "https://idp.example/"},
                                                       {"aud", "another"},
                                                       {"nonce", "of another flow"},
                                                       {"nonce", nullptr},
                                                       {"exp", now - 120},
                                                       {"iat", now + 600},
                                                       {"sub", nullptr},
                                                       {"sub", ""},
                                                       {"azp", "another"},
                                                       {"at_hash", "wrong"}};
  for (const auto& lie : lies) {
    auto by = app.browser();
    sign_in(by, {lie});
    EXPECT_EQ(by.status(), 401) << lie.first << lie.second.text();
    EXPECT_THAT(reason, ::testing::HasSubstr(lie.first == "iat" ? "from now" : lie.first)) << lie.second.text();
    EXPECT_TRUE(by.says("You weren't signed in"));
  }
  EXPECT_EQ(accounts(), 0);
}

TEST_P(OidcSignIn, RefusesATokenThatTheProviderDidNotSign) {
  const auto header = [](std::string_view text) { return to_base64url(as_bytes(text)); };
  const auto tokens = [&](const std::string& payload) {
    const auto other =
        crypto::jose::SigningKey::from_pem(Secret::from_text(crypto::jose::for_tests::new_pem("P-256"))).value();
    return std::vector<std::string>{
        header(R"({"alg":"none"})") + "." + to_base64url(as_bytes(payload)) + ".",
        sign_jws(other, {.algorithm = Algorithm::es256, .key_id = "a"}, payload).value(),
        sign_jws(key_of("RSA2048"), {.algorithm = Algorithm::rs256, .key_id = "a"}, payload).value()};
  };
  for (std::size_t i = 0; i < 3; ++i) {
    auto by = app.browser();
    const auto to = leave(by);
    answers_with_token(tokens(claims(parameter_of(to, "nonce")).text())[i]);
    come_back(by, parameter_of(to, "state"));
    EXPECT_EQ(by.status(), 401) << i;
    EXPECT_FALSE(is_signed_in(by));
  }
  EXPECT_EQ(accounts(), 0);
}

// RFC 9207: its metadata announce who answers.
TEST_P(OidcSignIn, RefusesTheAnswerOfAnotherProvider) {
  for (const auto* from : {"https://evil.example", ""}) {
    auto by = app.browser();
    const auto to = leave(by);
    answers_with(claims(parameter_of(to, "nonce")));
    come_back(by, parameter_of(to, "state"), from);
    EXPECT_EQ(by.status(), 401) << from;
  }
  EXPECT_EQ(asked("https://idp.example/token"), 0U) << "its code was never sent anywhere";
}

TEST_P(OidcSignIn, FindsANewKeyOfTheProvider) {
  sign_in(browser);
  publish("b");
  app.clock().advance(61s);
  auto by = app.browser();
  const auto to = leave(by);
  answers_with(claims(parameter_of(to, "nonce")), "b");
  come_back(by, parameter_of(to, "state"));
  EXPECT_TRUE(is_signed_in(by)) << by.body();
}

TEST_P(OidcSignIn, AsksUserinfoForTheAddressOfTheSamePersonOnly) {  // IDP-15
  const auto is_user = [&](std::string_view sub) {
    http.on(http::Method::get, "https://idp.example/user",
            FakeHttpClient::json({{"sub", sub}, {"email", ann}, {"email_verified", true}}));
  };
  is_user("person-2");
  sign_in(browser, {{"email", nullptr}});
  EXPECT_EQ(browser.status(), 401);
  is_user("person-1");
  sign_in(browser, {{"email", nullptr}});
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  EXPECT_TRUE((*app.find_user(ann))->confirmed_at);
}

TEST_P(OidcSignIn, IsUnavailableWhileTheProviderCannotBeLearned) {
  is_known_by({{"issuer", "https://idp.example/"}});
  leave(browser);
  EXPECT_EQ(browser.status(), 503);
  leave(browser);
  EXPECT_EQ(asked("https://idp.example/.well-known/openid-configuration"), 1U) << "it is not asked all the time";
  app.clock().advance(2s);
  is_known_by(document());
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
  // Away later: what is known goes on for a day.
  is_known_by({{"issuer", "none"}});
  app.clock().advance(2h);
  publish("a");
  auto by = app.browser();
  sign_in(by);
  EXPECT_TRUE(is_signed_in(by)) << by.body();
}

// A provider that is believed about two factors, and asked for a sign-in of the last hour.
class OidcAssurance : public OidcSignIn {
 protected:
  OidcAssurance()
      : OidcSignIn({.require_acr = {"silver", "gold"}, .trust_acr = {"gold"}, .trust_amr = {"mfa"}, .max_age = 1h}) {
    factors = {{.strategy = "totp", .proves = {Evidence::held}}};
  }
  void SetUp() override { make_user(app); }
  std::int64_t seconds_ago(std::chrono::seconds ago) {
    return std::chrono::duration_cast<std::chrono::seconds>((app.clock().now() - ago).time_since_epoch()).count();
  }
  static Json list(const std::vector<std::string>& values) { return values; }
};
INSTANTIATE_TEST_SUITE_P(Databases, OidcAssurance, every_database(), name_of_database);

// IDP-03
TEST_P(OidcAssurance, EnforcesWhatWasAskedFor) {
  const auto to = leave(browser);
  EXPECT_EQ(parameter_of(to, "acr_values"), "silver%20gold");
  EXPECT_EQ(parameter_of(to, "max_age"), "3600");
  const std::vector<std::pair<std::vector<std::pair<std::string, Json>>, std::string>> lies{
      {{{"auth_time", seconds_ago(1min)}}, "acr"},
      {{{"auth_time", seconds_ago(1min)}, {"acr", "bronze"}}, "acr"},
      {{{"auth_time", seconds_ago(1min)}, {"acr", list({"gold"})}}, "acr"},
      {{{"auth_time", seconds_ago(1min)}, {"acr", "Gold"}}, "acr"},
      {{{"acr", "gold"}}, "auth_time"},
      {{{"acr", "gold"}, {"auth_time", seconds_ago(2h)}}, "the person was there last"},
      {{{"acr", "gold"}, {"auth_time", seconds_ago(-2h)}}, "yet to come"},
      {{{"acr", "gold"}, {"auth_time", "now"}}, "auth_time"}};
  for (const auto& [said, why] : lies) {
    auto by = app.browser();
    sign_in(by, said);
    EXPECT_EQ(by.status(), 401) << why << by.body();
    EXPECT_THAT(reason, ::testing::HasSubstr(why));
    EXPECT_FALSE(is_signed_in(by));
  }
}

TEST_P(OidcAssurance, CountsATrustedAcrOrAmrAsTwoFactors) {
  const std::vector<std::pair<std::string, Json>> by_acr{{"acr", "gold"}, {"auth_time", seconds_ago(10min)}};
  sign_in(browser, by_acr);
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  const auto claims = claims_of(browser);
  ASSERT_TRUE(claims);
  EXPECT_EQ(claims->methods.proves().kinds(), 2);
  EXPECT_EQ(claims->authenticated_at(), Timestamp(std::chrono::seconds(seconds_ago(10min))));
  EXPECT_TRUE(is_enough(claims->methods, {.second_factor = true, .within = 11min}, app.clock().now()));
  EXPECT_FALSE(is_enough(claims->methods, {.second_factor = true, .within = 9min}, app.clock().now()));
  auto by = app.browser();
  sign_in(by, {{"acr", "silver"}, {"amr", list({"pwd", "mfa"})}, {"auth_time", seconds_ago(1min)}});
  EXPECT_TRUE(is_signed_in(by)) << by.body();
}

TEST_P(OidcAssurance, AsksForTheSecondFactorAfterWhatIsNotTrusted) {
  for (const Json& amr : {list({"pwd"}), list({}), Json("mfa"), list({"MFA"}), Json({{"mfa", true}})}) {
    auto by = app.browser();
    sign_in(by, {{"acr", "silver"}, {"amr", amr}, {"auth_time", seconds_ago(1min)}});
    EXPECT_EQ(by.location(), "/second-factor") << amr.text() << by.body();
    EXPECT_FALSE(is_signed_in(by)) << amr.text();
  }
}

// Off unless it is declared, and worth nothing without the time.
TEST_P(OidcSignIn, IsOneFactorWhateverTheProviderSays) {
  make_user(app);
  factors = {{.strategy = "totp", .proves = {Evidence::held}}};
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(app.clock().now().time_since_epoch()).count();
  const auto to = leave(browser);
  EXPECT_EQ(parameter_of(to, "acr_values") + parameter_of(to, "max_age"), "");
  sign_in(browser, {{"acr", "gold"}, {"amr", std::vector<std::string>{"mfa"}}, {"auth_time", now - 60}});
  EXPECT_EQ(browser.location(), "/second-factor") << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
}

class OidcTrust : public OidcSignIn {
 protected:
  OidcTrust() : OidcSignIn({.trust_amr = {"mfa"}}) { factors = {{.strategy = "totp", .proves = {Evidence::held}}}; }
};
INSTANTIATE_TEST_SUITE_P(Databases, OidcTrust, every_database(), name_of_database);

TEST_P(OidcTrust, CountsOnlyWhereTheTokenSaysWhen) {
  make_user(app);
  const auto mfa = Json(std::vector<std::string>{"mfa"});
  const auto now = std::chrono::duration_cast<std::chrono::seconds>(app.clock().now().time_since_epoch()).count();
  sign_in(browser, {{"amr", mfa}});
  EXPECT_EQ(browser.location(), "/second-factor") << browser.body();
  auto by = app.browser();
  sign_in(by, {{"amr", mfa}, {"auth_time", now + 30}});
  EXPECT_TRUE(is_signed_in(by)) << by.body();
  EXPECT_LE(claims_of(by)->authenticated_at(), app.clock().now()) << "nothing is from the future";
}

// The provider has an address for it (RFC 7009).
class OidcRevocation : public OidcSignIn {
 protected:
  OidcRevocation() : OidcSignIn({}, true) {
    auto says = document().fields();
    says.emplace_back("revocation_endpoint", "https://idp.example/revoke");
    is_known_by(Json::object(says));
    answers(200);
  }
  void answers(int status) { http.on(http::Method::post, "https://idp.example/revoke", {.status = status}); }
  void sign_in_and_unlink(Browser& by) {
    sign_in(by);
    ASSERT_TRUE(is_signed_in(by)) << by.body();
    // Another way in, by which it can go.
    ASSERT_TRUE(app.auth().set_password((*app.find_user(ann))->id, flows::password));
    flows::sign_in(by);
    by.get("/account").form("work/unlink").fill("user[current_password]", flows::password).submit();
    EXPECT_EQ(waiting(), 1);
  }
  std::int64_t waiting() {
    return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_provider_revocations"}, {});
  }
  void after(std::chrono::seconds time) {
    app.clock().advance(time);
    app.deliver();
  }
  std::size_t revoked() const { return asked("https://idp.example/revoke"); }
};
INSTANTIATE_TEST_SUITE_P(Databases, OidcRevocation, every_database(), name_of_database);

TEST_P(OidcRevocation, TellsTheProviderInTheBackgroundThatItWasDisconnected) {
  sign_in_and_unlink(browser);
  EXPECT_EQ(revoked(), 0U) << "nobody waits for it";
  after(11s);
  ASSERT_EQ(revoked(), 1U);
  const auto all = http.requests();
  const auto told = std::ranges::find(all, "https://idp.example/revoke", &http::OutgoingRequest::url);
  EXPECT_EQ(told->body, "token=an-access-token&token_type_hint=access_token");
  EXPECT_TRUE(told->headers.single("Authorization").value_or("").starts_with("Basic "));
  EXPECT_EQ(waiting(), 0);
  after(11s);
  EXPECT_EQ(revoked(), 1U);
}

TEST_P(OidcRevocation, TellsItWhenTheAccountIsClosed) {
  sign_in(browser);
  browser.get("/account").form("/auth/user/account").submit();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(waiting(), 1);
  after(11s);
  EXPECT_EQ(revoked(), 1U);
  EXPECT_EQ(waiting(), 0);
}

TEST_P(OidcRevocation, TriesThreeTimesWhileTheProviderCannotHear) {
  answers(503);
  sign_in_and_unlink(browser);
  for (int i = 0; i < 5; ++i) after(31min);
  EXPECT_EQ(revoked(), 3U);
  EXPECT_EQ(waiting(), 0);
}

TEST(OidcOptions, OfAssuranceAreCheckedAtTheStart) {
  try {
    const testing::TestApp app{
        {.strategies = {rowan::oidc({.issuer = std::string(issuer),
                                     .client = {.id = "notes", .secret = oauth2::for_tests::secret()},
                                     .request = {.parameters = {{"acr_values", "gold"}}},
                                     .assurance = {.require_acr = {"0"}, .trust_amr = {"two words"}}})}}};
    FAIL() << "it started";
  } catch (const ConfigError& error) {
    for (const auto* problem : {"require_acr has \"0\"", "trust_amr has at most", "may not have acr_values"})
      EXPECT_THAT(error.what(), ::testing::HasSubstr(problem));
  }
}

TEST(OidcOptions, AreCheckedAtTheStart) {
  try {
    const testing::TestApp app{{.strategies = {rowan::oidc({.issuer = "http://idp.example"})}}};
    FAIL() << "it started";
  } catch (const ConfigError& error) {
    EXPECT_THAT(error.what(), ::testing::HasSubstr("issuer"));
    EXPECT_THAT(error.what(), ::testing::HasSubstr("client_id"));
  }
}

}  // namespace
}  // namespace rowan::strategies::oidc
