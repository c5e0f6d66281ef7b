// Promises of docs/security/requirements.md that belong to no room in particular.
#include <filesystem>
#include <fstream>
#include <sstream>

#include "logged.hpp"
#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

class Promises : public OnEveryDatabase {};
INSTANTIATE_TEST_SUITE_P(Databases, Promises, every_database(), name_of_database);

TEST_P(Promises, APasswordDoesNotExpire) {  // PWD-09
  auto browser = app.browser();
  register_in(browser);
  app.clock().advance(std::chrono::days(400));
  EXPECT_FALSE(is_signed_in(browser));
  sign_in(browser);
  EXPECT_TRUE(is_signed_in(browser));
}

TEST_P(Promises, ABodyCannotSetWhatIsNotAskedFor) {  // AZ-02
  auto program = app.browser();
  const std::string id = "00000000-0000-7000-8000-000000000001";
  const Json wishes = {{"email", ann},
                       {"password", password},
                       {"password_confirmation", password},
                       {"id", id},
                       {"account_id", id},
                       {"role", "admin"},
                       {"tenant", "other"},
                       {"locale", "xx"},
                       {"extra", Json({{"role", "admin"}})},
                       {"confirmed_at", "2020-01-01T00:00:00Z"},
                       {"verified_at", 1}};
  program.json("POST", "/api/auth/user/password/register",
               {{"user", wishes}, {"id", id}, {"tenant", "other"}, {"confirmed_at", "2020-01-01T00:00:00Z"}});
  ASSERT_EQ(program.status(), 201) << program.body();
  const auto user = app.find_user(ann).value();
  ASSERT_TRUE(user);
  EXPECT_NE(user->id.text(), id);
  EXPECT_EQ(user->tenant(), "");
  EXPECT_EQ(user->locale, "en");
  EXPECT_FALSE(user->confirmed_at);
  EXPECT_THAT(user->extra.fields(), IsEmpty());
}

TEST_P(Promises, TheAccountPageShowsTheWayOut) {  // SES-09
  auto browser = app.browser();
  register_in(browser);
  EXPECT_THAT(browser.get("/account").body(), HasSubstr("href=\"/sign-out\""));
}

class SecondFactorAtReset : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> factors{};
  testing::TestApp app{{.database = GetParam(), .adjust = [this](AuthOptions& options) {
                          options.hooks.factors = [this](SqlConnection&, const Services&,
                                                         AccountId) -> Result<std::vector<Factor>> {
                            return named(factors);
                          };
                        }}};
};
INSTANTIATE_TEST_SUITE_P(Databases, SecondFactorAtReset, every_database(), name_of_database);

TEST_P(SecondFactorAtReset, IsAskedForAsAtASignIn) {  // REC-01, MFA-14
  auto browser = app.browser(), program = app.browser();
  register_in(browser);
  sign_out(browser);
  factors = {"totp"};
  ask_for_reset(browser);
  choose(browser.get(app.mailed_path(ann)).form("reset"), other_password);
  EXPECT_EQ(browser.location(), "/second-factor");
  EXPECT_FALSE(is_signed_in(browser));
  program.json("POST", "/api/auth/user/password/sign_in", credentials(ann, other_password));
  EXPECT_EQ(text_at(program.answer(), {"authentication", "status"}), "pending");
}

constexpr Sql file_of_database{"SELECT file FROM pragma_database_list WHERE name = 'main'"};
constexpr Sql every_table_as_text{
    "SELECT string_agg(CAST(query_to_xml(format('SELECT * FROM %I', tablename), true, true, '') AS text), '') AS "
    "tables "
    "FROM pg_tables WHERE schemaname = 'public'"};

class MarkedSecrets : public ::testing::TestWithParam<std::string> {
 protected:
  RememberingLogger logger{};
  testing::TestApp app{[this] {
    auto options = with_mail_rooms(GetParam());
    options.adjust = [this](AuthOptions& of) { of.logger = &logger; };
    return options;
  }()};

  /// All that the database holds, as one text.
  std::string stored() {
    const bool is_file = GetParam() == "sqlite";
    const auto row = app.database().read(
        [&](SqlConnection& connection) { return connection.first(is_file ? file_of_database : every_table_as_text); });
    if (!row || !*row) throw std::runtime_error("the database cannot be read");
    if (!is_file) return (*row)->text("tables");
    std::stringstream bytes;
    for (const auto* suffix : {"", "-wal"})
      if (const auto path = (*row)->text("file") + suffix; std::filesystem::exists(path))
        bytes << std::ifstream(path, std::ios::binary).rdbuf();
    return bytes.str();
  }
  std::string logged() const {
    std::string all;
    for (const auto& line : logger.all()) all += line.line + "\n";
    return all;
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, MarkedSecrets, every_database(), name_of_database);

TEST_P(MarkedSecrets, AreInNoLogTableMailOrAnswer) {  // PWD-16, LOG-02, REC-04, SES-02
  const std::string first = "marker one of the passwords", wrong = "marker two that is wrong",
                    second = "marker three after a reset";
  std::vector<std::string> secrets;  // those that a visitor or a program is given
  std::string answers;
  auto browser = app.browser(), program = app.browser();
  const auto seen = [&](Browser& by) -> Browser& {
    answers += by.body();
    return by;
  };
  seen(register_in(browser, ann, first));
  secrets.push_back(browser.cookies().at("__Host-rowan"));
  seen(sign_out(browser));
  seen(sign_in(browser, ann, wrong));
  seen(sign_in(browser, ann, first));
  secrets.push_back(browser.cookies().at("__Host-rowan"));
  secrets.push_back(browser.cookies().at("__Host-rowan_device"));
  seen(sign_out(browser));
  program.json("POST", "/api/auth/user/password/sign_in", credentials(ann, first));
  secrets.push_back(text_at(program.answer(), {"authentication", "bearer"}));
  seen(program.json("POST", "/api/auth/user/password/register", registration("bob@notes.example", "short marker")));
  program.json("POST", "/api/auth/user/otp/request", an_email(ann));
  secrets.push_back(text_at(program.answer(), {"authentication", "flow"}));
  const auto before = stored();  // mails still wait
  secrets.push_back(app.mailbox(ann).at(0).code);
  seen(ask_for_link(browser));
  const auto link = app.mailed_path(ann);
  secrets.push_back(link.substr(link.rfind('/') + 1));
  seen(ask_for_reset(browser));
  const auto reset = app.mailed_path(ann);
  secrets.push_back(reset.substr(reset.rfind('/') + 1));
  browser.get(reset);
  seen(choose(browser.form("reset"), second));
  secrets.push_back(browser.cookies().at("__Host-rowan"));
  ASSERT_TRUE(is_signed_in(browser));
  std::string mails;
  for (const auto& mail : app.mailbox()) mails += mail.subject + mail.text + mail.html;
  const auto held = before + stored(), log = logged();
  ASSERT_THAT(log, HasSubstr("signed_in"));
  ASSERT_THAT(held, HasSubstr("ann@notes.example")) << "what is looked through is the database";
  for (const auto& typed : {first, wrong, second, std::string("short marker")}) {
    EXPECT_EQ(answers.find(typed), std::string::npos) << typed;
    EXPECT_EQ(mails.find(typed), std::string::npos) << typed;
    EXPECT_EQ(held.find(typed), std::string::npos) << typed;
    EXPECT_EQ(log.find(typed), std::string::npos) << typed;
  }
  for (const auto& given : secrets) {
    ASSERT_GE(given.size(), 6U);
    EXPECT_EQ(held.find(given), std::string::npos) << given;
    EXPECT_EQ(log.find(given), std::string::npos) << given;
  }
  EXPECT_THAT(log, Not(HasSubstr("@notes.example")));
}

}  // namespace
}  // namespace rowan::flows
