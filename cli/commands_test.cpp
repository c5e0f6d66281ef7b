// The commands as an application has them: its own Auth, its own strategies.
#include <gmock/gmock.h>
#include <unistd.h>

#include <cstdio>
#include <rowan/cli/main.hpp>
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
    ran.status = cli::main(auth_, static_cast<int>(arguments.size()), arguments.data(), std::move(commands));
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
  std::unique_ptr<Mailer> mailer_ = open_mailer("mailbox");
  Auth auth_{{.base_url = "https://notes.example",
              .database = *database_,
              .mailer = *mailer_,
              .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
              .strategies = {password()},
              .argon2 = {.memory_kib = 64, .passes = 1}}};
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
  EXPECT_TRUE(auth_.action("password", "sign_in", {{"email", "ada@example.com"}, {"password", password_text}}));
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
    return auth_.action("password", "sign_in", {{"email", "ada@example.com"}, {"password", with}}).has_value();
  };
  EXPECT_EQ(run({"user", "set-password", "ADA@example.com", "--password-stdin"}, "another horse and staple").status, 0);
  EXPECT_FALSE(signs_in(password_text));
  EXPECT_TRUE(signs_in("another horse and staple"));
  EXPECT_EQ(run({"user", "disable", "ada@example.com"}).status, 0);
  EXPECT_FALSE(signs_in("another horse and staple"));
  EXPECT_EQ(run({"user", "enable", "ada@example.com"}).status, 0);
  EXPECT_TRUE(signs_in("another horse and staple"));
}

TEST_F(CommandsOfAnApplication, FailWithOneLineForAnAccountThatIsNotThere) {
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
  ASSERT_TRUE(auth_.action("password", "reset_request", {{"email", "ada@example.com"}}));
  const auto ran = run({"mail", "list", "--json"});
  EXPECT_THAT(ran.out, AllOf(HasSubstr("\"to\":\"ada@example.com\""), HasSubstr("\"state\":\"waiting\""),
                             Not(HasSubstr("password-reset"))));
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
                                                                   {"mail", "list"}}) {
    auto words = command;
    words.emplace_back("--help");
    const auto ran = run(words);
    EXPECT_EQ(ran.status, 0);
    EXPECT_THAT(ran.out, HasSubstr("Example:\n  notes " + command.front()));
  }
}

}  // namespace
}  // namespace rowan::cli
