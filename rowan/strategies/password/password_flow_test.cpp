// The password room as people meet it: pages, redirects, mails.
#include <tests/flows/flow.hpp>
#include <tests/flows/masked.hpp>

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;

class PasswordFlow : public OnEveryDatabase {};
INSTANTIATE_TEST_SUITE_P(Databases, PasswordFlow, every_database(), name_of_database);

TEST_P(PasswordFlow, RegistersAndIsSignedInAtOnce) {
  auto browser = app.browser();
  register_in(browser);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_EQ(browser.location(), "/");
  EXPECT_TRUE(browser.says("Your account is ready."));
  EXPECT_TRUE(browser.says("Signed in as ann@notes.example"));
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_EQ(text_at(browser.answer(), {"user", "email"}), ann);
}

TEST_P(PasswordFlow, ShowsTheFlashOnce) {
  auto browser = app.browser();
  register_in(browser);
  EXPECT_TRUE(browser.says("Your account is ready."));
  EXPECT_FALSE(browser.get("/").says("Your account is ready."));
}

TEST_P(PasswordFlow, SignsOutAndInAgain) {
  auto browser = app.browser();
  register_in(browser);
  sign_out(browser);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_TRUE(browser.says("You're signed out."));
  EXPECT_TRUE(browser.header("Clear-Site-Data"));  // SES-15
  EXPECT_FALSE(is_signed_in(browser));
  sign_in(browser);
  EXPECT_EQ(browser.location(), "/");
  EXPECT_TRUE(browser.says("You're signed in."));
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordFlow, IgnoresTheCaseOfTheAddress) {
  auto browser = app.browser();
  register_in(browser, "Ann@Notes.Example");
  sign_out(browser);
  sign_in(browser, "ANN@notes.example");
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordFlow, KeepsWhatWasTypedButNoSecretAndSaysWhatIsWrongBesideTheField) {
  auto browser = app.browser();
  browser.get("/register")
      .form("password/register")
      .fill("user[email]", "ann@notes.example")
      .fill("user[password]", "short")
      .fill("user[password_confirmation]", "other")
      .submit();
  EXPECT_EQ(browser.status(), 422);
  EXPECT_TRUE(browser.says("Use at least 15 characters."));
  EXPECT_TRUE(browser.says("The passwords don't match."));
  auto form = browser.form("password/register");
  EXPECT_EQ(form.value("user[email]"), ann);
  EXPECT_EQ(form.value("user[password]"), "");
  choose(form, password);  // the same page can be sent again
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordFlow, ReportsThatAnAddressIsTaken) {
  auto first = app.browser(), second = app.browser();
  register_in(first);
  register_in(second);
  EXPECT_EQ(second.status(), 422);
  EXPECT_TRUE(second.says("There's already an account with this email address."));
  EXPECT_FALSE(is_signed_in(second));
}

TEST_P(PasswordFlow, RefusesCommonPasswordsAndTheOwnAddress) {  // PWD-05, PWD-06
  auto browser = app.browser();
  for (const auto* bad : {"passwordpassword", "123456789123456", "ann@notes.example"}) {
    register_in(browser, ann, bad);
    EXPECT_EQ(browser.status(), 422) << bad;
  }
  for (const auto* good : {"nur kleine deutsche worte hier", "83920174650192837465", "漢字仮名漢字仮名漢字仮名漢字仮名",
                           "🦉🌲🦉🌲🦉🌲🦉🌲🦉🌲🦉🌲🦉🌲🦉🦊🌲"}) {  // PWD-04
    auto fresh = app.browser();
    register_in(fresh, std::to_string(std::string_view(good).size()) + "@notes.example", good);
    EXPECT_TRUE(is_signed_in(fresh)) << good;
  }
}

TEST_P(PasswordFlow, ComparesEveryCharacterOfAPassword) {  // PWD-03
  const std::string right = "A long sentence with more than seventy-two bytes, so that nothing is cut off at the end.";
  auto browser = app.browser();
  register_in(browser, ann, right);
  sign_out(browser);
  auto wrong_end = right, wrong_case = right;
  wrong_end.back() = '!';
  wrong_case.front() = 'a';
  for (const auto& wrong : {right + " ", " " + right, right.substr(0, right.size() - 1), wrong_end, wrong_case}) {
    sign_in(browser, ann, wrong);
    EXPECT_EQ(browser.status(), 401) << wrong;
  }
  sign_in(browser, ann, right);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(PasswordFlow, TakesBothSpellingsOfAnAccent) {  // PWD-11
  auto browser = app.browser();
  register_in(browser, ann, "Ca\u0301fe und Sahnetorte am Nachmittag");
  sign_out(browser);
  sign_in(browser, ann, "C\u00e1fe und Sahnetorte am Nachmittag");
  EXPECT_TRUE(is_signed_in(browser));
}

std::vector<std::string> header_names(const Browser& browser) {
  std::vector<std::string> names;
  for (const auto& header : browser.response().headers.all())
    names.push_back(header.name == "Set-Cookie" ? header.name + " " + header.value.substr(0, header.value.find('='))
                                                : header.name);
  return names;
}

TEST_P(PasswordFlow, AnswersTheSameForUnknownAddressAndWrongPassword) {  // THR-06
  auto someone = app.browser();
  register_in(someone);
  auto known = app.browser(), unknown = app.browser();
  sign_in(known, ann, other_password);
  sign_in(unknown, "bob@notes.example", other_password);
  EXPECT_EQ(known.status(), 401);
  EXPECT_EQ(unknown.status(), 401);
  EXPECT_TRUE(known.says("The email address or password isn't right."));
  EXPECT_EQ(masked(known, ann), masked(unknown, "bob@notes.example"));
  EXPECT_EQ(header_names(known), header_names(unknown));
  ask_for_reset(known);
  ask_for_reset(unknown, "bob@notes.example");
  EXPECT_EQ(known.status(), 200);
  EXPECT_EQ(masked(known, ann), masked(unknown, "bob@notes.example"));
  EXPECT_EQ(header_names(known), header_names(unknown));
}

TEST_P(PasswordFlow, ResetsByMailOnceAndEndsOtherSessions) {  // REC-02, REC-03, SES-08
  auto elsewhere = app.browser(), browser = app.browser();
  register_in(elsewhere);
  ask_for_reset(browser);
  EXPECT_TRUE(browser.says(
      "If ann@notes.example has an account, a link to reset its password is on its way. It works for one hour."));
  const auto path = app.mailed_path(ann);
  EXPECT_THAT(path, HasSubstr("/password-reset/"));

  browser.get(path);
  EXPECT_EQ(browser.status(), 200);
  EXPECT_EQ(browser.header("Referrer-Policy"), "no-referrer");  // REC-05
  EXPECT_EQ(browser.header("Cache-Control"), "no-store");
  choose(browser.form("password/reset"), other_password);
  EXPECT_EQ(browser.location(), "/");
  EXPECT_TRUE(browser.says("Your new password is saved."));
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(elsewhere));

  auto again = app.browser();
  EXPECT_EQ(again.get(path).status(), 401);
  EXPECT_TRUE(again.says("This link is no longer valid."));
  EXPECT_EQ(sign_in(again, ann, password).status(), 401);
  sign_in(again, ann, other_password);
  EXPECT_TRUE(is_signed_in(again));
  EXPECT_THAT(app.mailbox(ann).front().links.front(),
              HasSubstr("/undo/"));  // THR-11: the owner is told, with a way out
}

TEST_P(PasswordFlow, GetAndHeadOfAMailedLinkChangeNothing) {  // REC-07
  auto browser = app.browser(), scanner = app.browser();
  register_in(browser);
  ask_for_reset(scanner);
  const auto path = app.mailed_path(ann);
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(scanner.get(path).status(), 200);
    EXPECT_EQ(scanner.head(path).status(), 200);
  }
  EXPECT_FALSE(is_signed_in(scanner));
  EXPECT_TRUE(is_signed_in(browser));
  choose(scanner.get(path).form("password/reset"), other_password);
  EXPECT_TRUE(is_signed_in(scanner));
}

TEST_P(PasswordFlow, ResetFormComesAgainWithItsTokenAfterABadPassword) {
  auto browser = app.browser();
  register_in(browser);
  ask_for_reset(browser);
  choose(browser.get(app.mailed_path(ann)).form("password/reset"), "short");
  EXPECT_EQ(browser.status(), 422);
  choose(browser.form("password/reset"), other_password);
  EXPECT_EQ(browser.location(), "/");
}

TEST_P(PasswordFlow, OneUsedResetLinkEndsItsSiblings) {  // REC-02
  auto browser = app.browser();
  register_in(browser);
  ask_for_reset(browser);
  const auto first = app.mailed_path(ann);
  ask_for_reset(browser);
  const auto second = app.mailed_path(ann);
  ASSERT_NE(first, second);
  choose(browser.get(first).form("password/reset"), other_password);
  EXPECT_EQ(browser.location(), "/");
  EXPECT_EQ(browser.get(second).status(), 401);
}

TEST_P(PasswordFlow, ResetLinkExpiresAfterAnHour) {
  auto browser = app.browser();
  register_in(browser);
  ask_for_reset(browser);
  const auto path = app.mailed_path(ann);
  app.clock().advance(std::chrono::minutes(59));
  EXPECT_EQ(browser.get(path).status(), 200);
  auto form = browser.form("password/reset");
  app.clock().advance(std::chrono::minutes(1));
  EXPECT_EQ(browser.get(path).status(), 401);
  EXPECT_EQ(choose(form, other_password).status(), 401);
}

TEST_P(PasswordFlow, MailedLinksIgnoreTheHostHeader) {  // REC-06
  auto browser = app.browser();
  register_in(browser);
  auto form = browser.get("/reset").form("reset_request").fill("user[email]", ann);
  browser.with_header("Host", "evil.example").with_header("X-Forwarded-Host", "evil.example");
  form.submit();
  EXPECT_THAT(app.mailed_path(ann), HasSubstr("/password-reset/"));
  EXPECT_EQ(app.mailbox(ann).front().text.find("evil"), std::string::npos);
}

TEST_P(PasswordFlow, ChangeNeedsTheCurrentPasswordAndEndsOtherSessions) {  // PWD-08, REC-03, SES-08
  auto elsewhere = app.browser(), browser = app.browser();
  register_in(elsewhere);
  sign_in(browser);
  ASSERT_TRUE(is_signed_in(elsewhere));
  const auto change = [&](std::string_view current) {
    auto form = browser.get("/account").form("password/change");
    form.fill("user[current_password]", current);
    return choose(form, other_password).status();
  };
  EXPECT_EQ(change("not the right one at all"), 422);
  EXPECT_TRUE(browser.says("This isn't your current password."));
  EXPECT_TRUE(is_signed_in(elsewhere));
  EXPECT_EQ(change(password), 200);
  EXPECT_TRUE(browser.says("Your password has been changed"));
  EXPECT_TRUE(is_signed_in(browser));
  EXPECT_FALSE(is_signed_in(elsewhere));
  EXPECT_EQ(app.mailbox(ann).size(), 1U);  // THR-11
  EXPECT_EQ(sign_in(elsewhere).status(), 401);
  sign_in(elsewhere, ann, other_password);
  EXPECT_TRUE(is_signed_in(elsewhere));
}

TEST_P(PasswordFlow, ComesBackToThePageThatAskedForSignIn) {
  auto browser = app.browser();
  register_in(browser);
  sign_out(browser);
  browser.get("/private?tab=2");
  EXPECT_EQ(browser.location(), "/sign-in?return_to=%2Fprivate%3Ftab%3D2");
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", other_password).submit();
  EXPECT_EQ(browser.status(), 401);  // and a failure forgets nothing
  browser.form("password/sign_in").fill("user[email]", ann).fill("user[password]", password).submit();
  EXPECT_EQ(browser.location(), "/private?tab=2");
  EXPECT_TRUE(browser.says("For the eyes of ann@notes.example"));
}

TEST_P(PasswordFlow, NeverReturnsToAnotherSite) {  // BRW-13
  auto browser = app.browser();
  register_in(browser);
  for (const auto* outside :
       {"https%3A%2F%2Fevil.example%2F", "%2F%2Fevil.example", "%2F%5Cevil.example", "javascript%3Aalert(1)",
        "%2F%09%2Fevil.example", "evil.example", "%2F%0D%0ASet-Cookie%3A%20a%3Db"}) {
    sign_out(browser);
    browser.get(std::string("/sign-in?return_to=") + outside)
        .form("password/sign_in")
        .fill("user[email]", ann)
        .fill("user[password]", password)
        .submit();
    EXPECT_EQ(browser.location(), "/") << outside;
    EXPECT_TRUE(browser.says("Signed in as")) << outside;
  }
}

}  // namespace
}  // namespace rowan::flows
