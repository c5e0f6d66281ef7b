// The commands as an application has them: its own Auth, its own strategies.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <rowan/cli/main.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/rowan.hpp>
#include <rowan/testing/temporary_database.hpp>

namespace rowan::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr const char* password_text = "correct horse battery staple";

class CommandsOfAnApplication : public ::testing::Test {
 protected:
  struct Ran {
    int status = 0;
    std::string out{}, error{};
  };

  Ran run(std::vector<std::string> words, const std::string& input = {}, Commands commands = {.name = "notes"}) {
    return run_over(auth_, std::move(words), input, std::move(commands));
  }
  Ran run_over(Auth& auth, std::vector<std::string> words, const std::string& input = {},
               Commands commands = {.name = "notes"}) {
    words.insert(words.begin(), "notes");
    std::vector<char*> arguments;
    for (auto& word : words) arguments.push_back(word.data());
    int ends[2];
    EXPECT_EQ(::pipe(ends), 0);
    EXPECT_EQ(::write(ends[1], input.data(), input.size()), static_cast<ssize_t>(input.size()));
    ::close(ends[1]);
    const int before = ::dup(STDIN_FILENO);
    ::dup2(ends[0], STDIN_FILENO);
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Ran ran;
    ran.status = cli::main(auth, static_cast<int>(arguments.size()), arguments.data(), std::move(commands));
    ran.out = ::testing::internal::GetCapturedStdout();
    ran.error = ::testing::internal::GetCapturedStderr();
    ::dup2(before, STDIN_FILENO);
    ::close(before);
    ::close(ends[0]);
    return ran;
  }
  Ran run_migrated(std::vector<std::string> words, const std::string& input = {}) {
    EXPECT_TRUE(auth_.migrate());
    return run(std::move(words), input);
  }

  rowan::testing::TemporaryDatabase database_{"sqlite"};
  std::vector<Factor> factors_{};
  std::unique_ptr<Mailer> mailer_ = open_mailer("mailbox");
  std::unique_ptr<PasswordHasher> hasher_ = make_argon2id_hasher({.memory_kib = 8, .passes = 1}, system_random());
  Auth auth_{{.base_url = "https://notes.example",
              .database = *database_,
              .mailer = *mailer_,
              .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
              .strategies = {password(), otp({.name = "mailed_code"})},
              .hooks = {.factors = [this](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
                          return factors_;
                        },
                        .drop_factors = [this](Transaction&, const Services&, AccountId) -> Result<> {
                          factors_.clear();
                          return {};
                        }},
              .hasher = hasher_.get()}};
};

TEST_F(CommandsOfAnApplication, RefuseToWorkOnADatabaseThatIsNotMigrated) {
  const auto ran = run({"user", "show", "ada@example.com"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.error, HasSubstr("run `notes migrate`"));
}

TEST_F(CommandsOfAnApplication, MigrateAndThenFindNothingToDo) {
  EXPECT_THAT(run({"migrate", "--print"}).out, HasSubstr("CREATE TABLE rowan_passwords"));
  const auto first = run({"migrate"});
  EXPECT_EQ(first.status, 0);
  EXPECT_THAT(first.out, HasSubstr("applied password/0001_passwords"));
  EXPECT_THAT(run({"migrate"}).out, HasSubstr("Nothing to do"));
}

TEST_F(CommandsOfAnApplication, CreateAnAccountWhosePasswordSignsIn) {
  const auto ran = run_migrated({"user", "create", "ada@example.com", "--password-stdin", "--json"},
                                std::string(password_text) + "\n");
  EXPECT_EQ(ran.status, 0) << ran.error;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"email\":\"ada@example.com\""), Not(HasSubstr("correct"))));
  EXPECT_TRUE(auth_.action({"password", "sign_in"}, {{"email", "ada@example.com"}, {"password", password_text}}));
}

TEST_F(CommandsOfAnApplication, EndEverySessionAfterARestoredBackup) {
  const auto ran = run_migrated({"after-restore"});
  EXPECT_EQ(ran.status, 0) << ran.error;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("Every session"), HasSubstr("Numbers go on from 268435457.\n")));
  EXPECT_THAT(run({"after-restore", "--json"}).out, HasSubstr("\"numbers_from\":536870913"));
  EXPECT_THAT(run({"after-restore", "--help"}).out, HasSubstr("notes after-restore"));
}

TEST_F(CommandsOfAnApplication, LookForWhatIsWrong) {
  const auto unready = run({"doctor"});
  EXPECT_EQ(unready.status, 1);
  EXPECT_THAT(unready.out, HasSubstr("are not applied"));
  const auto ran = run_migrated({"doctor"});
  EXPECT_EQ(ran.status, 0) << ran.out;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("password hashes: "), HasSubstr(hasher_->implementation()),
                             HasSubstr("SQLite, can be written to"), HasSubstr("Nothing is wrong.")));
  EXPECT_THAT(run({"doctor", "--json"}).out, HasSubstr("\"ok\":true"));
}

TEST_F(CommandsOfAnApplication, SuggestParametersOfHashesThatAreNeverWeakerThanTheDefault) {
  const auto ran = run({"doctor", "argon2", "--time", "1", "--json"});
  ASSERT_EQ(ran.status, 0) << ran.error;
  EXPECT_THAT(ran.out, HasSubstr("\"suggested\":{\"memory_kib\":19456,\"passes\":2"));
  EXPECT_THAT(run({"doctor", "argon2", "--time", "1"}).out, HasSubstr("[argon2]\nmemory_kib = 19456\npasses = 2\n"));
  EXPECT_EQ(run({"doctor", "argon2", "--time", "0"}).status, 2);
  EXPECT_THAT(run({"doctor", "argon2", "--help"}).out, HasSubstr("doctor argon2 --time"));
}

TEST_F(CommandsOfAnApplication, SayWhichProvidersCanBeLookedAt) {
  const auto ran = run({"doctor", "oidc", "google"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.error, HasSubstr("no provider is declared as \"google\""));
  EXPECT_EQ(run({"doctor", "oidc"}).status, 2);
  EXPECT_EQ(run({"doctor", "oidc", "google", "--subject", "no name"}).status, 1);
  EXPECT_THAT(run({"doctor", "oidc", "--help"}).out, HasSubstr("doctor oidc google"));
}

TEST_F(CommandsOfAnApplication, AddListDisableAndRemoveConnections) {
  EXPECT_THAT(run_migrated({"connection", "list"}).error, HasSubstr("no strategy dynamic_oidc of user is declared"));
  Auth auth{{.base_url = "https://notes.example",
             .database = *database_,
             .mailer = *mailer_,
             .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
             .strategies = {password(), dynamic_oidc()},
             .hasher = hasher_.get()}};
  ASSERT_TRUE(auth.migrate());
  ::setenv("TEST_OF_CONNECTIONS", "a secret of acme", 1);
  const std::vector<std::string> add{
      "connection", "add",      "--issuer",     "https://login.acme.example", "--client-id", "notes",          "--name",
      "Acme",       "--domain", "acme.example", "--on-untrusted-email-match", "confirm",     "--client-secret"};
  const auto with_secret = [&](const std::string& secret) {
    auto words = add;
    words.push_back(secret);
    return run_over(auth, std::move(words));
  };
  EXPECT_EQ(with_secret("a secret of acme").status, 1) << "arguments are seen by everyone on the machine";
  const auto added = with_secret("env:TEST_OF_CONNECTIONS");
  ::unsetenv("TEST_OF_CONNECTIONS");
  ASSERT_EQ(added.status, 0) << added.error;
  EXPECT_THAT(added.out, AllOf(HasSubstr("Acme"), HasSubstr("@acme.example"), Not(HasSubstr("secret"))));
  const auto id = added.out.substr(0, 36);
  EXPECT_THAT(run_over(auth, {"connection", "list", "--json"}).out,
              AllOf(HasSubstr("\"id\":\"" + id + "\""), HasSubstr("\"disabled_at\":null"),
                    HasSubstr("\"on_untrusted_email_match\":\"confirm\""), Not(HasSubstr("secret"))));
  EXPECT_THAT(run_over(auth, {"connection", "list", "--tenant", "acme"}).out, HasSubstr("no connections"));
  EXPECT_EQ(run_over(auth, {"connection", "disable", id}).status, 0);
  EXPECT_THAT(run_over(auth, {"connection", "list"}).out, HasSubstr("disabled"));
  EXPECT_EQ(run_over(auth, {"connection", "enable", id}).status, 0);
  EXPECT_THAT(run_over(auth, {"connection", "remove", id}).error, HasSubstr("--yes"));
  EXPECT_EQ(run_over(auth, {"connection", "remove", id, "--yes"}).status, 0);
  EXPECT_THAT(run_over(auth, {"connection", "test", id}).out, HasSubstr("there is no connection with this id"));
  EXPECT_EQ(run_over(auth, {"connection", "test", id}).status, 1);
}

TEST_F(CommandsOfAnApplication, SayWhatIsWrongWithAPassword) {
  const auto ran = run_migrated({"user", "create", "ada@example.com", "--password-stdin"}, "short\n");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr("password: "), HasSubstr("15"), Not(HasSubstr("short"))));
}

TEST_F(CommandsOfAnApplication, AskForAPasswordOnATerminalOnly) {
  const auto ran = run_migrated({"user", "create", "ada@example.com"}, "x\n");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.error, HasSubstr("--password-stdin"));
}

TEST_F(CommandsOfAnApplication, SetAnotherPasswordAndDisableAnAccount) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--password-stdin"}, password_text).status, 0);
  const auto signs_in = [&](const char* with) {
    return auth_.action({"password", "sign_in"}, {{"email", "ada@example.com"}, {"password", with}}).has_value();
  };
  EXPECT_EQ(run({"user", "set-password", "ADA@example.com", "--password-stdin"}, "another horse and staple").status, 0);
  EXPECT_FALSE(signs_in(password_text));
  EXPECT_TRUE(signs_in("another horse and staple"));
  EXPECT_EQ(run({"user", "disable", "ada@example.com"}).status, 0);
  EXPECT_FALSE(signs_in("another horse and staple"));
  EXPECT_EQ(run({"user", "enable", "ada@example.com"}).status, 0);
  EXPECT_TRUE(signs_in("another horse and staple"));
}

TEST_F(CommandsOfAnApplication, ShowFactorsAndTakeThemAwayWhenToldTwice) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--password-stdin"}, password_text).status, 0);
  EXPECT_THAT(run({"user", "factors", "ada@example.com"}).out, HasSubstr("It has no second factor."));
  factors_ = {{.strategy = "totp", .id = "1", .label = "Phone", .last_used_at = Timestamp()},
              {.strategy = "recovery_code", .use = Factor::Use::backup, .uses_left = 7}};
  const auto text = run({"user", "factors", "ada@example.com"}).out;
  EXPECT_THAT(text, AllOf(HasSubstr("totp  Phone"), HasSubstr("last used 1970-01-01"), HasSubstr("7 left")));
  EXPECT_THAT(run({"user", "factors", "ada@example.com", "--json"}).out,
              HasSubstr(R"({"strategy":"recovery_code","id":"","label":"","backup":true,"created_at":null,)"
                        R"("last_used_at":null,"uses_left":7})"));
  EXPECT_EQ(run({"user", "reset-factors", "ada@example.com"}).status, 1) << "there is no terminal to ask on";
  EXPECT_EQ(factors_.size(), 2U);
  EXPECT_EQ(run({"user", "reset-factors", "ada@example.com", "--yes"}).status, 0);
  EXPECT_TRUE(factors_.empty());
  EXPECT_EQ(run({"user", "factors", "bob@example.com"}).status, 1);
}

TEST_F(CommandsOfAnApplication, ListAccountsPageByPage) {
  EXPECT_THAT(run_migrated({"user", "list"}).out, HasSubstr("There are no accounts."));
  for (const auto* email : {"ada@example.com", "bob@example.com", "cleo@example.com"})
    ASSERT_EQ(run({"user", "create", email, "--no-password", "--confirmed"}).status, 0);
  const auto first = run({"user", "list", "--limit", "2", "--json"});
  EXPECT_THAT(first.out, AllOf(HasSubstr("ada@"), HasSubstr("bob@"), Not(HasSubstr("cleo@"))));
  const auto next = Json::parse(first.out.substr(0, first.out.find('\n')))->find("next");
  ASSERT_TRUE(next && next->as_text());
  const auto second = run({"user", "list", "--limit", "2", "--after", std::string(*next->as_text())});
  EXPECT_THAT(second.out,
              AllOf(HasSubstr("confirmed  cleo@example.com"), Not(HasSubstr("bob@")), Not(HasSubstr("--after"))));
  ASSERT_EQ(run({"user", "disable", "bob@example.com"}).status, 0);
  EXPECT_THAT(run({"user", "list", "--state", "disabled"}).out, AllOf(HasSubstr("bob@"), Not(HasSubstr("ada@"))));
  EXPECT_EQ(run({"user", "list", "--after", "first"}).status, 1);
  EXPECT_EQ(run({"user", "list", "--limit", "0"}).status, 2);
  EXPECT_EQ(run({"user", "list", "--subject", "admin"}).status, 1);
}

TEST_F(CommandsOfAnApplication, FindAnAccountByItsIdAlsoAClosedOne) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--no-password"}).status, 0);
  const auto id = (*auth_.find_user(*EmailAddress::parse("ada@example.com")))->id.text();
  EXPECT_THAT(run({"user", "show", id}).out, HasSubstr("ada@example.com"));
  EXPECT_EQ(run({"user", "confirm", id}).status, 0);
  EXPECT_THAT(run({"user", "show", id, "--json"}).out,
              AllOf(Not(HasSubstr("\"confirmed_at\":null")), HasSubstr("\"closed_at\":null")));
  EXPECT_EQ(run({"user", "close", id, "--yes"}).status, 0);
  EXPECT_THAT(run({"user", "show", id}).out, HasSubstr("closed_at"));
  EXPECT_EQ(run({"user", "show", "ada@example.com"}).status, 1);
}

TEST_F(CommandsOfAnApplication, CloseAndEraseOnlyAfterConfirmation) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--no-password"}).status, 0);
  for (const auto* command : {"close", "erase"}) {
    const auto refused = run({"user", command, "ada@example.com"}, "yes\n");
    EXPECT_EQ(refused.status, 1);
    EXPECT_THAT(refused.error, HasSubstr("--yes"));
  }
  EXPECT_TRUE(*auth_.find_user(*EmailAddress::parse("ada@example.com")));
  EXPECT_EQ(run({"user", "erase", "ada@example.com", "--yes"}).status, 0);
  EXPECT_FALSE(*auth_.find_user(*EmailAddress::parse("ada@example.com")));
}

TEST_F(CommandsOfAnApplication, ImportAHash) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--no-password"}).status, 0);
  const std::string bcrypt_of_u = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  const auto ran = run({"user", "import-hash", "ada@example.com"}, bcrypt_of_u + "\n");
  EXPECT_EQ(ran.status, 0) << ran.error;
  EXPECT_THAT(ran.out, Not(HasSubstr("$2a$")));
  EXPECT_TRUE(auth_.action({"password", "sign_in"}, {{"email", "ada@example.com"}, {"password", "U*U"}}));
  const auto wrong = run({"user", "import-hash", "ada@example.com"}, "plain\n");
  EXPECT_EQ(wrong.status, 1);
  EXPECT_THAT(wrong.error, AllOf(HasSubstr("hash: "), Not(HasSubstr("plain"))));
}

TEST_F(CommandsOfAnApplication, SignAnAccountInByATokenThatWorksOnce) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--no-password"}).status, 0);
  const auto ran = run({"user", "sign-in-token", "ada@example.com", "--lifetime", "300"});
  ASSERT_EQ(ran.status, 0) << ran.error;
  const auto use = [&] {
    return auth_.action({"password", "sign_in_with_token"}, {{"token", ran.out.substr(0, ran.out.size() - 1)}})
        .has_value();
  };
  EXPECT_TRUE(use());
  EXPECT_FALSE(use());
  EXPECT_THAT(run({"user", "sign-in-token", "ada@example.com", "--json"}).out,
              AllOf(HasSubstr("\"strategy\":\"password\""), HasSubstr("\"phase\":\"sign_in_with_token\"")));
  EXPECT_EQ(run({"user", "sign-in-token", "ada@example.com", "--lifetime", "3601"}).status, 2);
}

TEST_F(CommandsOfAnApplication, EndOneTokenOrAllOfAnAccount) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--password-stdin"}, password_text).status, 0);
  const auto token = [&] {
    return *auth_.action({"password", "sign_in"}, {{"email", "ada@example.com"}, {"password", password_text}})->token;
  };
  const auto first = token(), second = token();
  EXPECT_THAT(run({"token", "check"}, first + "\n").out, HasSubstr("is valid"));
  EXPECT_EQ(run({"token", "revoke"}, first + "\n").status, 0);
  EXPECT_THAT(run({"token", "check", "--json"}, first + "\n").out, HasSubstr("{\"revoked\":true}"));
  EXPECT_THAT(run({"token", "check", "--json"}, second + "\n").out, HasSubstr("{\"revoked\":false}"));
  EXPECT_EQ(run({"user", "revoke", "ada@example.com"}).status, 0);
  EXPECT_THAT(run({"token", "check"}, second + "\n").out, HasSubstr("is revoked"));
  const auto unknown = run({"token", "revoke"}, "nonsense\n");
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.error, HasSubstr("not a token of this application"));
}

TEST_F(CommandsOfAnApplication, ListAndEndSessions) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--password-stdin"}, password_text).status, 0);
  EXPECT_THAT(run({"session", "list", "ada@example.com"}).out, HasSubstr("signed in nowhere"));
  const auto token = [&] {
    return *auth_.action({"password", "sign_in"}, {{"email", "ada@example.com"}, {"password", password_text}})->token;
  };
  const auto first = token(), second = token();
  EXPECT_THAT(run({"session", "list", "ada@example.com"}).out, HasSubstr("  bearer   last used "));
  const auto listed = Json::parse(run({"session", "list", "ada@example.com", "--json"}).out);
  ASSERT_TRUE(listed);
  const auto sessions = listed->find("sessions")->items();
  ASSERT_EQ(sessions.size(), 2U);
  const std::string which(sessions[0].find("id")->as_text().value_or(""));
  EXPECT_EQ(run({"session", "end", "ada@example.com", "--", which}).status, 0);
  const auto revoked = [&](const std::string& one) {
    return run({"token", "check"}, one + "\n").out.contains("revoked");
  };
  EXPECT_EQ(revoked(first) + revoked(second), 1);
  EXPECT_THAT(run({"session", "end", "ada@example.com", "--older-than", "1h"}).out, HasSubstr("ended: 0."));
  EXPECT_THAT(run({"session", "end", "ada@example.com", "--kind", "session"}).out, HasSubstr("ended: 0."));
  EXPECT_THAT(run({"session", "end", "ada@example.com", "--kind", "bearer"}).out, HasSubstr("ended: 1."));
  EXPECT_EQ(revoked(first) + revoked(second), 2);
  EXPECT_EQ(run({"session", "end", "ada@example.com"}).status, 1) << "which?";
  EXPECT_EQ(run({"session", "end", "ada@example.com", "AAAAAAAAAAAAAAAAAAAAAA"}).status, 1);
  EXPECT_EQ(run({"session", "end", "ada@example.com", "--older-than", "soon"}).status, 1);
  EXPECT_THAT(run({"session", "end", "ada@example.com", "--all"}).out, HasSubstr("ended: 0."));
}

TEST_F(CommandsOfAnApplication, EnforceTheDeclaredPolicyAndRegisterWhereRegistrationIsOff) {
  Auth strict({.base_url = "https://notes.example",
               .database = *database_,
               .mailer = *mailer_,
               .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
               .strategies = {password({.registration = PasswordOptions::Registration::off, .minimum_length = 20})},
               .hasher = hasher_.get()});
  ASSERT_TRUE(strict.migrate());
  EXPECT_THAT(run_over(strict, {"routes"}).out, Not(HasSubstr("password/register")));
  EXPECT_EQ(run_over(strict, {"user", "create", "ada@example.com", "--password-stdin"}, password_text).status, 0);
  const auto ran =
      run_over(strict, {"user", "set-password", "ada@example.com", "--password-stdin"}, "seven tall heron");
  EXPECT_EQ(ran.status, 1);
  EXPECT_THAT(ran.error, AllOf(HasSubstr("password: "), HasSubstr("20")));
}

TEST_F(CommandsOfAnApplication, FailWithOneLineForAMissingAccount) {
  const auto ran = run_migrated({"user", "show", "nobody@example.com"});
  EXPECT_EQ(ran.status, 1);
  EXPECT_EQ(ran.error, "there is no user nobody@example.com\n");
}

TEST_F(CommandsOfAnApplication, ListTheRoutesTheApplicationMounts) {
  Controller web;
  const auto routes = rowan::routes(auth_).auth_routes(web, {.path = "/accounts"}).sign_in_route();
  const auto ran = run({"routes", "--json"}, {}, {.name = "notes", .routes = &routes});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out,
              AllOf(HasSubstr("/accounts/user/password/sign_in"), HasSubstr("\"/sign-in\""), HasSubstr("user[email]")));
  EXPECT_TRUE(Json::parse(ran.out.substr(0, ran.out.find('\n')))) << ran.out;
}

TEST_F(CommandsOfAnApplication, ListMailsWithoutTheirBodies) {
  ASSERT_EQ(run_migrated({"user", "create", "ada@example.com", "--password-stdin"}, password_text).status, 0);
  ASSERT_TRUE(auth_.action({"password", "reset_request"}, {{"email", "ada@example.com"}}));
  const auto ran = run({"mail", "list", "--json"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"to\":\"ada@example.com\""), HasSubstr("\"state\":\"waiting\""),
                             Not(HasSubstr("password-reset"))));
}

class CommandsOnMails : public CommandsOfAnApplication {
 protected:
  CommandsOnMails() {
    EXPECT_TRUE(auth_.migrate());
    ask_for_reset("ada@example.com");
  }
  void ask_for_reset(std::string_view email) {
    EXPECT_TRUE(auth_.action({"password", "reset_request"}, {{"email", std::string(email)}}));
  }
  std::vector<OutboxEntry> mails() { return *auth_.mails(); }
  std::string only_id() { return mails().at(0).id.text(); }
};

TEST_F(CommandsOnMails, ListThoseOfOneState) {
  auth_.run_due_work();
  ask_for_reset("bob@example.com");
  EXPECT_THAT(run({"mail", "list", "--state", "waiting"}).out,
              AllOf(HasSubstr("bob@example.com"), Not(HasSubstr("ada@example.com"))));
  EXPECT_THAT(run({"mail", "list", "--state", "sent", "--json"}).out,
              AllOf(HasSubstr("ada@example.com"), Not(HasSubstr("bob@example.com"))));
  EXPECT_THAT(run({"mail", "list", "--state", "refused"}).out, HasSubstr("No mail is refused"));
  EXPECT_EQ(run({"mail", "list", "--state", "lost"}).status, 2);
}

TEST_F(CommandsOnMails, ListTheIdThatRetryWants) { EXPECT_THAT(run({"mail", "list"}).out, HasSubstr(only_id())); }

// A mailer that is away for the first conversation only.
class AwayAtFirst final : public Mailer {
 public:
  DeliveryReport deliver(const OutgoingMail&) override {
    return {.delivery = std::exchange(away_, false) ? Delivery::try_again : Delivery::sent, .detail = "away"};
  }

 private:
  bool away_ = true;
};

TEST_F(CommandsOnMails, RetryAWaitingMailNow) {
  auto& core = engine::core_of(auth_);
  AwayAtFirst mailer;
  const auto delivered = [&] { return *core.outbox.deliver_due(core.spine.database, mailer, silent_logger()); };
  EXPECT_EQ(delivered(), 0u);
  EXPECT_EQ(delivered(), 0u);  // it waits for its next attempt
  const auto ran = run({"mail", "retry", only_id()});
  EXPECT_EQ(ran.status, 0);
  EXPECT_THAT(ran.out, HasSubstr("Done: "));
  EXPECT_EQ(delivered(), 1u);
}

TEST_F(CommandsOnMails, RefuseToRetryFinishedAndMissingMails) {
  auth_.run_due_work();
  const auto finished = run({"mail", "retry", only_id()});
  EXPECT_EQ(finished.status, 1);
  EXPECT_THAT(finished.error, HasSubstr("is finished: sent"));
  const auto missing = run({"mail", "retry", "0193a5f0-7c3e-7b1a-9f00-2b6c1d9e4a11"});
  EXPECT_EQ(missing.status, 1);
  EXPECT_THAT(missing.error, HasSubstr("there is no mail 0193a5f0"));
  EXPECT_EQ(run({"mail", "retry", "first"}).status, 2);
}

TEST_F(CommandsOfAnApplication, ListTheMailsOfDeclaredRoomsOnly) {
  const auto names = run({"mail", "preview"}).out;
  EXPECT_THAT(names, AllOf(HasSubstr("password/reset\n"), HasSubstr("otp/sign_in\n"), Not(HasSubstr("magic_link/"))));
  EXPECT_TRUE(Json::parse(run({"mail", "preview", "--json"}).out.substr(0, names.size() * 2)));
}

TEST_F(CommandsOfAnApplication, PreviewEveryMailWithoutUnfilledPlaceholders) {
  const Auth every({.base_url = "https://notes.example",
                    .database = *database_,
                    .mailer = *mailer_,
                    .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
                    .strategies = {password(), magic_link(), otp()},
                    .add_ons = {confirmation()}});
  for (const auto* room : {"password/", "magic_link/", "otp/", "confirmation/"})
    EXPECT_THAT(every.letters(),
                ::testing::Contains(::testing::Field(&DeclaredLetter::name, ::testing::StartsWith(room))));
  for (const auto& [name, sentence] : every.letters()) {
    const auto mail = every.preview_letter(name, "de");
    ASSERT_TRUE(mail) << name;
    // "(new_place)": the preview has no example for it yet.
    EXPECT_THAT(mail->text + mail->subject, Not(::testing::ContainsRegex("[{][{]|\\(([a-z_]+)\\)"))) << name;
    EXPECT_THAT(mail->subject, Not(IsEmpty())) << name;
  }
}

TEST_F(CommandsOfAnApplication, PreviewAMailAsTextHtmlOrJson) {
  const auto text = run({"mail", "preview", "password/reset"}).out;
  EXPECT_THAT(text,
              AllOf(HasSubstr("Subject: "), HasSubstr("https://notes.example/password-reset/"), HasSubstr("\n\n")));
  EXPECT_THAT(run({"mail", "preview", "password/reset", "--html"}).out, HasSubstr("<a href=\"https://notes.example/"));
  EXPECT_THAT(run({"mail", "preview", "otp/sign_in", "--language", "de", "--json"}).out,
              AllOf(HasSubstr("\"language\":\"de\""), HasSubstr("BCDF-GHJK")));
}

TEST_F(CommandsOfAnApplication, RefuseToPreviewUnknownMailsAndLanguages) {
  const auto unknown = run({"mail", "preview", "magic_link/sign_in"});
  EXPECT_EQ(unknown.status, 1);
  EXPECT_THAT(unknown.error, HasSubstr("password/reset"));
  const auto language = run({"mail", "preview", "password/reset", "--language", "xx"});
  EXPECT_EQ(language.status, 2);
  EXPECT_THAT(language.error, AllOf(HasSubstr("--language: "), HasSubstr("de")));
}

TEST_F(CommandsOfAnApplication, MakeAnAccountAtOnceAlsoWherePeopleWhoRegisterWait) {
  Auth careful({.base_url = "https://notes.example",
                .database = *database_,
                .mailer = *mailer_,
                .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
                .strategies = {password({.registration = PasswordOptions::Registration::confirm_first})},
                .add_ons = {confirmation()},
                .hasher = hasher_.get()});
  ASSERT_TRUE(careful.migrate());
  const auto ran = run_over(careful, {"user", "create", "ada@example.com", "--password-stdin"}, password_text);
  EXPECT_EQ(ran.status, 0) << ran.error;
  const auto user = careful.find_user(*EmailAddress::parse("ada@example.com"));
  ASSERT_TRUE(user && *user);
  EXPECT_FALSE((*user)->confirmed_at);
  EXPECT_THAT(ran.out, HasSubstr((*user)->id.text()));
}

class CommandsForApiKeys : public CommandsOfAnApplication {
 protected:
  Auth with_keys_{{.base_url = "https://notes.example",
                   .database = *database_,
                   .mailer = *mailer_,
                   .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
                   .strategies = {password(), api_key({.scopes = {"read", "write"}})},
                   .hasher = hasher_.get()}};
  Ran key(std::vector<std::string> words) {
    words.insert(words.begin(), "key");
    return run_over(with_keys_, std::move(words));
  }
  bool works(const std::string& text) {
    const auto header = "Bearer " + text;
    const auto verdict = with_keys_.decide({.authorization = header}, GuardKind::bearer);
    return verdict && std::holds_alternative<GuardAccepted>(*verdict);
  }
};

TEST_F(CommandsForApiKeys, MakeListAndRevokeThem) {
  ASSERT_TRUE(with_keys_.migrate());
  ASSERT_EQ(run_over(with_keys_, {"user", "create", "ada@example.com", "--no-password", "--confirmed"}).status, 0);
  EXPECT_EQ(key({"list", "ada@example.com"}).out, "It has no API keys.\n");
  const auto made = key({"create", "ada@example.com", "--name", "backup", "--scope", "read", "--days", "30", "--json"});
  ASSERT_EQ(made.status, 0) << made.error;
  const auto document = Json::parse(made.out);
  ASSERT_TRUE(document) << made.out;
  const std::string text(document->find("api_key")->as_text().value_or(""));
  const std::string id(document->find("id")->as_text().value_or(""));
  EXPECT_TRUE(works(text));
  const auto plain = key({"create", "ada@example.com", "--name", "other"});
  EXPECT_TRUE(works(plain.out.substr(0, plain.out.size() - 1))) << plain.out << plain.error;
  const auto listed = key({"list", "ada@example.com"});
  EXPECT_THAT(listed.out, AllOf(HasSubstr(id), HasSubstr("backup"), HasSubstr("read"), Not(HasSubstr(text))));
  EXPECT_THAT(key({"list", "ada@example.com", "--json"}).out, HasSubstr("\"name\":\"other\""));
  EXPECT_EQ(key({"revoke", "ada@example.com", id}).out, "The API key no longer works.\n");
  EXPECT_FALSE(works(text));
  EXPECT_EQ(key({"revoke", "ada@example.com", id}).status, 0) << "it is so already";
  EXPECT_EQ(key({"revoke", "ada@example.com", "--all"}).out, "Its API keys no longer work: 1.\n");
  EXPECT_EQ(key({"list", "ada@example.com"}).out, "It has no API keys.\n");
}

TEST_F(CommandsForApiKeys, SayWhatIsWrong) {
  ASSERT_TRUE(with_keys_.migrate());
  ASSERT_EQ(run_over(with_keys_, {"user", "create", "ada@example.com", "--no-password", "--confirmed"}).status, 0);
  const auto scope = key({"create", "ada@example.com", "--name", "x", "--scope", "admin"});
  EXPECT_EQ(scope.status, 1);
  EXPECT_THAT(scope.error, HasSubstr("scopes"));
  EXPECT_EQ(key({"create", "ada@example.com"}).status, 2) << "a name is needed";
  EXPECT_EQ(key({"create", "bob@example.com", "--name", "x"}).status, 1);
  EXPECT_THAT(key({"revoke", "ada@example.com"}).error, HasSubstr("--all"));
  EXPECT_EQ(key({"revoke", "ada@example.com", "nonsense"}).status, 1);
  const auto without = run_migrated({"key", "list", "ada@example.com"});
  EXPECT_EQ(without.status, 1);
  EXPECT_THAT(without.error, HasSubstr("API keys"));
}

TEST_F(CommandsOfAnApplication, ServeOnlyWhenTheApplicationCan) {
  EXPECT_EQ(run({"serve"}).status, 2);
  ASSERT_TRUE(auth_.migrate());
  EXPECT_EQ(run({"serve"}, {}, {.name = "notes", .serve = [] { return 7; }}).status, 7);
}

TEST_F(CommandsOfAnApplication, ShowAnExampleInTheirHelp) {
  for (const auto& command : std::vector<std::vector<std::string>>{{"migrate"},
                                                                   {"routes"},
                                                                   {"user", "create"},
                                                                   {"user", "show"},
                                                                   {"user", "set-password"},
                                                                   {"user", "disable"},
                                                                   {"user", "enable"},
                                                                   {"user", "list"},
                                                                   {"user", "confirm"},
                                                                   {"user", "import-hash"},
                                                                   {"user", "sign-in-token"},
                                                                   {"user", "revoke"},
                                                                   {"user", "factors"},
                                                                   {"user", "reset-factors"},
                                                                   {"user", "close"},
                                                                   {"user", "erase"},
                                                                   {"key", "create"},
                                                                   {"key", "list"},
                                                                   {"key", "revoke"},
                                                                   {"session", "list"},
                                                                   {"session", "end"},
                                                                   {"token", "revoke"},
                                                                   {"token", "check"},
                                                                   {"mail", "list"},
                                                                   {"mail", "retry"},
                                                                   {"mail", "preview"}}) {
    auto words = command;
    words.emplace_back("--help");
    const auto ran = run(words);
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("Example:\n  notes " + command.front()));
  }
}

}  // namespace
}  // namespace rowan::cli
