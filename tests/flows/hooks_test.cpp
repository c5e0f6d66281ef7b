// What an application hangs into the engine: when each hook runs, in which transaction, and what a failure does.
#include <rowan/base/try.hpp>
#include <rowan/testing/number_in.hpp>

#include "flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr Sql make_profiles{"CREATE TABLE profiles (account_id VARCHAR(36) PRIMARY KEY, email VARCHAR(320) NOT NULL)"};
constexpr Sql insert_profile{"INSERT INTO profiles (account_id, email) VALUES (CAST(:id AS VARCHAR(36)), :email)"};

std::string_view name_of(AuthEvent::Kind kind) {
  switch (kind) {
    case AuthEvent::Kind::registered: return "registered";
    case AuthEvent::Kind::signed_in: return "signed_in";
    case AuthEvent::Kind::pending: return "pending";
    case AuthEvent::Kind::done: return "done";
    case AuthEvent::Kind::failed: return "failed";
    case AuthEvent::Kind::signed_out: return "signed_out";
    case AuthEvent::Kind::administered: return "administered";
  }
  return "unknown";
}

class ApplicationHooks : public ::testing::TestWithParam<std::string> {
 protected:
  ApplicationHooks() {
    const auto made = app.database().transact([](Transaction& t) { return t.execute(make_profiles); });
    if (!made) throw std::runtime_error(made.error().reason);
  }
  Browser& call(std::string_view phase, const Json& body) {
    return program.json("POST", "/api/auth/user/password/" + std::string(phase), body);
  }
  std::int64_t count(const Sql& statement) { return testing::number_in(app.database(), statement); }
  std::int64_t profiles() { return count(Sql("SELECT count(*) FROM profiles")); }
  std::int64_t accounts() { return count(Sql("SELECT count(*) FROM rowan_accounts")); }
  std::int64_t tokens() { return count(Sql("SELECT count(*) FROM rowan_tokens")); }

  // Set by a test before it acts.
  std::function<Result<>()> registering, signing_in, signed_in, keeping;
  std::vector<std::string> factors{};
  std::vector<AuthEvent> failures{};
  std::vector<AuthEvent> events{};
  std::vector<std::string> order{};

  testing::TestApp app{{.database = GetParam(), .adjust = [this](AuthOptions& options) { options.hooks = hooks(); }}};
  Browser program = app.browser();

 private:
  Hooks hooks() {
    const auto asked = [](const std::function<Result<>()>& answer) { return answer ? answer() : Result<>(); };
    return {.on_register = [this, asked](Transaction& t, const Services&, const User& user,
                                         const AuthEvent& event) -> Result<> {
              order.emplace_back("on_register");
              EXPECT_TRUE(!event.code && event.registered);
              EXPECT_EQ(event.account, user.id);
              ROWAN_CHECK(t.execute(insert_profile, {{"id", user.id}, {"email", user.email}}));
              return asked(registering);
            },
            .before_sign_in =
                [this, asked](Transaction&, const Services&, const User&, const AuthEvent& event) {
                  order.push_back("before_sign_in " + event.strategy + "/" + event.phase);
                  return asked(signing_in);
                },
            .factors = [this](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
              return named(factors);
            },
            .on_event =
                [this, asked](Transaction&, const Services&, const AuthEvent& event) {
                  order.push_back("on_event " + std::string(name_of(event.kind)));
                  events.push_back(event);
                  if (keeping) return keeping();
                  return event.kind == AuthEvent::Kind::signed_in ? asked(signed_in) : Result<>();
                },
            .on_failure = [this](const Services&, const AuthEvent& event) -> Result<> {
              failures.push_back(event);
              return Error{.code = ErrorCode::internal, .reason = "nobody minds"};
            }};
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, ApplicationHooks, every_database(), name_of_database);

TEST_P(ApplicationHooks, RunInTheirOrderAndShareTheRegistrationsTransaction) {
  call("register", registration());
  EXPECT_EQ(program.status(), 201) << program.body();
  EXPECT_THAT(order, ElementsAre("on_register", "on_event registered", "before_sign_in password/register",
                                 "on_event signed_in"));
  EXPECT_EQ(
      count(Sql("SELECT count(*) FROM profiles p JOIN rowan_accounts a ON CAST(a.id AS VARCHAR(36)) = p.account_id")),
      1);
  order.clear();
  call("sign_in", credentials());
  EXPECT_EQ(program.status(), 200);
  EXPECT_THAT(order, ElementsAre("before_sign_in password/sign_in", "on_event signed_in"));
  EXPECT_THAT(failures, IsEmpty());
}

TEST_P(ApplicationHooks, ARegistrationThatTheApplicationRefusesLeavesNothing) {
  registering = [] {
    return Result<>(Error{.code = ErrorCode::invalid_input,
                          .reason = "no more seats",
                          .fields = {{.field = "email", .code = "invalid"}}});
  };
  call("register", registration());
  EXPECT_EQ(program.status(), 422);
  EXPECT_THAT(program.body(), HasSubstr(R"("field":"email","code":"invalid")"));
  EXPECT_EQ(accounts(), 0);
  EXPECT_EQ(profiles(), 0);
  EXPECT_EQ(tokens(), 0);
  registering = nullptr;
  call("register", registration());
  EXPECT_EQ(program.status(), 201) << "the address is still free";
}

TEST_P(ApplicationHooks, ASignInRefusedBeforeOrAfterIssuesNoToken) {
  call("register", registration());
  const auto before = tokens();
  signing_in = [] { return Result<>(Error{.code = ErrorCode::authentication_failed, .reason = "banned"}); };
  call("sign_in", credentials());
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(program.body(), R"({"authentication":{"status":"failed","reason":"authentication_failed"}})")
      << "the application's reason is for the log";
  signing_in = nullptr;
  signed_in = [] { return Result<>(Error{.code = ErrorCode::unavailable, .reason = "the ledger is away"}); };
  call("sign_in", credentials());
  EXPECT_EQ(program.status(), 503);
  EXPECT_TRUE(program.header("Retry-After"));
  EXPECT_EQ(tokens(), before);
}

TEST_P(ApplicationHooks, AFactorOfTheApplicationMakesTheSignInPending) {  // MFA-14, CON-01
  call("register", registration());
  const auto before = tokens();
  factors = {"badge"};
  call("sign_in", credentials());
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(text_at(program.answer(), {"authentication", "status"}), "pending");
  EXPECT_GE(text_at(program.answer(), {"authentication", "flow"}).size(), 22U);
  EXPECT_THAT(program.body(), HasSubstr(R"("factors":["badge"])"));
  EXPECT_EQ(tokens(), before) << "nothing is issued before the second factor";
  auto web = app.browser();
  sign_in(web);
  EXPECT_FALSE(is_signed_in(web));
}

TEST_P(ApplicationHooks, HearOfEverythingThatHappens) {
  const auto heard = [&](const std::function<void()>& act) {
    events.clear();
    act();
    std::vector<std::string> all;
    for (const auto& event : events)
      all.push_back(std::string(name_of(event.kind)) + " " + event.strategy + "/" + event.phase);
    return all;
  };
  EXPECT_THAT(heard([&] { call("register", registration()); }),
              ElementsAre("registered password/register", "signed_in password/register"));
  const auto id = events.at(1).account;
  const auto bearer = text_at(program.answer(), {"authentication", "bearer"});
  EXPECT_THAT(heard([&] { call("sign_in", credentials(ann, other_password)); }),
              ElementsAre("failed password/sign_in"));
  EXPECT_EQ(events.at(0).code, ErrorCode::authentication_failed);
  EXPECT_THAT(heard([&] { call("reset_request", {{"user", {{"email", ann}}}}); }),
              ElementsAre("done password/reset_request"));
  EXPECT_EQ(events.at(0).account, AccountId()) << "the same for every address";
  factors = {"badge"};
  EXPECT_THAT(heard([&] { call("sign_in", credentials()); }), ElementsAre("pending password/sign_in"));
  EXPECT_EQ(events.at(0).account, id);
  factors.clear();
  auto web = app.browser();
  sign_in(web);
  EXPECT_THAT(heard([&] { sign_out(web); }), ElementsAre("signed_out session/sign_out"));
  EXPECT_EQ(events.at(0).account, id);
  auto& auth = app.auth();
  EXPECT_THAT(heard([&] {
                EXPECT_TRUE(auth.revoke(bearer));
                EXPECT_TRUE(auth.confirm(id));
                EXPECT_TRUE(auth.confirm(id));  // so already: nothing happens
                EXPECT_TRUE(auth.set_password(id, other_password));
                EXPECT_TRUE(auth.disable(id));
                EXPECT_TRUE(auth.enable(id));
                EXPECT_TRUE(auth.update_extra(id, Json({{"plan", "pro"}})));
                EXPECT_TRUE(auth.revoke_all(id));
                EXPECT_TRUE(auth.close(id));
                EXPECT_TRUE(auth.close(id));
                EXPECT_TRUE(auth.erase(id));
                EXPECT_TRUE(auth.erase(id));
              }),
              ElementsAre("administered administration/revoke_token", "administered administration/confirm",
                          "administered administration/set_password", "administered administration/disable",
                          "administered administration/enable", "administered administration/update_extra",
                          "administered administration/revoke_all", "administered administration/close",
                          "administered administration/erase"));
  for (const auto& event : events) EXPECT_EQ(event.account, id) << event.phase;
}

TEST_P(ApplicationHooks, AnActWhoseEventCannotBeKeptIsNotDone) {
  call("register", registration());
  const auto id = events.back().account;
  keeping = [] { return Result<>(Error{.code = ErrorCode::unavailable, .reason = "the ledger is away"}); };
  auto& auth = app.auth();
  EXPECT_FALSE(auth.disable(id));
  EXPECT_FALSE(auth.set_password(id, other_password));
  EXPECT_FALSE(auth.close(id));
  EXPECT_FALSE(auth.erase(id));
  EXPECT_FALSE(auth.update_extra(id, Json({{"plan", "pro"}})));
  auto web = app.browser();
  web.get("/sign-in");
  keeping = nullptr;
  sign_in(web);
  ASSERT_TRUE(is_signed_in(web)) << "nothing was done";
  keeping = [] { return Result<>(Error{.code = ErrorCode::unavailable, .reason = "the ledger is away"}); };
  sign_out(web);
  EXPECT_EQ(web.status(), 503);
  EXPECT_TRUE(is_signed_in(web)) << "nothing says signed out that is not";
}

TEST_P(ApplicationHooks, AFailureIsAnsweredTheSameWhenItsEventCannotBeKept) {
  call("register", registration());
  keeping = [] { return Result<>(Error{.code = ErrorCode::unavailable, .reason = "the ledger is away"}); };
  call("sign_in", credentials(ann, other_password));
  EXPECT_EQ(program.status(), 401);
  call("reset_request", {{"user", {{"email", ann}}}});
  EXPECT_EQ(program.status(), 200);
}

TEST_P(ApplicationHooks, GetAFailureWithTheCodeThatWasAnswered) {  // LOG-01
  call("register", registration());
  call("sign_in", credentials(ann, other_password));
  call("register", registration("bob@notes.example", "short"));
  ASSERT_EQ(failures.size(), 2U);
  EXPECT_EQ(failures[0].code, ErrorCode::authentication_failed);
  EXPECT_EQ(failures[0].phase, "sign_in");
  EXPECT_TRUE(failures[0].code);
  EXPECT_FALSE(failures[0].reason.empty());
  EXPECT_EQ(failures[1].code, ErrorCode::invalid_input);
  EXPECT_EQ(program.status(), 422) << "a hook that fails then changes no answer";
}

}  // namespace
}  // namespace rowan::flows
