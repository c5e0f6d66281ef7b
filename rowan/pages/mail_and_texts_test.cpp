#include <gmock/gmock.h>

#include <rowan/pages/pages.hpp>

namespace rowan {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

TEST(Mail, HasSubjectTextAndHtmlInTheLanguage) {
  const auto mail = Pages({.app_name = "Notes"})
                        .mail("password/reset",
                              {{"link", "https://notes.example/password-reset/1.x"},
                               {"expires_at", "13:00"},
                               {"requested_at", "12:00"},
                               {"requested_from", "203.0.113.7"}},
                              "de");
  ASSERT_TRUE(mail);
  EXPECT_EQ(mail->subject, "Setzen Sie Ihr Passwort für Notes zurück");
  EXPECT_EQ(mail->kind, "password/reset");
  EXPECT_THAT(mail->text, StartsWith("Für Ihr Konto bei Notes"));
  EXPECT_THAT(mail->text, HasSubstr("\n\nhttps://notes.example/password-reset/1.x\n\n"));
  EXPECT_THAT(mail->text, Not(HasSubstr("Browser")));
  EXPECT_THAT(mail->html, HasSubstr("href=\"https://notes.example/password-reset/1.x\""));
  EXPECT_THAT(mail->html, HasSubstr("<html lang=\"de\""));
}

TEST(Mail, LetsNoValueWriteALineOfItsOwn) {  // INJ-02
  const Pages pages({}, {{.name = "strategies/try/mails/hello.txt", .bytes = "Subject: Hi {{name}}\n\nFrom {{name}}\n"},
                         {.name = "strategies/try/mails/hello.html", .bytes = "<p>{{name}}</p>"}});
  const auto mail = pages.mail("try/hello", {{"name", "Ada\r\nBcc: all@example.com"}}, "en");
  EXPECT_EQ(mail->subject, "Hi Ada  Bcc: all@example.com");
  EXPECT_EQ(mail->text, "From Ada  Bcc: all@example.com\n");
  EXPECT_EQ(pages.mail("try/hello", {{"name", "a\xe2\x80\xa8z"}}, "en")->text, "From \n");
}

TEST(Mail, EscapesInHtmlButNotInText) {
  const Pages pages({}, {{.name = "strategies/try/mails/hello.txt", .bytes = "Subject: x\n\n{{name}}"},
                         {.name = "strategies/try/mails/hello.html", .bytes = "<p>{{name}}</p>"}});
  const auto mail = pages.mail("try/hello", {{"name", "O'Hara & <Söhne>"}}, "en");
  EXPECT_EQ(mail->text, "O'Hara & <Söhne>");
  EXPECT_THAT(mail->html, HasSubstr("<p>O&#39;Hara &amp; &lt;Söhne&gt;</p>"));
}

TEST(Texts, FillPlacesInOrderAndReadValuesOnlyOnce) {
  const Pages pages({});
  EXPECT_EQ(pages.text("{2} of {1}", "en", std::vector<std::string>{"{2}", "a"}), "a of {2}");
  EXPECT_EQ(pages.text("no such key", "de"), "no such key");
}

TEST(Texts, CountInTheLanguage) {
  const Pages pages({});
  EXPECT_EQ(pages.text(words::try_again_in_minutes, 1, "en"), "Too many attempts. Please try again in one minute.");
  EXPECT_EQ(pages.text(words::try_again_in_minutes, 1500, "en"),
            "Too many attempts. Please try again in 1,500 minutes.");
  EXPECT_EQ(pages.text(words::try_again_in_minutes, 1, "de"),
            "Zu viele Versuche. Bitte versuchen Sie es in einer Minute noch einmal.");
  EXPECT_EQ(pages.text(words::try_again_in_minutes, 1500, "de"),
            "Zu viele Versuche. Bitte versuchen Sie es in 1.500 Minuten noch einmal.");
}

TEST(Texts, SayWhatIsWrongWithAField) {
  const Pages pages({});
  const auto said = [&](std::string field, std::string code, std::int64_t limit = 0) {
    return pages.field_error({.field = std::move(field), .code = std::move(code), .limit = limit}, "en");
  };
  EXPECT_EQ(said("email", "required"), words::enter_email);
  EXPECT_EQ(said("nickname", "required"), words::fill_in);
  EXPECT_EQ(said("email", "taken"), words::address_taken);
  EXPECT_EQ(said("password", "too_short", 15), "Use at least 15 characters.");
  EXPECT_EQ(said("password", "too_long", 1024), "Use at most 1,024 characters.");
  EXPECT_EQ(said("password", "common"), words::common);
  EXPECT_EQ(said("password", "contains_identifier"), words::contains_identifier);
  EXPECT_EQ(said("password_confirmation", "mismatch"), words::mismatch);
  EXPECT_EQ(said("current_password", "wrong"), words::wrong_current_password);
  EXPECT_EQ(said("passkey", "last_way_in"), words::last_way_in);
  EXPECT_EQ(said("email", "something new"), words::not_valid);
}

TEST(Texts, WriteAMomentAsTheLanguageDoes) {
  const Pages pages({});
  const auto moment = from_microseconds(1'795'558'522'000'000);
  EXPECT_EQ(pages.moment(moment, "de"), "24. November 2026 um 22:15 UTC");
  EXPECT_THAT(pages.moment(moment, "en"), StartsWith("November 24, 2026"));
}

TEST(Texts, SayHowLongSomethingLasts) {
  using namespace std::chrono_literals;
  const Pages pages({});
  const auto said = [&](std::chrono::seconds duration) { return pages.duration(duration, "en"); };
  EXPECT_EQ(said(10min), "10 minutes");
  EXPECT_EQ(said(1min), "one minute");
  EXPECT_EQ(said(119s), "one minute");  // never longer than it lasts
  EXPECT_EQ(said(45s), "45 seconds");
  EXPECT_EQ(said(1h), "one hour");
  EXPECT_EQ(said(90min), "90 minutes");
  EXPECT_EQ(said(std::chrono::days(3)), "3 days");
  EXPECT_EQ(pages.duration(std::chrono::days(1), "de"), "einen Tag");
}

}  // namespace
}  // namespace rowan
