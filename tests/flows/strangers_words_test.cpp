// Text that a stranger writes into a request is never shown to anyone else: not in a mail to the owner of an address,
// and not on the page behind its link.
#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

constexpr std::string_view new_here = "new@notes.example";

struct Hostile {
  const char* name;
  std::string text;
};

std::vector<Hostile> hostile_texts() {
  return {{"a link", "https://evil.test/reset-your-password"},
          {"a sentence", "evil.test: your account was blocked, call 555-0100 Firefox/1.0 evil.test"},
          {"turned round", "\xE2\x80\xAEtset.live//:sptth"},
          {"markup", "<a href=\"https://evil.test\">evil.test</a>"},
          {"very long", "evil.test" + std::string(5000, 'x')},
          {"not UTF-8", "evil.test\xFF\xFE"}};
}

void expect_nothing_of(const std::string& text, const std::string& where) {
  for (const auto* mark : {"evil", "\xE2\x80\xAE", "555-0100", "xxxxxxxx", "\xFF"})
    EXPECT_THAT(text, Not(HasSubstr(mark))) << where;
  EXPECT_LT(text.size(), 16'000u) << where;
}

class StrangersWords : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{{.database = GetParam(),
                        .strategies = {rowan::password({.register_accepts = {"nickname"}}),
                                       rowan::magic_link({.registration = true}), rowan::otp({.registration = true})},
                        .add_ons = {rowan::confirmation()},
                        .adjust = [](AuthOptions& options) {
                          options.trusted_proxies = {"127.0.0.1/32"};
                          options.limits_enabled = false;  // so that every letter is sent
                        }}};

  // Everything a client may say of itself, hostile.
  Browser& ask(Browser& client, const std::string& text, std::string_view path, const Json& body) {
    client.with_header("User-Agent", text)
        .with_header("Host", text)
        .with_header("X-Forwarded-For", text)
        .with_header("X-Forwarded-Host", "evil.test")
        .with_header("Accept-Language", text)
        .with_header("Referer", text);
    return client.json("POST", "/api/auth/user/" + std::string(path) + "?return_to=https://evil.test&ui_locales=evil",
                       body);
  }

  std::vector<std::string> kinds() {
    static constexpr Sql all{"SELECT DISTINCT kind FROM rowan_outbox ORDER BY kind"};
    const auto rows = app.database().read([](SqlConnection& connection) { return connection.query(all); });
    std::vector<std::string> found;
    for (const auto& row : *rows) found.push_back(row.text("kind"));
    return found;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, StrangersWords, every_database(), name_of_database);

TEST_P(StrangersWords, AreInNoMailAndOnNoPageBehindAMailedLink) {
  const auto texts = hostile_texts();
  for (std::size_t i = 0; i < texts.size(); ++i) {
    const auto& [name, text] = texts[i];
    const auto at = [&](std::string_view address) { return std::to_string(i) + std::string(address); };
    auto client = app.browser();
    auto sign_up = registration(at(ann));
    auto fields = sign_up.find("user")->fields();
    fields.emplace_back("nickname", "evil.test");
    ask(client, text, "password/register", {{"user", Json::object(fields)}});
    const auto bearer = text_at(client.answer(), {"authentication", "bearer"});
    ask(client, text, "password/register", registration(at(ann)));
    for (const auto& address : {at(ann), at(bob)}) {
      ask(client, text, "password/reset_request", an_email(address));
      ask(client, text, "magic_link/request", an_email(address));
      ask(client, text, "otp/request", an_email(address));
      ask(client, text, "confirm_new_user/resend", an_email(address));
    }
    client.bearer(bearer);
    ask(client, text, "email/change", {{"user", {{"email", at(eve)}, {"current_password", password}}}});
    ask(client, text, "password/change",
        {{"user",
          {{"current_password", password}, {"password", other_password}, {"password_confirmation", other_password}}}});
    const auto mails = app.mailbox();
    ASSERT_GE(mails.size(), 8u) << name;
    for (const auto& mail : mails) {
      const auto where = std::string(name) + ": " + mail.subject;
      expect_nothing_of(mail.to + mail.subject, where);
      expect_nothing_of(mail.text, where);
      expect_nothing_of(mail.html, where);
      for (const auto& link : mail.links) {
        ASSERT_TRUE(link.starts_with("https://rowan.example/")) << link;
        auto owner = app.browser();
        owner.get(link.substr(std::string_view("https://rowan.example").size()));
        expect_nothing_of(owner.body(), where + ", its page");
      }
    }
  }
  // So that the loop cannot pass by sending nothing.
  EXPECT_THAT(kinds(), ::testing::IsSupersetOf({"password/reset", "password/reset_unknown", "password/changed",
                                                "magic_link/register", "otp/register", "confirmation/confirm",
                                                "confirmation/change", "confirmation/change_asked"}));
}

TEST_P(StrangersWords, AreReplacedByNeutralOnesOfOurs) {
  auto client = app.browser();
  client.json("POST", "/api/auth/user/password/register", registration());
  const std::string agent = "https://evil.test/reset-your-password";
  client.with_header("User-Agent", agent).json("POST", "/api/auth/user/password/reset_request", an_email(ann));
  EXPECT_THAT(app.mailbox(ann).at(0).text, HasSubstr("an unknown browser"));
  auto owner = app.browser();
  owner.get(app.mailed_path(ann));
  EXPECT_TRUE(owner.says("an unknown browser"));
  client.with_header("User-Agent", agent).with_header("Accept-Language", "de");
  client.json("POST", "/api/auth/user/magic_link/request", an_email(new_here));
  EXPECT_THAT(app.mailbox(new_here).at(0).text, HasSubstr("ein unbekannter Browser"));
}

}  // namespace
}  // namespace rowan::flows
