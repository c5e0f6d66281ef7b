// The password room as programs meet it: the exact JSON of docs/http_contract.md#answers.
#include <rowan/engine/core.hpp>

#include <tests/flows/flow.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

class PasswordApi : public OnEveryDatabase {
 protected:
  Browser program = app.browser();
  Browser& call(std::string_view phase, const Json& body) {
    return program.json("POST", "/api/auth/user/password/" + std::string(phase), body);
  }
  std::string bearer_of(std::string_view phase, const Json& body) {
    return text_at(call(phase, body).answer(), {"authentication", "bearer"});
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, PasswordApi, every_database(), name_of_database);

std::string success_text(const Json& answer) {
  return R"({"authentication":{"status":"success","bearer":")" + text_at(answer, {"authentication", "bearer"}) +
         R"("},"user":{"id":")" + text_at(answer, {"user", "id"}) + R"(","email":"ann@notes.example"}})";
}

TEST_P(PasswordApi, RegistersWith201AndABearer) {  // AZ-03
  call("register", registration());
  EXPECT_EQ(program.status(), 201);
  EXPECT_EQ(program.response().content_type, "application/json; charset=utf-8");  // BRW-14
  EXPECT_EQ(program.body(), success_text(program.answer()));
  const auto bearer = text_at(program.answer(), {"authentication", "bearer"});
  ASSERT_FALSE(bearer.empty());
  EXPECT_TRUE(AccountId::parse(text_at(program.answer(), {"user", "id"})));
  program.bearer(bearer).json("GET", "/me");
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(text_at(program.answer(), {"user", "email"}), ann);
}

TEST_P(PasswordApi, SignsInWith200AndTheSameShape) {
  call("register", registration());
  call("sign_in", credentials());
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(program.body(), success_text(program.answer()));
}

TEST_P(PasswordApi, TakesFormsToo) {
  call("register", registration());
  auto fresh = app.browser();
  fresh.with_header("Origin", std::nullopt).with_header("Sec-Fetch-Site", std::nullopt);
  fresh.post("/api/auth/user/password/sign_in",
             {{"user[email]", std::string(ann)}, {"user[password]", std::string(password)}});
  EXPECT_EQ(fresh.status(), 200);
  EXPECT_THAT(fresh.body(), StartsWith(R"({"authentication":{"status":"success","bearer":")"));
}

TEST_P(PasswordApi, AnswersTheSameForUnknownAddressAndWrongPassword) {  // THR-06
  call("register", registration());
  const std::string failed = R"({"authentication":{"status":"failed","reason":"authentication_failed"}})";
  call("sign_in", credentials(ann, other_password));
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.body(), failed);
  const auto headers = program.response().headers.all().size();
  call("sign_in", credentials("bob@notes.example", other_password));
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.body(), failed);
  EXPECT_EQ(program.response().headers.all().size(), headers);
}

TEST_P(PasswordApi, NamesEveryWrongField) {
  call("register", {{"user", {{"email", "nobody"}}}});
  EXPECT_EQ(program.status(), 422);
  EXPECT_EQ(program.body(),
            R"({"authentication":{"status":"failed","reason":"invalid_input"},"errors":[)"
            R"({"field":"email","code":"invalid","message":"Enter an email address like name@example.com."},)"
            R"({"field":"password","code":"required","message":"Enter your password."},)"
            R"({"field":"password_confirmation","code":"required","message":"Enter the password again."}]})");
  call("register", registration());
  call("register", registration());
  EXPECT_EQ(program.status(), 422);
  EXPECT_EQ(program.body(),
            R"({"authentication":{"status":"failed","reason":"invalid_input"},"errors":[)"
            R"({"field":"email","code":"taken","message":"There's already an account with this email address."}]})");
}

TEST_P(PasswordApi, AnswersEveryResetRequestTheSame) {  // THR-06
  call("register", registration());
  for (const auto email : {ann, std::string_view("bob@notes.example")}) {
    call("reset_request", {{"user", {{"email", email}}}});
    EXPECT_EQ(program.status(), 200);
    EXPECT_EQ(program.body(), R"({"authentication":{"status":"success"}})");
  }
}

TEST_P(PasswordApi, ResetsWithTheMailedToken) {
  const auto old_bearer = bearer_of("register", registration());
  call("reset_request", {{"user", {{"email", ann}}}});
  const auto path = app.mailed_path(ann);
  const auto token = path.substr(path.rfind('/') + 1);
  const Json body{
      {"user", {{"reset_token", token}, {"password", other_password}, {"password_confirmation", other_password}}}};
  call("reset", body);
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(program.body(), success_text(program.answer()));
  EXPECT_EQ(call("reset", body).status(), 401);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})");
  EXPECT_EQ(program.bearer(old_bearer).json("GET", "/me").status(), 401);
}

TEST_P(PasswordApi, SignsOutAndRevokesTheBearer) {  // SES-06, TOK-09, RS-02
  program.bearer(bearer_of("register", registration()));
  EXPECT_EQ(program.json("GET", "/me").status(), 200);
  program.json("POST", "/api/auth/sign_out", Json({}));
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(program.body(), R"({"status":"ok"})");
  program.json("GET", "/me");
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.header("WWW-Authenticate"), "Bearer error=\"invalid_token\"");
}

TEST_P(PasswordApi, SignsOutWithoutABody) {
  for (const auto* method : {"POST", "DELETE"}) {
    program.bearer(bearer_of("sign_in", credentials()));
    if (program.status() == 401) program.bearer(bearer_of("register", registration()));
    program.json(method, "/api/auth/sign_out");
    EXPECT_EQ(program.status(), 200) << method;
    EXPECT_EQ(program.body(), R"({"status":"ok"})") << method;
    EXPECT_EQ(program.json("GET", "/me").status(), 401) << method;
  }
}

TEST_P(PasswordApi, ChangesForTheBearerAndEndsTheOldOne) {
  const auto old_bearer = bearer_of("register", registration());
  const Json body{
      {"user",
       {{"current_password", password}, {"password", other_password}, {"password_confirmation", other_password}}}};
  EXPECT_EQ(call("change", body).status(), 401);  // nobody
  program.bearer(old_bearer);
  const auto new_bearer = bearer_of("change", body);
  EXPECT_EQ(program.status(), 200);
  EXPECT_EQ(program.json("GET", "/me").status(), 401);
  EXPECT_EQ(program.bearer(new_bearer).json("GET", "/me").status(), 200);
}

TEST_P(PasswordApi, TakesAndSetsNoCookie) {
  auto browser = app.browser();
  register_in(browser);
  browser.post("/api/auth/user/password/change", {{"user[current_password]", std::string(password)}});
  EXPECT_EQ(browser.status(), 401);
  EXPECT_TRUE(is_signed_in(browser));
  call("sign_in", credentials());
  EXPECT_EQ(program.response().headers.count("Set-Cookie"), 0U);
}

TEST_P(PasswordApi, ExchangesASignInTokenOnceWithinAMinute) {
  call("register", registration());
  const auto header = "Bearer " + text_at(program.answer(), {"authentication", "bearer"});
  const auto verdict = app.auth().decide({.cookie = {}, .authorization = header}, GuardKind::bearer);
  ASSERT_TRUE(verdict && std::holds_alternative<GuardAccepted>(*verdict));
  const auto claims = std::get<GuardAccepted>(*verdict).claims;
  const auto issue = [&] {
    return *app.database().transact([&](Transaction& transaction) {
      return strategies::password::issue_sign_in_token(app.auth().services(), transaction, claims);
    });
  };
  const auto token = issue();
  EXPECT_EQ(call("sign_in_with_token", {{"token", token}}).status(), 200);
  EXPECT_EQ(program.body(), success_text(program.answer()));
  EXPECT_EQ(call("sign_in_with_token", {{"token", token}}).status(), 401);
  const auto late = issue();
  app.clock().advance(std::chrono::seconds(60));
  EXPECT_EQ(call("sign_in_with_token", {{"token", late}}).status(), 401);
  const auto nested = issue();
  EXPECT_EQ(call("sign_in_with_token", {{"user", {{"token", nested}}}}).status(), 200);
  EXPECT_EQ(program.bearer(issue()).json("GET", "/me").status(), 401);  // another purpose
}

TEST_P(PasswordApi, LimitsAttemptsAtOneAccountAndSaysWhenToComeBack) {  // THR-01, THR-03
  call("register", registration());
  for (int i = 0; i < 10; ++i) {
    EXPECT_EQ(call("sign_in", credentials(i % 2 == 0 ? "ANN@notes.example" : ann, other_password)).status(), 401) << i;
  }
  call("sign_in", credentials());
  EXPECT_EQ(program.status(), 429);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"rate_limited"}})");
  EXPECT_THAT(program.header("Retry-After").value_or("none"), ::testing::MatchesRegex("[1-9][0-9]*"));
  app.clock().advance(std::chrono::minutes(6));
  EXPECT_EQ(call("sign_in", credentials()).status(), 200);
}

TEST_P(PasswordApi, LimitsOneClientOverAllAccounts) {  // THR-01, THR-14
  for (int i = 0; i < 30; ++i) call("sign_in", credentials("u" + std::to_string(i) + "@notes.example"));
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(call("sign_in", credentials("u31@notes.example")).status(), 429);
  program.client("127.0.0.2");
  EXPECT_EQ(call("sign_in", credentials("u31@notes.example")).status(), 401);
}

TEST_P(PasswordApi, RightPasswordsDoNotUseUpTheAttempts) {
  call("register", registration());
  for (int i = 0; i < 12; ++i) EXPECT_EQ(call("sign_in", credentials()).status(), 200) << i;
}

TEST_P(PasswordApi, UnknownRoutesAndMethodsAnswerInJson) {  // BRW-16
  program.json("POST", "/api/auth/user/password/nothing", Json({}));
  EXPECT_EQ(program.status(), 404);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"not_found"}})");
  program.json("GET", "/api/auth/user/password/sign_in");
  EXPECT_EQ(program.status(), 405);
  EXPECT_EQ(program.header("Allow"), "POST");
}

}  // namespace
}  // namespace rowan::flows
