// The totp room, by its pages and by its programs.
#include <barrier>
#include <rowan/testing/number_in.hpp>
#include <rowan/testing/totp_code.hpp>
#include <thread>

#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::Not;
using testing::totp_code;

constexpr std::string_view tests_secret = "a secret of tests: 0123456789abcdef";  // the TestApp's
constexpr std::string_view newer_secret = "a newer secret of tests: 0123456789ab";

std::vector<Strategy> rooms_with(TotpOptions options) {
  return {rowan::password(), rowan::magic_link(), rowan::otp(), rowan::totp(std::move(options))};
}

/// A program that starts again, or a second node: another Auth over the same database.
class Node {
 public:
  Node(testing::TestApp& app, std::vector<Secret> newest_first, bool limited = true)
      : mailer_(open_mailer("mailbox")),
        hasher_(make_argon2id_hasher({.memory_kib = 8, .passes = 1}, app.random())),
        auth_({.base_url = "https://rowan.example",
               .database = app.database(),
               .mailer = *mailer_,
               .secret = Secrets(std::move(newest_first)),
               .strategies = rooms_with({}),
               .limits_enabled = limited,
               .clock = &app.clock(),
               .random = &app.random(),
               .hasher = hasher_.get()}) {
    site_.mount(routes(auth_)
                    .auth_routes(web_)
                    .auth_routes(api_, {.path = "/api/auth"})
                    .sign_in_route()
                    .sign_out_route(web_)
                    .account_routes());
    site_.get("/me",
              session_or_bearer(auth_, [](Conn& conn, const User& user) { return conn.json({{"user", user}}); }));
  }
  /// With the cookies of a browser of before.
  Browser browser(Browser& before) {
    Browser browser(site_, "https://rowan.example");
    browser.cookies() = before.cookies();
    return browser;
  }
  Browser browser() { return Browser(site_, "https://rowan.example"); }

 private:
  std::unique_ptr<Mailer> mailer_;
  std::unique_ptr<PasswordHasher> hasher_;
  Auth auth_;
  Controller web_{};
  ApiController api_{};
  Site site_{};
};

std::vector<Secret> secrets(std::initializer_list<std::string_view> newest_first) {
  std::vector<Secret> all;
  for (const auto text : newest_first) all.push_back(Secret::from_text(text));
  return all;
}

/// The key on the page of a set-up.
std::string key_on(const Browser& browser) {
  const std::string begin = "<code class=\"key\">";
  const auto at = browser.body().find(begin);
  EXPECT_NE(at, std::string::npos) << browser.body();
  if (at == std::string::npos) return {};
  const auto from = at + begin.size();
  return browser.body().substr(from, browser.body().find('<', from) - from);
}

class Totp : public ::testing::TestWithParam<std::string> {
 protected:
  explicit Totp(bool limited = true)
      : app{{.database = GetParam(), .strategies = rooms_with({}), .adjust = [limited](AuthOptions& options) {
               options.limits_enabled = limited;
             }}} {
    NewUser user;
    user.email = ann;
    user.password = Secret::from_text(password);
    user.confirmed = true;
    const auto made = app.auth().create_user(user);
    if (!made) throw std::runtime_error(made.error().reason);
    id = made->id;
    flows::sign_in(owner);
  }

  std::string code(std::string_view secret) { return totp_code(secret, app.clock()); }
  void next_code() { app.clock().advance(30s); }
  /// Any code but the right ones of now and the step before.
  std::string wrong(std::string_view secret) {
    const auto now = code(secret);
    const auto before = totp_code(secret, testing::FakeClock(app.clock().now() - 30s));
    for (const auto* other : {"000000", "111111", "222222"})
      if (other != now && other != before) return other;
    return "333333";
  }
  Browser& begin_setup(Browser& browser, std::string_view with = password) {
    return browser.get("/account").form("totp/setup").fill("user[current_password]", with).submit();
  }
  Browser& confirm_setup(Browser& browser, std::string_view typed, std::string_view label = "") {
    return browser.form("totp/confirm_setup").fill("user[code]", typed).fill("user[label]", label).submit();
  }
  /// Sets one up in this browser; its first code is used by that.
  std::string set_up(Browser& browser, std::string_view label = "") {
    begin_setup(browser);
    auto secret = key_on(browser);
    confirm_setup(browser, code(secret), label);
    EXPECT_EQ(browser.status(), 200) << browser.body();
    return secret;
  }
  Browser& enter(Browser& browser, std::string_view typed) {
    return browser.get("/totp-verify").form("totp/verify").fill("user[code]", typed).submit();
  }
  std::string pending_flow(Browser& program) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    EXPECT_EQ(program.status(), 401) << program.body();
    return text_at(program.answer(), {"authentication", "flow"});
  }
  Browser& send(Browser& program, std::string_view phase, std::string_view typed, std::string_view flow) {
    return program.json("POST", "/api/auth/user/totp/" + std::string(phase),
                        {{"user", {{"code", typed}}}, {"flow", flow}});
  }
  std::string error_of(Browser& program) {
    const auto errors = program.answer().find("errors");
    return errors && !errors->items().empty()
               ? text_at(errors->items().front(), {"field"}) + " " + text_at(errors->items().front(), {"code"})
               : std::string();
  }
  std::string bearer_of(Browser& program) { return text_at(program.answer(), {"authentication", "bearer"}); }
  std::int64_t number(const Sql& statement) { return testing::number_in(app.database(), statement); }
  std::int64_t authenticators() { return number(Sql("SELECT COUNT(*) FROM rowan_totp")); }
  std::vector<std::string> texts(const Sql& statement) {
    const auto rows = app.database().read([&](SqlConnection& connection) { return connection.query(statement); });
    std::vector<std::string> all;
    for (const auto& row : *rows) all.push_back(row.text("value"));
    return all;
  }
  void run(const Sql& statement, SqlParams params = {}) {
    const auto done =
        app.database().transact([&](Transaction& transaction) { return transaction.execute(statement, params); });
    ASSERT_TRUE(done) << done.error().reason;
  }

  testing::TestApp app;
  Browser owner = app.browser();
  AccountId id{};
};
INSTANTIATE_TEST_SUITE_P(Databases, Totp, every_database(), name_of_database);

/// Without limits, so that every request of a burst gets to look.
class TotpBurst : public Totp {
 protected:
  TotpBurst() : Totp(false) {}
};
INSTANTIATE_TEST_SUITE_P(Databases, TotpBurst, every_database(), name_of_database);

// --- Setting up ---

TEST_P(Totp, IsOnTheAccountAfterTheFirstRightCodeAndNotBefore) {  // MFA-13
  begin_setup(owner);
  const auto secret = key_on(owner);
  EXPECT_THAT(owner.body(), HasSubstr("<svg class=\"qr\""));
  EXPECT_EQ(owner.header("Cache-Control"), "no-store");
  EXPECT_THAT(owner.body(), HasSubstr("otpauth://totp/Rowan:ann%40notes.example?secret="));
  EXPECT_EQ(authenticators(), 0);
  auto elsewhere = app.browser();
  flows::sign_in(elsewhere);
  EXPECT_TRUE(is_signed_in(elsewhere)) << "a set-up that waits asks for nothing";

  EXPECT_EQ(confirm_setup(owner, wrong(secret)).status(), 422);
  EXPECT_TRUE(owner.says("This code is wrong or was used already.")) << owner.body();
  EXPECT_EQ(key_on(owner), secret) << "the same code again, not a new one";
  EXPECT_EQ(authenticators(), 0);

  confirm_setup(owner, code(secret), "Ann's phone");
  EXPECT_TRUE(owner.says("Your authenticator app is set up.")) << owner.body();
  EXPECT_EQ(authenticators(), 1);
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(elsewhere)) << "every other session ends";
  owner.get("/account");
  EXPECT_TRUE(owner.says("Ann's phone"));
  EXPECT_THAT(owner.body(), Not(HasSubstr(secret.substr(0, 9)))) << "no page shows the seed again";
  owner.get("/totp-setup");
  EXPECT_THAT(owner.body(), Not(HasSubstr(secret.substr(0, 9))));
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("An authenticator app was added"));
}

TEST_P(Totp, AsksForThePasswordBeforeItShowsASeed) {  // REC-10
  EXPECT_EQ(begin_setup(owner, other_password).status(), 422);
  EXPECT_TRUE(owner.says("This isn't your current password.")) << owner.body();
  EXPECT_EQ(begin_setup(owner, "").status(), 422);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 0);
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/totp-setup").location(), HasSubstr("/sign-in"));
}

TEST_P(Totp, OfAnAccountWithoutAPasswordNeedsAFreshSignIn) {
  run(Sql("DELETE FROM rowan_passwords"));
  EXPECT_EQ(begin_setup(owner, "").status(), 200) << owner.body();
  app.clock().advance(11min);
  EXPECT_EQ(begin_setup(owner, "").status(), 401);
}

TEST_P(Totp, SetUpWaitsTenMinutesInItsBrowserForItsAccountAndItsCredentials) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  auto other = app.browser();
  flows::sign_in(other);
  other.get("/totp-setup");
  EXPECT_THAT(other.body(), Not(HasSubstr(secret))) << "another browser of the same account";
  app.clock().advance(10min - 1us);
  owner.get("/totp-setup");
  EXPECT_EQ(key_on(owner), secret);
  auto late = owner;
  app.clock().advance(1us);
  EXPECT_EQ(confirm_setup(owner, code(secret)).status(), 422);
  EXPECT_TRUE(owner.says("This took too long.")) << owner.body();
  EXPECT_EQ(authenticators(), 0);

  begin_setup(late);
  const auto second = key_on(late);
  ASSERT_TRUE(app.auth().revoke_all(id));
  auto again = app.browser();
  flows::sign_in(again);
  again.cookies()["__Host-rowan_state"] = late.cookies()["__Host-rowan_state"];
  again.get("/totp-setup");
  EXPECT_THAT(again.body(), Not(HasSubstr(second))) << "begun before everything of the account ended";
}

TEST_P(Totp, SetUpIsOfTheAccountThatBeganIt) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  bob.cookies()["__Host-rowan_state"] = owner.cookies()["__Host-rowan_state"];
  bob.get("/totp-setup");
  EXPECT_THAT(bob.body(), Not(HasSubstr(secret)));
}

TEST_P(TotpBurst, ASetUpIsConfirmedOnceByOneOfManyAtOnce) {  // MFA-01
  constexpr int crowd = 16;
  std::vector<std::string> bearers;
  auto program = app.browser();
  for (int i = 0; i < crowd; ++i) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    bearers.push_back(bearer_of(program));
  }
  program.bearer(bearers.front());
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", password}}}});
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto right = code(text_at(program.answer(), {"secret"})), flow = text_at(program.answer(), {"flow"});
  std::vector<int> statuses(crowd);
  std::barrier start(crowd);
  {
    std::vector<std::jthread> threads;
    for (std::size_t i = 0; i < crowd; ++i)
      threads.emplace_back([&, i] {
        auto one = app.browser();
        one.bearer(bearers[i]);
        start.arrive_and_wait();
        statuses[i] = send(one, "confirm_setup", right, flow).status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(authenticators(), 1);
}

TEST_P(Totp, IsSetUpByAProgram) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/password/sign_in", credentials());
  program.bearer(bearer_of(program));
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", "wrong"}}}});
  EXPECT_EQ(error_of(program), "current_password wrong");
  program.json("POST", "/api/auth/user/totp/setup", {{"user", {{"current_password", password}}}});
  ASSERT_EQ(program.status(), 200) << program.body();
  const auto secret = text_at(program.answer(), {"secret"}), flow = text_at(program.answer(), {"flow"});
  EXPECT_EQ(secret.size(), 32U) << "160 bits";  // MFA-11
  EXPECT_EQ(program.header("Cache-Control"), "no-store");
  EXPECT_EQ(text_at(program.answer(), {"url"}),
            "otpauth://totp/Rowan:ann%40notes.example?secret=" + secret + "&issuer=Rowan");
  EXPECT_EQ(send(program, "confirm_setup", wrong(secret), flow).status(), 422);
  EXPECT_EQ(error_of(program), "code wrong");
  send(program, "confirm_setup", code(secret), std::string(43, 'A'));
  EXPECT_EQ(error_of(program), "code expired");
  ASSERT_EQ(send(program, "confirm_setup", code(secret), flow).status(), 200) << program.body();
  program.bearer(bearer_of(program));
  send(program, "confirm_setup", code(secret), flow);
  EXPECT_EQ(error_of(program), "code expired") << "a set-up is used once";
}

TEST_P(Totp, ALabelIsShortAndOneLine) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  EXPECT_EQ(confirm_setup(owner, code(secret), std::string(51, 'x')).status(), 422);
  EXPECT_EQ(confirm_setup(owner, code(secret), "a\tb").status(), 422);
  EXPECT_EQ(confirm_setup(owner, code(secret), "  <b>Büro</b>  ").status(), 200) << owner.body();
  owner.get("/account");
  EXPECT_THAT(owner.body(), HasSubstr("<strong>&lt;b&gt;Büro&lt;/b&gt;</strong>"));
}

// --- The second step of signing in ---

TEST_P(Totp, IsAskedForAfterAPassword) {  // MFA-14
  const auto secret = set_up(owner);
  next_code();
  auto browser = app.browser();
  browser.get("/sign-in?return_to=%2Fprivate");
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_EQ(browser.location(), "/second-factor");
  EXPECT_TRUE(browser.form("totp/verify").has("user[code]")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  EXPECT_EQ(enter(browser, wrong(secret)).status(), 401);
  EXPECT_TRUE(browser.says("This code is wrong or was used already.")) << browser.body();
  EXPECT_FALSE(is_signed_in(browser));
  enter(browser, code(secret));
  EXPECT_EQ(browser.location(), "/private") << browser.body();
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Totp, IsAskedForAfterALinkAndAfterACode) {
  const auto secret = set_up(owner);
  next_code();
  auto by_link = app.browser(), by_code = app.browser();
  ask_for_link(by_link);
  open_link(by_link, app.mailed_path(ann));
  EXPECT_FALSE(is_signed_in(by_link));
  enter(by_link, code(secret));
  EXPECT_TRUE(is_signed_in(by_link)) << by_link.body();
  next_code();
  ask_for_code(by_code);
  by_code.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
  EXPECT_FALSE(is_signed_in(by_code));
  enter(by_code, code(secret));
  EXPECT_TRUE(is_signed_in(by_code)) << by_code.body();
}

TEST_P(Totp, IsNotGotAroundByAReset) {  // REC-01
  const auto secret = set_up(owner);
  next_code();
  auto browser = app.browser();
  ask_for_reset(browser);
  choose(browser.get(app.mailed_path(ann)).form("password/reset"), other_password);
  EXPECT_FALSE(is_signed_in(browser));
  enter(browser, code(secret));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
}

TEST_P(Totp, IsAskedOfPrograms) {
  const auto secret = set_up(owner);
  next_code();
  for (const auto* phase : {"verify", "sign_in"}) {
    auto program = app.browser();
    const auto flow = pending_flow(program);
    EXPECT_THAT(program.body(), HasSubstr(R"("factors":["totp"])"));
    EXPECT_EQ(send(program, phase, wrong(secret), flow).status(), 401);
    EXPECT_EQ(send(program, phase, code(secret), "").status(), 401) << "no sign-in waits for it";
    EXPECT_EQ(send(program, phase, code(secret), flow).status(), 200) << program.body();
    const auto verdict = app.auth().decide({.authorization = "Bearer " + bearer_of(program)}, GuardKind::bearer);
    EXPECT_EQ(to_json(std::get<GuardAccepted>(*verdict).claims.methods()).text(), R"(["password","totp"])");
    EXPECT_EQ(send(program, phase, code(secret), flow).status(), 401) << "the flow is used";
    next_code();
  }
}

TEST_P(Totp, ACodeWorksOnceAndNoneBeforeItAfterwards) {  // MFA-01, MFA-10
  const auto secret = set_up(owner);
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 401) << "used by the set-up";
  next_code();
  const auto before = code(secret);
  next_code();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 401) << "once";
  EXPECT_EQ(send(program, "verify", before, pending_flow(program)).status(), 401) << "in its time, but an earlier step";
}

TEST_P(Totp, ACodeWorksInItsStepAndTheNextAndNoEarlier) {  // MFA-05
  const auto secret = set_up(owner);
  app.clock().set_wall(Timestamp(std::chrono::seconds(1'800'000'000)));  // a step begins here
  const auto mine = code(secret);
  auto program = app.browser();
  const auto tries = [&](std::chrono::microseconds after) {
    app.clock().set_wall(Timestamp(std::chrono::seconds(1'800'000'000)) + after);
    return send(program, "verify", mine, pending_flow(program)).status();
  };
  EXPECT_EQ(tries(-1us), 401) << "a device that is ahead";
  EXPECT_EQ(tries(60s), 401);
  EXPECT_EQ(tries(60s - 1us), 200);
}

// Whatever it is sent for: sign-ins that wait, a session that shows more, the set-up of another authenticator. Half of
// them ask another process: a second Auth over the same database.
TEST_P(TotpBurst, OneCodeIsUsedOnceWhenAHundredSendIt) {  // MFA-01, CON-03
  const auto secret = set_up(owner);
  next_code();
  auto signed_in = app.browser();
  ASSERT_EQ(send(signed_in, "verify", code(secret), pending_flow(signed_in)).status(), 200);
  const auto bearer = bearer_of(signed_in);
  next_code();
  constexpr std::size_t crowd = 100, waiting = 70, renewing = 85;
  std::vector<std::string> pending(waiting);
  for (auto& flow : pending) {
    auto program = app.browser();
    flow = pending_flow(program);
  }
  Node other(app, secrets({tests_secret}), false);
  const auto right = code(secret);
  const auto made = [&] {
    return number(Sql("SELECT COUNT(*) FROM rowan_tokens")) + number(Sql("SELECT COUNT(*) FROM rowan_totp_setups"));
  };
  const auto before = made();
  std::vector<int> statuses(crowd);
  std::barrier start(static_cast<std::ptrdiff_t>(crowd));
  {
    std::vector<std::jthread> programs;
    for (std::size_t i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = i % 2 == 0 ? app.browser() : other.browser();
        if (i >= waiting) program.bearer(bearer);
        start.arrive_and_wait();
        if (i < renewing)
          send(program, "verify", right, i < waiting ? pending[i] : "");
        else
          program.json("POST", "/api/auth/user/totp/setup",
                       {{"user", {{"current_password", password}, {"code", right}}}});
        statuses[i] = program.status();
      });
  }
  EXPECT_EQ(std::ranges::count(statuses, 200), 1);
  EXPECT_EQ(made(), before + 1);
}

// --- A session that has to show more ---

TEST_P(Totp, RenewsTheSessionThatIsThere) {
  const auto secret = set_up(owner);
  next_code();
  const auto cookies = owner.cookies();
  EXPECT_EQ(enter(owner, wrong(secret)).status(), 401);
  EXPECT_TRUE(is_signed_in(owner)) << "a wrong code takes nothing away";
  enter(owner, code(secret));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  auto before = app.browser();
  before.cookies() = cookies;
  EXPECT_FALSE(is_signed_in(before)) << "the old session has ended";
  EXPECT_EQ(enter(owner, code(secret)).status(), 401) << "a code is used here as well";
}

TEST_P(Totp, PageSaysWhenThereIsNothingToVerify) {
  EXPECT_TRUE(owner.get("/totp-verify").says("You have not set up an authenticator app.")) << owner.body();
  auto visitor = app.browser();
  EXPECT_THAT(visitor.get("/totp-verify").location(), HasSubstr("/sign-in"));
}

// --- Several, and removal ---

TEST_P(Totp, AnAccountHasSeveralEachWithItsOwnCodes) {
  const auto phone = set_up(owner, "Phone");
  next_code();
  owner.get("/account").form("totp/setup").fill("user[current_password]", password).submit();
  EXPECT_EQ(owner.status(), 422) << "the password alone adds no second one";  // REC-10
  owner.form("totp/setup").fill("user[current_password]", password).fill("user[code]", code(phone)).submit();
  const auto tablet = key_on(owner);
  confirm_setup(owner, code(tablet), "Tablet");
  EXPECT_EQ(authenticators(), 2);
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(phone), pending_flow(program)).status(), 401) << "used by the set-up";
  next_code();
  EXPECT_EQ(send(program, "verify", code(phone), pending_flow(program)).status(), 200) << program.body();
  EXPECT_EQ(send(program, "verify", code(tablet), pending_flow(program)).status(), 200) << program.body();
  owner.get("/account");
  EXPECT_TRUE(owner.says("Phone")) << owner.body();
  EXPECT_TRUE(owner.says("Last used"));
}

TEST_P(Totp, AnAccountHasFiveAtMost) {
  auto secret = set_up(owner);
  for (int i = 1; i < 5; ++i) {
    next_code();
    owner.get("/account");
    owner.form("totp/setup").fill("user[current_password]", password).fill("user[code]", code(secret)).submit();
    confirm_setup(owner, code(key_on(owner)));
    EXPECT_EQ(authenticators(), i + 1);
  }
  next_code();
  EXPECT_THAT(owner.get("/account").body(), Not(HasSubstr("/totp/setup\"")));
  EXPECT_EQ(owner.get("/totp-setup").status(), 200);
}

TEST_P(Totp, IsRemovedByItsOwnerWhoIsTold) {  // REC-11, THR-11
  const auto phone = set_up(owner, "Phone");
  next_code();
  owner.get("/account")
      .form("totp/setup")
      .fill("user[current_password]", password)
      .fill("user[code]", code(phone))
      .submit();
  confirm_setup(owner, code(key_on(owner)), "Tablet");
  next_code();
  auto elsewhere = app.browser();
  flows::sign_in(elsewhere);
  enter(elsewhere, code(phone));
  ASSERT_TRUE(is_signed_in(elsewhere));
  next_code();
  const auto tablet = texts(Sql("SELECT id AS value FROM rowan_totp WHERE label = 'Tablet'")).at(0);
  const auto removing = [&](std::string_view with, std::string_view typed) {
    return owner.get("/account")
        .form("totp/remove")
        .choose("user[authenticator]", tablet)
        .fill("user[current_password]", with)
        .fill("user[code]", typed)
        .submit()
        .status();
  };
  EXPECT_EQ(removing(other_password, code(phone)), 422);
  EXPECT_EQ(removing(password, ""), 422);
  EXPECT_EQ(removing(password, wrong(phone)), 422);
  EXPECT_EQ(authenticators(), 2);
  EXPECT_EQ(removing(password, code(phone)), 200) << owner.body();
  EXPECT_TRUE(owner.says("The authenticator app was removed."));
  EXPECT_EQ(texts(Sql("SELECT label AS value FROM rowan_totp")), std::vector<std::string>{"Phone"});
  EXPECT_TRUE(is_signed_in(owner));
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_THAT(app.mailbox(ann).at(0).subject, HasSubstr("An authenticator app was removed"));
}

TEST_P(Totp, TheLastOneTakesTheSecondStepWithIt) {
  const auto secret = set_up(owner);
  next_code();
  auto waiting = app.browser();
  const auto flow = pending_flow(waiting);
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200);
  program.bearer(bearer_of(program));
  // Signed in a moment ago with both: a code is enough, and says which one.
  next_code();
  program.json("POST", "/api/auth/user/totp/remove", {{"user", {{"code", code(secret)}}}});
  EXPECT_EQ(program.status(), 200) << program.body();
  EXPECT_EQ(authenticators(), 0);
  EXPECT_EQ(send(waiting, "verify", code(secret), flow).status(), 401) << "a sign-in that waited died with it";
  waiting.json("POST", "/api/auth/user/password/sign_in", credentials());
  EXPECT_EQ(waiting.status(), 200);
}

TEST_P(Totp, IsNotRemovedByAnOldSessionAlone) {
  const auto secret = set_up(owner);
  auto program = app.browser();
  next_code();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200);
  program.bearer(bearer_of(program));
  const auto removing = [&](const Json& with) {
    return program.json("POST", "/api/auth/user/totp/remove", {{"user", with}}).status();
  };
  EXPECT_EQ(removing(Json({})), 422) << "a fresh session without anything shown";
  app.clock().advance(11min);
  EXPECT_EQ(removing({{"code", code(secret)}}), 422) << "an old session and a code";
  EXPECT_EQ(error_of(program), "current_password wrong");
  EXPECT_EQ(removing({{"current_password", password}}), 422) << "an old session and the password";
  EXPECT_EQ(error_of(program), "code required");
  EXPECT_EQ(removing({{"current_password", password}, {"code", code(secret)}, {"authenticator", "another"}}), 422);
  EXPECT_EQ(error_of(program), "authenticator invalid");
  EXPECT_EQ(authenticators(), 1);
}

TEST_P(Totp, OfAnotherAccountIsNotRemoved) {
  const auto secret = set_up(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  const auto bobs = set_up(bob);
  next_code();
  const auto anns =
      texts(Sql("SELECT t.id AS value FROM rowan_totp t JOIN rowan_identifiers i ON i.account_id = t.account_id "
                "WHERE i.key = 'ann@notes.example'"));
  auto form = bob.get("/account").form("totp/remove");
  bob.post(form.action(), {{"_csrf_token", form.value("_csrf_token")},
                           {"user[authenticator]", anns.at(0)},
                           {"user[current_password]", std::string(password)},
                           {"user[code]", code(bobs)}});
  EXPECT_EQ(bob.status(), 422);
  EXPECT_EQ(authenticators(), 2);
}

// A stranger registered with Bob's address and set up an app. Bob proves the address, and the app goes.
TEST_P(Totp, OfAStrangerIsNotAskedOfTheOneWhoProvesTheAddress) {
  auto stranger = app.browser(), bob = app.browser();
  register_in(stranger, "bob@notes.example");
  set_up(stranger);
  ask_for_link(bob, "bob@notes.example");
  open_link(bob, app.mailed_path("bob@notes.example"));
  EXPECT_TRUE(is_signed_in(bob)) << bob.body();
  EXPECT_FALSE(is_signed_in(stranger));
  EXPECT_EQ(authenticators(), 0);
}

TEST_P(Totp, EndsWithTheAccount) {
  set_up(owner);
  begin_setup(owner);
  ASSERT_TRUE(app.auth().close(id));
  EXPECT_EQ(authenticators(), 0);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 0);
}

// --- Guessing ---

TEST_P(Totp, WrongCodesEndTheFlowAndAddUpOverAllFlows) {  // MFA-07, THR-02
  const auto secret = set_up(owner);
  next_code();
  auto program = app.browser();
  auto flow = pending_flow(program);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(program, "verify", wrong(secret), flow).status(), 401) << i;
  EXPECT_EQ(send(program, "verify", code(secret), flow).status(), 401) << "five wrong ones: it begins again";
  flow = pending_flow(program);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(send(program, "verify", wrong(secret), flow).status(), 401) << i;
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 429) << "ten of the account";
  app.clock().advance(15min);
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(Totp, ParallelGuessesGetNoMoreThanAllowed) {  // THR-12
  const auto secret = set_up(owner);
  next_code();
  constexpr int crowd = 40;
  auto asking = app.browser();
  std::vector<std::string> pending;
  for (int i = 0; i < crowd; ++i) {
    asking.client("203.0." + std::to_string(i) + ".1");
    pending.push_back(pending_flow(asking));
  }
  const auto bad = wrong(secret);
  std::vector<int> statuses(crowd);
  std::barrier start(crowd);
  {
    std::vector<std::jthread> programs;
    for (int i = 0; i < crowd; ++i)
      programs.emplace_back([&, i] {
        auto program = app.browser();
        program.client("198.51." + std::to_string(i) + ".1");
        start.arrive_and_wait();
        statuses[static_cast<std::size_t>(i)] =
            send(program, "verify", bad, pending[static_cast<std::size_t>(i)]).status();
      });
  }
  EXPECT_LE(std::ranges::count(statuses, 401), 10);
  EXPECT_EQ(std::ranges::count(statuses, 200), 0);
}

TEST_P(Totp, AStrangersFloodDoesNotLockOutAKnownBrowser) {  // THR-04
  const auto secret = set_up(owner);
  sign_out(owner);
  next_code();
  auto stranger = app.browser();
  int looked_at = 0;
  for (int i = 0; i < 12; ++i) {  // with the password: a hundred wrong codes in a row and more
    for (int j = 0; j < 12; ++j) {
      stranger.client("203.0." + std::to_string(i) + "." + std::to_string(j));
      looked_at += send(stranger, "verify", wrong(secret), pending_flow(stranger)).status() == 401 ? 1 : 0;
    }
    app.clock().advance(15min);
  }
  EXPECT_GE(looked_at, 100);
  EXPECT_EQ(send(stranger, "verify", code(secret), pending_flow(stranger)).status(), 401) << "strangers are locked out";
  flows::sign_in(owner);
  enter(owner, code(secret));
  EXPECT_TRUE(is_signed_in(owner)) << owner.body();
  next_code();
  EXPECT_EQ(send(stranger, "verify", code(secret), pending_flow(stranger)).status(), 401) << "and stay so";
}

TEST_P(Totp, AStrangersFloodDoesNotLockOutAProgramWithASession) {  // THR-04
  const auto secret = set_up(owner);
  next_code();
  auto program = app.browser(), stranger = app.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200);
  program.bearer(bearer_of(program));
  for (int i = 0; i < 12; ++i) {
    stranger.client("203.0.113." + std::to_string(i));
    send(stranger, "verify", wrong(secret), pending_flow(stranger));
  }
  next_code();
  EXPECT_EQ(send(program, "verify", code(secret), "").status(), 200) << program.body();
  // It guesses no more than others, whatever cookie it sends.
  program.bearer(bearer_of(program));
  int looked_at = 0;
  for (int i = 0; i < 15; ++i) looked_at += send(program, "verify", wrong(secret), "").status() == 401 ? 1 : 0;
  EXPECT_EQ(looked_at, 10);
}

TEST_P(Totp, WhatCannotBeACodeCostsTheAccountNothing) {
  const auto secret = set_up(owner);
  next_code();
  auto program = app.browser();
  const auto flow = pending_flow(program);
  for (const auto* bad : {"12345", "abcdef", "123456789", "     -", "一二三四五六"})
    for (int i = 0; i < 3; ++i) EXPECT_EQ(send(program, "verify", bad, flow).status(), 401) << bad;
  EXPECT_EQ(send(program, "verify", "\u200E" + code(secret).insert(3, "\u00A0"), flow).status(), 200) << program.body();
}

// --- What is stored ---

TEST_P(Totp, SeedsAreSealedForTheirRow) {  // MFA-12
  const auto secret = set_up(owner);
  auto bob = app.browser();
  register_in(bob, "bob@notes.example");
  const auto bobs = set_up(bob);
  std::string key;
  for (const char c : secret)
    if (c != ' ') key += c;
  for (const auto& sealed : texts(Sql("SELECT secret AS value FROM rowan_totp"))) {
    EXPECT_THAT(sealed, Not(HasSubstr(key)));
    EXPECT_GT(sealed.size(), 60U);
  }
  // Bob's, put into Ann's row, opens nothing there: his codes are wrong, and so are hers.
  run(Sql("UPDATE rowan_totp SET secret = (SELECT t.secret FROM rowan_totp t JOIN rowan_identifiers i ON i.account_id "
          "= "
          "t.account_id WHERE i.key = 'bob@notes.example') WHERE account_id = :id"),
      {{"id", id}});
  next_code();
  auto program = app.browser();
  EXPECT_EQ(send(program, "verify", code(bobs), pending_flow(program)).status(), 401);
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 401);
}

TEST_P(Totp, AreSealedAgainUnderANewSecret) {  // CRY-03
  const auto secret = set_up(owner);
  const auto before = texts(Sql("SELECT secret AS value FROM rowan_totp"));
  next_code();
  {
    Node both(app, secrets({newer_secret, tests_secret}));
    auto program = both.browser();
    EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
  }
  EXPECT_NE(texts(Sql("SELECT secret AS value FROM rowan_totp")), before);
  next_code();
  Node without_the_old(app, secrets({newer_secret}));
  auto program = without_the_old.browser();
  EXPECT_EQ(send(program, "verify", code(secret), pending_flow(program)).status(), 200) << program.body();
}

TEST_P(Totp, SetUpsAndWaitingSignInsOutliveARestart) {
  begin_setup(owner);
  const auto secret = key_on(owner);
  Node again(app, secrets({tests_secret}));
  auto browser = again.browser(owner);
  browser.get("/totp-setup");
  EXPECT_EQ(key_on(browser), secret);
  confirm_setup(browser, code(secret));
  EXPECT_TRUE(is_signed_in(browser)) << browser.body();
  next_code();
  auto person = app.browser();
  flows::sign_in(person);
  EXPECT_FALSE(is_signed_in(person));
  Node and_again(app, secrets({tests_secret}));
  auto after = and_again.browser(person);
  enter(after, code(secret));
  EXPECT_TRUE(is_signed_in(after)) << after.body();
}

TEST_P(Totp, KeepsWhatItWasSetUpWithWhenTheOptionsChange) {
  testing::TestApp other({.database = GetParam(), .strategies = {rowan::password(), rowan::totp({.digits = 8})}});
  auto browser = other.browser();
  register_in(browser);
  browser.get("/account").form("totp/setup").fill("user[current_password]", password).submit();
  const auto secret = key_on(browser);
  browser.form("totp/confirm_setup").fill("user[code]", totp_code(secret, other.clock(), {.digits = 8})).submit();
  ASSERT_EQ(browser.status(), 200) << browser.body();
  other.clock().advance(30s);
  Node six(other, secrets({tests_secret}));
  auto program = six.browser();
  const auto eight = totp_code(secret, other.clock(), {.digits = 8});
  EXPECT_EQ(send(program, "verify", eight.substr(2), pending_flow(program)).status(), 401);
  EXPECT_EQ(send(program, "verify", eight, pending_flow(program)).status(), 200) << program.body();
}

TEST_P(Totp, SetUpsThatExpiredAreSweptAway) {  // DAT-01
  begin_setup(owner);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 1);
  app.clock().advance(3h);
  app.deliver();
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_totp_setups")), 0);
}

TEST(TotpOptionsAtStart, RefuseSevenDigitsAndAStepOfAnHour) {
  const auto problems = [](TotpOptions options) {
    try {
      testing::TestApp app({.strategies = {rowan::password(), rowan::totp(options)}});
    } catch (const ConfigError& error) {
      return error.problems().size();
    }
    return std::size_t{0};
  };
  EXPECT_EQ(problems({}), 0U);
  EXPECT_EQ(problems({.digits = 8, .period = 60s}), 0U);
  EXPECT_EQ(problems({.digits = 7}), 1U);
  EXPECT_EQ(problems({.digits = 5}), 1U);
  EXPECT_EQ(problems({.period = 1h}), 1U);
}

}  // namespace
}  // namespace rowan::flows
