// The magic-link room as people and mail scanners meet it.
#include <rowan/testing/number_in.hpp>
#include <tests/flows/mail_flow.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using namespace std::chrono_literals;

class MagicLink : public MailRooms {
 protected:
  // An account whose address is proven.
  Browser confirmed() {
    auto browser = app.browser();
    register_in(browser);
    confirm(app, browser);
    return browser;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, MagicLink, every_database(), name_of_database);

TEST_P(MagicLink, SignsInByTheButtonOnItsPage) {
  confirmed();
  auto browser = app.browser();
  ask_for_link(browser);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("We've emailed a sign-in link to ann@notes.example. It works for 10 minutes."));
  browser.get(app.mailed_path(ann));
  EXPECT_EQ(browser.status(), 200);
  EXPECT_EQ(browser.header("Referrer-Policy"), "no-referrer");  // REC-05
  EXPECT_TRUE(browser.says("127.0.0.1"));                       // who asked, and from where
  EXPECT_FALSE(is_signed_in(browser));
  open_link(browser, app.mailed_path(ann));
  EXPECT_EQ(browser.location(), "/");
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(MagicLink, IsNotUsedUpByAScannerThatOpensIt) {  // REC-07
  confirmed();
  auto person = app.browser();
  ask_for_link(person);
  const auto path = app.mailed_path(ann);
  auto scanner = app.browser();
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(scanner.get(path).status(), 200);
    EXPECT_EQ(scanner.head(path).status(), 200);
    EXPECT_EQ(scanner.with_header("Sec-Purpose", "prefetch").get(path).status(), 200);
    scanner.cookies().clear();
  }
  EXPECT_FALSE(is_signed_in(scanner));
  open_link(person, path);
  EXPECT_TRUE(is_signed_in(person));
}

TEST_P(MagicLink, GetOnThePhaseItselfDoesNotExist) {
  confirmed();
  auto browser = app.browser();
  ask_for_link(browser);
  const auto path = app.mailed_path(ann);
  const auto token = path.substr(path.rfind('/') + 1);
  EXPECT_EQ(browser.get("/auth/user/magic_link?token=" + token).status(), 405);
  open_link(browser, path);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(MagicLink, WorksOnce) {
  confirmed();
  auto first = app.browser(), second = app.browser();
  ask_for_link(first);
  const auto path = app.mailed_path(ann);
  second.get(path);
  auto form = second.form("/magic_link");
  open_link(first, path);
  EXPECT_TRUE(is_signed_in(first));
  form.submit();
  EXPECT_EQ(second.status(), 401);
  EXPECT_TRUE(second.says("This link is no longer valid."));
  EXPECT_FALSE(is_signed_in(second));
  EXPECT_EQ(second.get(path).status(), 401);
}

TEST_P(MagicLink, TheOlderOfTwoMailsWorksToo_ThenBothAreUsed) {  // REC-02
  confirmed();
  auto browser = app.browser();
  ask_for_link(browser);
  const auto older = app.mailed_path(ann);
  app.clock().advance(1min);
  ask_for_link(browser);
  const auto newer = app.mailed_path(ann);
  ASSERT_NE(older, newer);
  open_link(browser, older);
  EXPECT_TRUE(is_signed_in(browser));
  auto other = app.browser();
  EXPECT_EQ(other.get(newer).status(), 401);
}

TEST_P(MagicLink, ExpiresAfterTenMinutes) {  // MFA-05
  confirmed();
  auto browser = app.browser();
  ask_for_link(browser);
  const auto path = app.mailed_path(ann);
  app.clock().advance(10min - 1s);
  EXPECT_EQ(browser.get(path).status(), 200);
  app.clock().advance(1s);
  EXPECT_EQ(browser.get(path).status(), 401);
}

TEST_P(MagicLink, AnswersAndWritesTheSameForEveryAddress) {  // THR-06
  confirmed();
  auto unconfirmed = app.browser();
  register_in(unconfirmed, "new@notes.example");
  auto gone = app.browser();
  register_in(gone, "off@notes.example");
  const auto off = app.find_user("off@notes.example");
  ASSERT_TRUE(off && *off);
  ASSERT_TRUE(app.auth().disable((*off)->id));
  static constexpr Sql links{"SELECT COUNT(*) FROM rowan_links"}, mails{"SELECT COUNT(*) FROM rowan_outbox"};
  const auto count = [&](const Sql& sql) { return testing::number_in(app.database(), sql); };
  std::string expected;
  for (const auto* address : {"ann@notes.example", "new@notes.example", "off@notes.example", "nob@notes.example"}) {
    auto program = app.browser();
    const auto links_before = count(links), mails_before = count(mails);
    program.json("POST", "/api/auth/user/magic_link/request", an_email(address));
    EXPECT_EQ(program.status(), 200) << address;
    EXPECT_EQ(program.body(), R"({"authentication":{"status":"success"}})") << address;
    EXPECT_EQ(count(links), links_before + 1) << address;
    EXPECT_EQ(count(mails), mails_before + 1) << address;
    auto browser = app.browser();
    ask_for_link(browser, address);
    auto body = browser.body();
    for (std::size_t at; (at = body.find(address)) != std::string::npos;)
      body.replace(at, std::string_view(address).size(), "X");
    for (std::size_t at; (at = body.find("_csrf_token\" value=\"")) != std::string::npos;)
      body.erase(at, body.find('>', at) - at);
    if (expected.empty()) expected = body;
    EXPECT_EQ(body, expected) << address;
  }
}

TEST_P(MagicLink, AThrottledAddressGetsTheSameAnswerButNoMail) {  // THR-06, THR-09
  confirmed();
  auto program = app.browser();
  for (int i = 0; i < 12; ++i) {
    program.client("203.0.113." + std::to_string(i + 1))
        .json("POST", "/api/auth/user/magic_link/request", an_email(ann));
    EXPECT_EQ(program.status(), 200);
    EXPECT_EQ(program.body(), R"({"authentication":{"status":"success"}})");
  }
  EXPECT_EQ(app.mailbox(ann).size(), 1u + 5u);  // the confirmation's, and five while a link lives
  program.json("POST", "/api/auth/user/password/reset_request", an_email(ann));
  EXPECT_EQ(app.mailbox(ann).size(), 1u + 5u + 1u);  // mails of another kind still leave (THR-04)
}

TEST_P(MagicLink, LimitsWhoAsksByAddress) {  // THR-03
  auto program = app.browser();
  for (int i = 0; i < 20; ++i)
    program.json("POST", "/api/auth/user/magic_link/request", an_email(std::to_string(i) + "@notes.example"));
  EXPECT_EQ(program.status(), 200);
  program.json("POST", "/api/auth/user/magic_link/request", an_email("more@notes.example"));
  EXPECT_EQ(program.status(), 429);
  EXPECT_TRUE(program.header("Retry-After"));
}

TEST_P(MagicLink, RegistersAnUnknownAddressWithItsAddressProven) {
  auto browser = app.browser();
  ask_for_link(browser, "zoe@notes.example");
  open_link(browser, app.mailed_path("zoe@notes.example"));
  EXPECT_TRUE(is_signed_in(browser));
  const auto user = app.find_user("zoe@notes.example");
  ASSERT_TRUE(user && *user);
  EXPECT_TRUE((*user)->confirmed_at);
  EXPECT_EQ(app.mailbox("zoe@notes.example").size(), 1u);  // nothing more to confirm
}

TEST_P(MagicLink, AnswersProgramsWith201WhenItRegisters) {
  auto program = app.browser();
  program.json("POST", "/api/auth/user/magic_link/request", an_email("zoe@notes.example"));
  const auto path = app.mailed_path("zoe@notes.example");
  program.json("POST", "/api/auth/user/magic_link", {{"token", path.substr(path.rfind('/') + 1)}});
  EXPECT_EQ(program.status(), 201);
  program.bearer(text_at(program.answer(), {"authentication", "bearer"}));
  EXPECT_EQ(program.json("GET", "/me").status(), 200);
}

TEST_P(MagicLink, MailsADisabledAccountAsItIsStored) {
  auto browser = app.browser();
  register_in(browser, "Ann@notes.example");
  ASSERT_TRUE(app.auth().disable((*app.find_user(ann))->id));
  auto program = app.browser();
  for (const auto* path : {"magic_link/request", "otp/request", "password/reset_request", "confirm_new_user/resend"}) {
    program.json("POST", "/api/auth/user/" + std::string(path), an_email("aNN@NOTES.example"));
    ASSERT_EQ(program.status(), 200) << path;
  }
  const auto mails = app.mailbox();
  EXPECT_EQ(mails.size(), 5U);
  for (const auto& mail : mails) EXPECT_EQ(mail.to, "Ann@notes.example") << mail.subject;
}

TEST_P(MagicLink, ReturnsToThePageTheVisitorWanted) {
  confirmed();
  auto browser = app.browser();
  browser.get("/private").form("magic_link/request").fill("user[email]", ann).submit();
  auto elsewhere = app.browser();
  open_link(elsewhere, app.mailed_path(ann));
  EXPECT_EQ(elsewhere.location(), "/private");
}

TEST_P(MagicLink, RefusesEveryWrongTokenWithOneAnswer) {
  confirmed();
  auto browser = app.browser();
  ask_for_link(browser);
  const auto path = app.mailed_path(ann);
  const auto token = path.substr(path.rfind('/') + 1);
  ask_for_reset(browser);
  const auto reset = app.mailed_path(ann);
  auto foreign = token;
  foreign.back() = foreign.back() == 'A' ? 'B' : 'A';
  std::string expected;
  for (const auto& bad :
       {std::string("x"), foreign, reset.substr(reset.rfind('/') + 1), std::string(200, 'a'), std::string("..%2f")}) {
    auto program = app.browser();
    program.json("POST", "/api/auth/user/magic_link", {{"token", bad}});
    EXPECT_EQ(program.status(), 401) << bad;
    if (expected.empty()) expected = program.body();
    EXPECT_EQ(program.body(), expected) << bad;
  }
  open_link(browser, path);  // none of them was consumed
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(MagicLink, TheAccountsDisablingEndsItsLinks) {
  confirmed();
  auto browser = app.browser();
  ask_for_link(browser);
  const auto path = app.mailed_path(ann);
  const auto user = app.find_user(ann);
  ASSERT_TRUE(app.auth().disable((*user)->id));
  EXPECT_EQ(browser.get(path).status(), 401);
}

TEST(MagicLinkTenants, ALinkOfOneTenantOpensNothingAtAnother) {
  testing::TestApp app({.strategies = {rowan::magic_link({.registration = true})}, .adjust = [](AuthOptions& options) {
                          options.tenant_of = [](const http::Request& request) {
                            return std::string(request.headers.single("X-Tenant").value_or(""));
                          };
                        }});
  auto program = app.browser();
  program.with_header("X-Tenant", "north").json("POST", "/api/auth/user/magic_link/request", an_email(ann));
  const auto path = app.mailed_path(ann);
  const Json token{{"token", path.substr(path.rfind('/') + 1)}};
  program.with_header("X-Tenant", "south").json("POST", "/api/auth/user/magic_link", token);
  EXPECT_EQ(program.status(), 401);
  EXPECT_EQ(app.browser().get(path).status(), 401);
  program.with_header("X-Tenant", "north").json("POST", "/api/auth/user/magic_link", token);
  EXPECT_EQ(program.status(), 201);
}

class BoundLink : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{
      {.database = GetParam(), .strategies = {rowan::magic_link({.registration = true, .same_browser = true})}}};
};
INSTANTIATE_TEST_SUITE_P(Databases, BoundLink, every_database(), name_of_database);

TEST_P(BoundLink, RejectsAnotherBrowser_CodeStillWorksInTheFirst) {
  auto asked = app.browser(), elsewhere = app.browser();
  ask_for_link(asked);
  EXPECT_TRUE(asked.says(ann)) << asked.body();
  const auto mail = app.mailbox(ann).at(0);
  const auto path = app.mailed_path(ann);
  elsewhere.get(path);
  EXPECT_TRUE(elsewhere.says("another browser"));
  EXPECT_THROW((void)elsewhere.form("/magic_link"), std::runtime_error);
  elsewhere.json("POST", "/api/auth/user/magic_link", {{"token", path.substr(path.rfind('/') + 1)}});
  EXPECT_EQ(elsewhere.status(), 401);
  asked.form("magic_link/code").fill("user[code]", mail.code).submit();
  EXPECT_EQ(asked.status(), 200) << asked.body();
  EXPECT_TRUE(is_signed_in(asked));
  EXPECT_EQ(elsewhere.get(path).status(), 401);  // the link died with its code
}

TEST_P(BoundLink, GuessesWithoutAMailedCodeDoNotCountAgainstTheAccount) {
  auto owner = app.browser(), stranger = app.browser(), program = app.browser();
  ask_for_link(owner);
  open_link(owner, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(owner));
  app.clock().advance(15min);
  const auto asked = [](Browser& by) {
    by.json("POST", "/api/auth/user/magic_link/request", an_email(ann));
    return text_at(by.answer(), {"authentication", "flow"});
  };
  const auto guess = [](Browser& by, std::string_view code, const std::string& flow) {
    return by
        .json("POST", "/api/auth/user/magic_link/code", {{"user", {{"email", ann}, {"code", code}}}, {"flow", flow}})
        .status();
  };
  const auto first = asked(program);
  const auto code = app.mailbox(ann).at(0).code;
  const auto before = app.mailbox(ann).size();
  std::vector<std::string> flows;
  for (int i = 0; i < 8; ++i) flows.push_back(asked(stranger));
  ASSERT_EQ(app.mailbox(ann).size(), before + 4) << "the last ones were not mailed";
  for (auto flow = flows.end() - 3; flow != flows.end(); ++flow)
    for (int i = 0; i < 5; ++i) EXPECT_EQ(guess(stranger, "AAAAAA", *flow), 401);
  EXPECT_EQ(guess(program, code, first), 200);
}

TEST_P(BoundLink, SignsInTheAskingBrowser_AndEndsItsCode) {
  auto asked = app.browser();
  ask_for_link(asked);
  auto form = asked.form("magic_link/code");
  const auto code = app.mailbox(ann).at(0).code;
  open_link(asked, app.mailed_path(ann));
  EXPECT_TRUE(is_signed_in(asked));
  sign_out(asked);
  form.fill("user[code]", code).submit();
  EXPECT_FALSE(is_signed_in(asked));
}

}  // namespace
}  // namespace rowan::flows
