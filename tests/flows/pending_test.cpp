// A sign-in that waits for its second factor: a strategy of the application's own that asks for a word, by installed
// headers only.
#include <atomic>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/guesses.hpp>
#include <rowan/testing/number_in.hpp>
#include <thread>

#include "flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using namespace std::chrono_literals;

Result<Outcome> say_word(const PhaseContext& context) {
  if (context.inputs.text("word") != "friend")
    return Error{.code = ErrorCode::authentication_failed, .reason = "the wrong word"};
  const auto account = context.account();
  const bool renews = !context.pending;
  const auto generation = renews ? context.claims->numbers().account_generation : context.pending->generation;
  return Outcome(SignedIn{.method = "word",
                          .apply = [account, generation](Transaction&) -> Result<Applied> {
                            return Applied{.account = account, .generation = generation};
                          },
                          .second_factor_done = true,
                          .renews = renews});
}

// A phase that forgets to say whom it needs: what complete.cpp must not believe.
Result<Outcome> claim_to_be_second(const PhaseContext& context) {
  const auto account = AccountId::parse(context.inputs.text("account"));
  return Outcome(SignedIn{.method = "word",
                          .apply = [account = *account](Transaction&) -> Result<Applied> {
                            return Applied{.account = account, .generation = 1};
                          },
                          .second_factor_done = true});
}

Strategy word() {
  Strategy strategy{.name = "word"};
  const Input input{.name = "word", .kind = Input::Kind::token, .max_bytes = 16, .description = "The word"};
  const RateLimit limit{.name = "verify/account", .per = RateLimit::Per::account, .max = 5, .window = 5min};
  const RateLimit any{.name = "verify/client", .max = 100, .window = 5min};
  strategy.phases = {{.name = "verify",
                      .path = "/verify",
                      .inputs = {input},
                      .limits = {any, limit},
                      .who = Who::pending,
                      .page = "word/verify.html",
                      .failed = "That is not the word.",
                      .run = say_word},
                     {.name = "renew",
                      .path = "/renew",
                      .inputs = {input},
                      .limits = {any},
                      .who = Who::session_or_pending,
                      .run = say_word},
                     {.name = "claim", .path = "/claim", .limits = {any}, .run = claim_to_be_second}};
  strategy.phases.back().inputs = {{.name = "account", .max_bytes = 64, .description = "Whose"}};
  strategy.pages = {{.with = Page::With::auth_routes,
                     .path = "/word",
                     .who = Who::pending,
                     .description = "Page: the word",
                     .template_name = "word/verify.html",
                     .phase = "verify",
                     .look = [](const PhaseContext& context, std::string_view) -> Result<Json> {
                       return Json({{"whose", context.account().text()}});
                     }}};
  strategy.templates = {{.name = "word/pages/verify.html",
                         .bytes = "<h1>Say the word</h1>\n{{whose}}\n[[form \"{{verify_action}}\"]]\n"
                                  "<input name=\"{{subject}}[word]\">\n"
                                  "<button class=\"button\" type=\"submit\">Say it</button>\n</form>\n"}};
  strategy.hooks.factors = [](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
    return named({"word"});
  };
  return strategy;
}

class ASignInThatWaits : public ::testing::TestWithParam<std::string> {
 protected:
  ASignInThatWaits() {
    const auto made = app.auth().create_user([] {
      NewUser user;
      user.email = ann;
      user.password = Secret::from_text(password);
      user.confirmed = true;
      return user;
    }());
    if (!made) throw std::runtime_error(made.error().reason);
    id = made->id;
  }
  std::string pending_flow(Browser& by) {
    by.json("POST", "/api/auth/user/password/sign_in", credentials());
    return text_at(by.answer(), {"authentication", "flow"});
  }
  Browser& say(Browser& by, std::string_view what, std::string_view flow, std::string_view phase = "verify") {
    return by.json("POST", "/api/auth/user/word/" + std::string(phase), {{"user", {{"word", what}}}, {"flow", flow}});
  }
  std::int64_t tokens() { return testing::number_in(app.database(), Sql("SELECT count(*) FROM rowan_tokens")); }

  std::vector<AuthEvent> events{};
  testing::TestApp app{
      {.database = GetParam(), .strategies = {rowan::password(), word()}, .adjust = [this](AuthOptions& auth) {
         auth.hooks.events = {AuthEvent::Kind::pending, AuthEvent::Kind::signed_in};
         auth.hooks.on_event = [this](Transaction&, const Services&, const AuthEvent& event) -> Result<> {
           events.push_back(event);
           return {};
         };
       }}};
  AccountId id{};
  Browser program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, ASignInThatWaits, every_database(), name_of_database);

TEST_P(ASignInThatWaits, IsFinishedByItsSecondFactorAsItBegan) {  // MFA-14
  const auto flow = pending_flow(program);
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(tokens(), 0);
  EXPECT_EQ(say(program, "foe", flow).status(), 401);
  EXPECT_EQ(tokens(), 0);
  EXPECT_EQ(say(program, "friend", flow).status(), 200) << program.body();
  EXPECT_EQ(tokens(), 1);
  const auto bearer = "Bearer " + text_at(program.answer(), {"authentication", "bearer"});
  const auto verdict = app.auth().decide({.cookie = {}, .authorization = bearer}, GuardKind::bearer);
  const auto& methods = std::get<GuardAccepted>(*verdict).claims.methods();
  EXPECT_EQ(to_json(methods).text(), R"(["password","word"])");
  ASSERT_EQ(events.size(), 2U);
  EXPECT_EQ(events[1].strategy + "/" + events[1].phase, "password/sign_in") << "the sign-in that it finishes";
  EXPECT_EQ(to_json(events[1].methods).text(), R"(["password","word"])");
}

TEST_P(ASignInThatWaits, IsFinishedOnce) {
  const auto flow = pending_flow(program);
  EXPECT_EQ(say(program, "friend", flow).status(), 200);
  EXPECT_EQ(say(program, "friend", flow).status(), 401);
  EXPECT_EQ(tokens(), 1);
}

TEST_P(ASignInThatWaits, IsFinishedOnceByOneOfManyAtOnce) {
  const auto flow = pending_flow(program);
  std::vector<std::jthread> threads;
  std::atomic<int> in = 0, refused = 0;
  for (int i = 0; i < 8; ++i)
    threads.emplace_back([&] {
      auto by = app.browser();
      const auto status = say(by, "friend", flow).status();
      if (status == 200) ++in;
      if (status == 401 || status == 429 || status == 503) ++refused;
    });
  threads.clear();
  EXPECT_EQ(in, 1);
  EXPECT_EQ(refused, 7);
  EXPECT_EQ(tokens(), 1);
}

TEST_P(ASignInThatWaits, IsNotFinishedWithoutAFirstFactor) {
  EXPECT_EQ(say(program, "friend", "").status(), 401);
  EXPECT_EQ(say(program, "friend", std::string(43, 'A')).status(), 401);
  program.json("POST", "/api/auth/user/word/claim", {{"user", {{"account", id.text()}}}});
  EXPECT_EQ(program.status(), 401) << "a second factor alone signs nobody in";
  EXPECT_EQ(tokens(), 0);
}

TEST_P(ASignInThatWaits, DiesAfterTenMinutesAndWithTheAccountsCredentials) {
  auto flow = pending_flow(program);
  app.clock().advance(10min);
  EXPECT_EQ(say(program, "friend", flow).status(), 401);
  flow = pending_flow(program);
  ASSERT_TRUE(app.auth().revoke_all(id));
  EXPECT_EQ(say(program, "friend", flow).status(), 401);
  flow = pending_flow(program);
  ASSERT_TRUE(app.auth().disable(id));
  EXPECT_EQ(say(program, "friend", flow).status(), 401);
  EXPECT_EQ(tokens(), 0);
}

TEST_P(ASignInThatWaits, HasOneCountOfGuessesOverAllItsFlows) {
  for (int i = 0; i < 5; ++i) EXPECT_EQ(say(program, "foe", pending_flow(program)).status(), 401) << i;
  EXPECT_EQ(say(program, "friend", pending_flow(program)).status(), 429);
}

// A mail is a first factor too. Who reads it guesses at the second with every new mail, and the guesses add up.
TEST_P(ASignInThatWaits, ANewFirstFactorDoesNotEndTheLockOfTheSecond) {
  static const GuessLimits limits{.name = "riddle/secret", .max = 3, .window = 1h, .consecutive = 3, .lock = 1h};
  Strategy riddle{.name = "riddle"};
  riddle.guesses = limits;
  riddle.hooks.factors = [](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
    return named({"riddle"});
  };
  riddle.phases = {
      {.name = "verify",
       .path = "/verify",
       .inputs = {{.name = "word", .kind = Input::Kind::token, .max_bytes = 16, .description = "The word"}},
       .limits = {{.name = "verify/client", .max = 100, .window = 5min}},
       .who = Who::pending,
       .run = [](const PhaseContext& context) -> Result<Outcome> {
         ROWAN_TRY(const auto guess, count_guess(context, limits, {.account = context.account()}));
         auto outcome = say_word(context);
         if (outcome) std::get<SignedIn>(*outcome).guess = guess;
         return outcome;
       }}};
  testing::TestApp with_riddle{
      {.database = GetParam(), .strategies = {rowan::password(), rowan::magic_link(), riddle}}};
  NewUser user;
  user.email = ann;
  user.confirmed = true;
  ASSERT_TRUE(with_riddle.auth().create_user(user));
  auto by = with_riddle.browser();
  const auto by_mail = [&] {
    by.json("POST", "/api/auth/user/magic_link/request", {{"user", {{"email", ann}}}});
    const auto path = with_riddle.mailed_path(ann);
    by.json("POST", "/api/auth/user/magic_link", {{"token", path.substr(path.rfind('/') + 1)}});
    return text_at(by.answer(), {"authentication", "flow"});
  };
  const auto guess = [&](std::string_view what) {
    const auto flow = by_mail();
    EXPECT_FALSE(flow.empty()) << by.body();
    return by.json("POST", "/api/auth/user/riddle/verify", {{"user", {{"word", what}}}, {"flow", flow}}).status();
  };
  for (int i = 0; i < 3; ++i) EXPECT_EQ(guess("foe"), 401) << i;
  EXPECT_NE(guess("friend"), 200) << "it is locked, whatever mail was answered meanwhile";
  with_riddle.clock().advance(61min);
  EXPECT_EQ(guess("friend"), 200) << by.body();
}

TEST_P(ASignInThatWaits, GoesOnInItsBrowserAndLeadsWhereItWasGoing) {
  auto browser = app.browser();
  browser.get("/word");
  EXPECT_EQ(browser.location(), "/sign-in?return_to=%2Fword") << "nothing waits yet";
  browser.get("/sign-in?return_to=%2Fhello");
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_FALSE(is_signed_in(browser));
  browser.get("/word");
  EXPECT_TRUE(browser.says("Say the word")) << browser.body();
  EXPECT_TRUE(browser.says(id.text()));
  browser.form("word/verify").fill("user[word]", "foe").submit();
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(browser.says("Say the word")) << "the form again";
  browser.form("word/verify").fill("user[word]", "friend").submit();
  EXPECT_EQ(browser.location(), "/hello") << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
  browser.get("/word");
  EXPECT_THAT(browser.location(), HasSubstr("/sign-in")) << "nothing waits any more";
  auto other = app.browser();
  other.get("/word");
  EXPECT_THAT(other.location(), HasSubstr("/sign-in"));
}

TEST_P(ASignInThatWaits, CanBeFinishedByACallOfTheApplication) {
  const auto first =
      app.auth().action({"password", "sign_in"}, {{"email", std::string(ann)}, {"password", std::string(password)}});
  ASSERT_TRUE(first) << first.error().reason;
  ASSERT_TRUE(first->pending_flow);
  EXPECT_THAT(first->factors, ElementsAre("word"));
  const auto alone = app.auth().action({"word", "verify"}, {{"word", "friend"}});
  ASSERT_FALSE(alone);
  EXPECT_EQ(alone.error().code, ErrorCode::authentication_failed);
  const auto second =
      app.auth().action(ActionCaller{.pending_flow = *first->pending_flow}, {"word", "verify"}, {{"word", "friend"}});
  ASSERT_TRUE(second) << second.error().reason;
  EXPECT_EQ(second->user->id, id);
  EXPECT_TRUE(second->token);
}

TEST_P(ASignInThatWaits, IsNotMistakenForASessionThatIsRenewed) {
  const auto flow = pending_flow(program);
  ASSERT_EQ(say(program, "friend", flow).status(), 200);
  const auto bearer = text_at(program.answer(), {"authentication", "bearer"});
  program.bearer(bearer);
  EXPECT_EQ(say(program, "friend", "", "renew").status(), 200) << "the session shows its second factor again";
  EXPECT_EQ(tokens(), 2);
  auto other = app.browser();
  EXPECT_EQ(say(other, "friend", pending_flow(other), "renew").status(), 200) << "either";
}

}  // namespace
}  // namespace rowan::flows
