// Signing in with a passkey and nothing else.
#include <barrier>
#include <rowan/strategies/webauthn/passkey_flows_fixture.hpp>
#include <thread>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;

class PasskeySignIn : public PasskeyFlows {
 protected:
  explicit PasskeySignIn(Setting setting = {}) : PasskeyFlows(std::move(setting)) {
    auto browser = app.browser();
    register_program(browser, device);
    if (browser.status() != 201) throw std::runtime_error(browser.body());
  }
  VirtualAuthenticator device{device_options()};
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeySignIn, every_database(), name_of_database);

TEST_P(PasskeySignIn, GoesWhereItWasAskedFor) {
  auto browser = app.browser();
  browser.get("/private");
  browser.form("webauthn/authentication_challenge").submit();
  answer(browser, "webauthn/sign_in", device.get(options_on(browser)));
  EXPECT_EQ(browser.location(), "/private") << browser.body();
}

TEST_P(PasskeySignIn, AnswersAScriptWithTheOptionsAndThePageKeepsItsFlow) {
  auto browser = app.browser();
  auto form = browser.get("/sign-in?prompt=login").form("webauthn/authentication_challenge");
  browser.with_header("Accept", "application/json");
  form.submit();
  EXPECT_EQ(browser.response().content_type, "application/json; charset=utf-8");
  EXPECT_EQ(browser.header("Cache-Control"), "no-store");
  EXPECT_THAT(browser.body(), Not(HasSubstr("\"options\"")));
  const auto credential = device.get(browser.body());
  auto sending = browser.get("/sign-in?prompt=login").form("webauthn/authentication_challenge");
  browser.post("/auth/user/webauthn/sign_in",
               {{"_csrf_token", sending.value("_csrf_token")}, {"user[credential]", credential}});
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
}

TEST_P(PasskeySignIn, TheOptionsSayNothingOfAccounts) {  // WA-16, THR-06
  auto program = app.browser();
  const auto shape = [&](const Json& fields) {
    auto options = *Json::parse(ask(program, "authentication_challenge", fields));
    EXPECT_EQ(options.find("allowCredentials")->items().size(), 0U);
    std::vector<std::pair<std::string, Json>> rest;
    for (const auto& field : options.fields())
      if (field.first != "challenge" && field.first != "flow") rest.push_back(field);
    return Json::object(rest).text();
  };
  const auto without = shape(Json({}));
  EXPECT_EQ(shape({{"email", ann}}), without);
  EXPECT_EQ(shape({{"email", "nobody@notes.example"}}), without);
}

TEST_P(PasskeySignIn, AnAddressThatIsNamedHasToBeTheOwners) {
  auto program = app.browser();
  const auto as = [&](std::string_view email) {
    const auto options = ask(program, "authentication_challenge", {{"email", email}});
    return send(program, "sign_in", device.get(options), flow_of(options)).status();
  };
  EXPECT_EQ(as("Ann@notes.example"), 200) << program.body();
  EXPECT_EQ(as("bob@notes.example"), 401);
}

TEST_P(PasskeySignIn, IsBoundToItsBrowserItsCeremonyAndItsTime) {  // WA-01
  auto program = app.browser(), other = app.browser();
  const auto options = ask(program, "authentication_challenge"), foreign = ask(other, "authentication_challenge");
  EXPECT_EQ(send(program, "sign_in", device.get(options), flow_of(foreign)).status(), 401) << "another's flow";
  EXPECT_EQ(send(program, "sign_in", device.get(options), flow_of(options)).status(), 200) << program.body();
  const auto registering = ask(program, "registration_challenge", {{"email", "bob@notes.example"}});
  const auto challenge = text_at(*Json::parse(registering), {"challenge"});
  EXPECT_EQ(send(program, "sign_in", device.get(ask(other, "authentication_challenge"), {.challenge = challenge}),
                 flow_of(registering))
                .status(),
            401)
      << "a challenge of another ceremony";
  auto browser = app.browser();
  browser.get("/sign-in?prompt=login").form("webauthn/authentication_challenge").submit();
  const auto on_page = options_on(browser);
  auto thief = app.browser();
  thief.get("/sign-in?prompt=login").form("webauthn/authentication_challenge").submit();
  answer(thief, "webauthn/sign_in", device.get(on_page));
  EXPECT_FALSE(is_signed_in(thief)) << "a challenge of another browser";
}

TEST_P(PasskeySignIn, AChallengeLivesFiveMinutes) {  // WA-01
  auto program = app.browser();
  for (const auto& [after, status] : {std::pair(5min - 1us, 200), std::pair(std::chrono::microseconds(5min), 401)}) {
    const auto options = ask(program, "authentication_challenge");
    app.clock().advance(after);
    EXPECT_EQ(send(program, "sign_in", device.get(options), flow_of(options)).status(), status);
  }
}

TEST_P(PasskeySignIn, AWrongAnswerUsesTheChallengeUp) {
  auto program = app.browser();
  const auto options = ask(program, "authentication_challenge");
  EXPECT_EQ(send(program, "sign_in", device.get(options, {.garbled_signature = true}), flow_of(options)).status(), 401);
  EXPECT_EQ(send(program, "sign_in", device.get(options), flow_of(options)).status(), 401);
  EXPECT_EQ(challenges(), 0);
}

TEST_P(PasskeySignIn, SeveralTabsEachHaveTheirChallenge) {
  auto browser = app.browser();
  std::vector<std::string> options;
  for (int tab = 0; tab < 3; ++tab) {
    browser.get("/sign-in?prompt=login").form("webauthn/authentication_challenge").submit();
    options.push_back(options_on(browser));
  }
  answer(browser, "webauthn/sign_in", device.get(options.front()));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
}

TEST_P(PasskeySignIn, ADisabledAccountIsRefusedAsEveryLie) {
  const auto user = app.find_user(ann);
  ASSERT_TRUE(app.auth().disable((*user)->id));
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, device).status(), 401);
  EXPECT_EQ(text_at(program.answer(), {"authentication", "reason"}), "authentication_failed");
}

TEST_P(PasskeySignIn, WantsItsUserVerified) {  // WA-07, WA-20
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, device, {.clear_flags = 4}).status(), 401);
  EXPECT_EQ(log.count(LogLevel::info, "7.2 step 17"), 1U);
}

TEST_P(PasskeySignIn, ACounterThatDoesNotRiseIsRefusedAndLogged) {  // WA-13
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, device).status(), 200) << program.body();
  EXPECT_EQ(sign_in_program(program, device, {.sign_count = 1}).status(), 401);
  EXPECT_EQ(log.count(LogLevel::warning, "sign_count_not_risen"), 1U);
  EXPECT_EQ(sign_in_program(program, device).status(), 200) << "the owner's goes on: " << program.body();
}

TEST_P(PasskeySignIn, AnAuthenticatorWithoutACounterSignsInAgainAndAgain) {
  VirtualAuthenticator synced(
      {.origin = "https://rowan.example", .backup_eligible = true, .backed_up = true, .counter_step = 0});
  auto program = app.browser();
  register_program(program, synced, "bob@notes.example");
  for (int i = 0; i < 3; ++i) EXPECT_EQ(sign_in_program(program, synced).status(), 200) << program.body();
  synced.options().backed_up = false;
  EXPECT_EQ(sign_in_program(program, synced).status(), 200) << program.body();
  EXPECT_EQ(number(Sql("SELECT backed_up FROM rowan_webauthn_credentials WHERE backup_eligible = 1")), 0);  // WA-08
}

TEST_P(PasskeySignIn, EveryAlgorithmWorks) {
  int i = 0;
  for (const auto algorithm : {VirtualAuthenticator::Algorithm::es384, VirtualAuthenticator::Algorithm::eddsa,
                               VirtualAuthenticator::Algorithm::rs256}) {
    VirtualAuthenticator other({.origin = "https://rowan.example", .algorithm = algorithm});
    auto program = app.browser();
    register_program(program, other, std::to_string(++i) + "@notes.example");
    EXPECT_EQ(program.status(), 201) << program.body();
    EXPECT_EQ(sign_in_program(program, other).status(), 200) << program.body();
  }
}

class FewChallenges : public PasskeySignIn {
 protected:
  FewChallenges() : PasskeySignIn({.options = {.challenges_per_client = 5, .attempts_per_client = 2}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, FewChallenges, every_database(), name_of_database);

TEST_P(FewChallenges, LimitOneClient) {  // THR-03
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, device).status(), 200) << "the second challenge: registering took one";
  EXPECT_EQ(sign_in_program(program, device).status(), 200);
  EXPECT_EQ(sign_in_program(program, device).status(), 429);
  EXPECT_TRUE(program.header("Retry-After"));
  ask(program, "authentication_challenge");
  EXPECT_EQ(call(program, "authentication_challenge", Json({})).status(), 429);
}

TEST_P(PasskeySignIn, OldChallengesAreSwept) {
  auto program = app.browser();
  ask(program, "authentication_challenge");
  app.clock().advance(2h);
  app.deliver();
  EXPECT_EQ(challenges(), 0);
}

class PasskeyCounterLogged : public PasskeySignIn {
 protected:
  PasskeyCounterLogged() : PasskeySignIn({.options = {.sign_count = WebauthnOptions::SignCount::log}}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyCounterLogged, every_database(), name_of_database);

TEST_P(PasskeyCounterLogged, SignsInAndTheCounterNeverGoesBack) {
  auto program = app.browser();
  EXPECT_EQ(sign_in_program(program, device).status(), 200);
  const auto before = number(Sql("SELECT sign_count FROM rowan_webauthn_credentials"));
  EXPECT_EQ(sign_in_program(program, device, {.sign_count = 1}).status(), 200) << program.body();
  EXPECT_EQ(log.count(LogLevel::warning, "sign_count_not_risen"), 1U);
  EXPECT_EQ(number(Sql("SELECT sign_count FROM rowan_webauthn_credentials")), before);
}

/// Without limits, so that every request of a burst gets to look.
class PasskeyBurst : public PasskeySignIn {
 protected:
  PasskeyBurst() : PasskeySignIn({.limited = false}) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, PasskeyBurst, every_database(), name_of_database);

TEST_P(PasskeyBurst, OneAssertionSignsInOnceWhenAHundredSendIt) {  // WA-01, CON-03
  auto asking = app.browser();
  const auto options = ask(asking, "authentication_challenge");
  const auto credential = device.get(options);
  const auto before = number(Sql("SELECT COUNT(*) FROM rowan_tokens"));
  AnotherNode node(app, {.strategies = strategies({}), .limited = false});
  constexpr std::size_t crowd = 100;
  std::vector<int> statuses(crowd);
  std::barrier start(static_cast<std::ptrdiff_t>(crowd));
  {
    std::vector<std::jthread> programs;
    for (std::size_t i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = i % 2 == 0 ? app.browser() : node.browser();
        start.arrive_and_wait();
        statuses[i] = send(program, "sign_in", credential, flow_of(options)).status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(std::ranges::count(statuses, 401), static_cast<std::ptrdiff_t>(crowd) - 1);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_tokens")), before + 1);
}

}  // namespace
}  // namespace rowan::flows
