// A native app signs in with the ID token that the provider gave it, for a nonce of ours.
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/strategies/oauth2/provider_flow_for_tests.hpp>
#include <rowan/strategies/oidc/oidc.hpp>
#include <thread>

namespace rowan::strategies::oidc {
namespace {

using namespace flows;
using namespace std::chrono_literals;
using crypto::jose::Algorithm;
using crypto::jose::for_tests::key_of;
using testing::FakeHttpClient;

constexpr std::string_view idp = "https://idp.example";

class NativeSignIn : public ::testing::TestWithParam<std::string> {
 protected:
  NativeSignIn() {
    http.on(http::Method::get, "https://idp.example/.well-known/openid-configuration",
            FakeHttpClient::json({{"issuer", idp},
                                  {"authorization_endpoint", "https://idp.example/authorize"},
                                  {"token_endpoint", "https://idp.example/token"},
                                  {"jwks_uri", "https://idp.example/keys"},
                                  {"id_token_signing_alg_values_supported", std::vector<std::string>{"ES256"}}}));
    http.on(
        http::Method::get, "https://idp.example/keys",
        {.status = 200, .body = crypto::jose::for_tests::set_of({key_of("P-256").public_jwk("a", Algorithm::es256)})});
  }
  struct Asked {
    std::string nonce{}, flow{};
  };
  Asked ask(Browser& program) {
    program.json("POST", "/api/auth/user/work/nonce", Json({}));
    EXPECT_EQ(program.status(), 200) << program.body();
    const auto answer = Json::parse(program.body()).value();
    return {.nonce = std::string(answer.find("nonce")->as_text().value()),
            .flow = std::string(answer.find("flow")->as_text().value())};
  }
  std::string token_for(const std::string& nonce, const std::string& audience = "notes-ios") {
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(app.clock().now().time_since_epoch()).count();
    const Json claims{{"iss", idp},       {"sub", "person-1"}, {"aud", audience}, {"iat", now},
                      {"exp", now + 300}, {"nonce", nonce},    {"email", ann},    {"email_verified", true}};
    return sign_jws(key_of("P-256"), {.algorithm = Algorithm::es256, .key_id = "a"}, claims.text()).value();
  }
  Browser& send(Browser& program, const std::string& token, const std::string& flow) {
    return program.json("POST", "/api/auth/user/work/id_token", {{"id_token", token}, {"flow", flow}});
  }
  std::int64_t accounts() { return testing::number_in(app.database(), Sql{"SELECT COUNT(*) FROM rowan_accounts"}, {}); }

  FakeHttpClient http{};
  std::string reason{};  // of the last failure
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::oidc({.name = "work",
                                                    .issuer = std::string(idp),
                                                    .client = {.id = "notes", .secret = oauth2::for_tests::secret()},
                                                    .native_client_ids = {"notes-ios", "notes-android"}}),
                                       rowan::oidc({.name = "home",
                                                    .issuer = std::string(idp),
                                                    .client = {.id = "notes", .secret = oauth2::for_tests::secret()}})},
                        .adjust = [this](AuthOptions& auth) {
                          auth.http_client = &http;
                          auth.hooks.on_failure = [this](const Services&, const AuthEvent& event) -> Result<> {
                            reason = event.reason;
                            return {};
                          };
                        }}};
  Browser program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, NativeSignIn, every_database(), name_of_database);

TEST_P(NativeSignIn, TakesATokenOfOneOfItsAppsForItsNonce) {
  for (const auto* audience : {"notes-ios", "notes-android"}) {
    auto phone = app.browser();
    const auto accounts_before = accounts();
    const auto asked = ask(phone);
    send(phone, token_for(asked.nonce, audience), asked.flow);
    EXPECT_EQ(phone.status(), accounts_before == 0 ? 201 : 200) << phone.body();
    const auto bearer = Json::parse(phone.body())->find("authentication")->find("bearer");
    ASSERT_TRUE(bearer) << phone.body();
    EXPECT_EQ(
        app.browser().with_header("Authorization", "Bearer " + std::string(*bearer->as_text())).get("/me").status(),
        200);
  }
  EXPECT_EQ(accounts(), 1);
}

TEST_P(NativeSignIn, TakesATokenOnceWhateverComesOfIt) {
  const auto asked = ask(program);
  const auto token = token_for(asked.nonce);
  std::atomic<int> in = 0, refused = 0;
  {
    std::vector<std::jthread> at_once;
    for (int i = 0; i < 20; ++i)
      at_once.emplace_back([&] {
        auto one = app.browser();
        const auto status = send(one, token, asked.flow).status();
        EXPECT_TRUE(status == 201 || status == 401) << one.body();
        ++(status == 201 ? in : refused);
      });
  }
  EXPECT_EQ(in, 1);
  EXPECT_EQ(refused, 19);
  const auto spoiled = ask(program);
  EXPECT_EQ(send(program, "nonsense", spoiled.flow).status(), 400) << program.body();
  EXPECT_EQ(send(program, token_for(spoiled.nonce), spoiled.flow).status(), 401);
  EXPECT_THAT(reason, ::testing::HasSubstr("was used already"));
}

TEST_P(NativeSignIn, RefusesATokenForAnotherNonceAnotherAppOrTooLate) {
  const auto refuse = [&](const std::string& token, const std::string& flow, const char* why) {
    EXPECT_EQ(send(program, token, flow).status(), 401) << why << program.body();
    EXPECT_THAT(reason, ::testing::HasSubstr(why));
  };
  const auto other = ask(program);
  auto asked = ask(program);
  refuse(token_for(other.nonce), asked.flow, "nonce");
  // The web client's own tokens come by the code flow; only who is listed may bring one.
  asked = ask(program);
  refuse(token_for(asked.nonce, "notes"), asked.flow, "audience");
  asked = ask(program);
  const auto token = token_for(asked.nonce);
  app.clock().advance(11min);
  refuse(token, asked.flow, "was used already, or has expired");
  refuse(token, "made-up", "was used already, or has expired");
  EXPECT_EQ(accounts(), 0);
}

TEST_P(NativeSignIn, DoesNotTakeTheFlowOfABrowser) {
  auto browser = app.browser();
  browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/work");
  const auto state = oauth2::for_tests::parameter_of(browser.header("Location").value_or(""), "state");
  send(program, token_for(oauth2::for_tests::parameter_of(browser.header("Location").value_or(""), "nonce")), state);
  EXPECT_EQ(program.status(), 401);
  const auto asked = ask(program);
  browser.with_header("Sec-Fetch-Site", "cross-site").get("/auth/user/work/callback?code=a-code&state=" + asked.flow);
  EXPECT_EQ(browser.status(), 401);
}

TEST_P(NativeSignIn, IsOnlyWhereAppsAreListed) {
  program.json("POST", "/api/auth/user/home/nonce", Json({}));
  EXPECT_EQ(program.status(), 404);
  program.json("POST", "/auth/user/work/nonce", Json({}));
  EXPECT_EQ(program.status(), 404) << "browsers go by the code flow";
}

}  // namespace
}  // namespace rowan::strategies::oidc
