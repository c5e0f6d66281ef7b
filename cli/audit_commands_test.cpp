// The commands over the audit log, of an application that has it switched on.
#include <gmock/gmock.h>

#include <cstdio>
#include <rowan/cli/main.hpp>
#include <rowan/rowan.hpp>
#include <rowan/testing/temporary_database.hpp>
#include <sstream>
#include <thread>

namespace rowan::cli {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;

constexpr const char *ada = "ada@example.com", *her_password = "correct horse battery staple";

std::vector<Json> documents_in(const std::string& lines) {
  std::vector<Json> all;
  std::istringstream stream(lines);
  for (std::string line; std::getline(stream, line);) {
    const auto document = Json::parse(line);
    EXPECT_TRUE(document) << line;
    if (document) all.push_back(*document);
  }
  return all;
}

class CommandsOnTheAuditLog : public ::testing::Test {
 protected:
  struct Outcome {
    int status = 0;
    std::string out{}, error{};
  };

  void SetUp() override {
    ASSERT_TRUE(auth_.migrate());
    ASSERT_TRUE(auth_.action({"password", "register"},
                             {{"email", ada}, {"password", her_password}, {"password_confirmation", her_password}}));
    ASSERT_FALSE(auth_.action({"password", "sign_in"}, {{"email", ada}, {"password", "wrong wrong wrong wrong"}}));
  }
  Outcome run(std::vector<std::string> words) { return run_over(auth_, std::move(words)); }
  static Outcome run_over(Auth& auth, std::vector<std::string> words) {
    words.insert(words.begin(), {"notes", "audit"});
    std::vector<char*> arguments;
    arguments.reserve(words.size());
    for (auto& word : words) arguments.push_back(word.data());
    ::testing::internal::CaptureStdout();
    ::testing::internal::CaptureStderr();
    Outcome outcome;
    outcome.status = cli::main(auth, static_cast<int>(arguments.size()), arguments.data(), {.name = "notes"});
    outcome.out = ::testing::internal::GetCapturedStdout();
    outcome.error = ::testing::internal::GetCapturedStderr();
    return outcome;
  }
  AuthOptions options(std::vector<AddOn> add_ons) {
    return {.base_url = "https://notes.example",
            .database = *database_,
            .mailer = *mailer_,
            .secret = Secret::from_text("0123456789abcdefghijklmnopqrstuvwxyz"),
            .strategies = {password()},
            .add_ons = std::move(add_ons),
            .hasher = hasher_.get()};
  }

  rowan::testing::TemporaryDatabase database_{"sqlite"};
  std::unique_ptr<Mailer> mailer_ = open_mailer("mailbox");
  std::unique_ptr<PasswordHasher> hasher_ = make_argon2id_hasher({.memory_kib = 8, .passes = 1}, system_random());
  Auth auth_{options({audit_log()})};
};

TEST_F(CommandsOnTheAuditLog, ExportJsonLinesTheOldestFirst) {
  const auto ran = run({"export"});
  EXPECT_EQ(ran.status, 0) << ran.error;
  const auto all = documents_in(ran.out);
  ASSERT_THAT(all, SizeIs(3));
  EXPECT_EQ(all[0].find("event")->as_text(), "registered");
  EXPECT_EQ(all[2].find("event")->as_text(), "failed");
  EXPECT_EQ(all[2].find("status")->as_text(), "failure");
  EXPECT_THAT(ran.out, Not(HasSubstr("wrong wrong")));
}

TEST_F(CommandsOnTheAuditLog, ExportWhatIsAskedFor) {
  EXPECT_THAT(documents_in(run({"export", "--event", "failed"}).out), SizeIs(1));
  EXPECT_THAT(documents_in(run({"export", "--account", ada}).out), SizeIs(3));
  EXPECT_THAT(documents_in(run({"export", "--strategy", "otp"}).out), IsEmpty());
  EXPECT_THAT(documents_in(run({"export", "--since", "1h"}).out), SizeIs(3));
  EXPECT_THAT(documents_in(run({"export", "--until", "1h"}).out), IsEmpty());
  EXPECT_THAT(documents_in(run({"export", "--since", "2020-01-01T00:00:00Z"}).out), SizeIs(3));
}

TEST_F(CommandsOnTheAuditLog, ShowTheLatestLast) {
  const auto ran = run({"tail", "--lines", "2"});
  EXPECT_EQ(ran.status, 0) << ran.error;
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 2);
  EXPECT_LT(ran.out.find("signed_in  password/register"), ran.out.find("failed  password/sign_in  failure"));
  EXPECT_THAT(documents_in(run({"tail", "--json"}).out), SizeIs(3));
}

TEST_F(CommandsOnTheAuditLog, FollowWhatIsWrittenMeanwhile_EachEventOnce) {
  const auto ends = std::chrono::time_point_cast<std::chrono::microseconds>(std::chrono::system_clock::now() +
                                                                            std::chrono::seconds(4));
  std::jthread others([&] {
    std::this_thread::sleep_for(std::chrono::seconds(1));
    (void)auth_.action({"password", "sign_in"}, {{"email", ada}, {"password", her_password}});
  });
  const auto ran = run({"tail", "--lines", "1", "--follow", "--until", to_rfc3339(ends)});
  EXPECT_EQ(ran.status, 0) << ran.error;
  EXPECT_THAT(ran.out, AllOf(HasSubstr("failed  password/sign_in"), HasSubstr("signed_in  password/sign_in")));
  EXPECT_EQ(std::ranges::count(ran.out, '\n'), 2) << ran.out;
}

TEST_F(CommandsOnTheAuditLog, SayWhatIsWrong) {
  EXPECT_EQ(run({"export", "--event", "sign_in"}).status, 2);
  const auto time = run({"export", "--since", "yesterday"});
  EXPECT_EQ(time.status, 2);
  EXPECT_THAT(time.error, HasSubstr("--since:"));
  EXPECT_EQ(run({"export", "--account", "not an address"}).status, 2);
  const auto nobody = run({"tail", "--account", "bob@example.com"});
  EXPECT_EQ(nobody.status, 1);
  EXPECT_THAT(nobody.error, HasSubstr("there is no user bob@example.com"));
  EXPECT_THAT(run({"tail", "--help"}).out, HasSubstr("notes audit tail"));
}

TEST_F(CommandsOnTheAuditLog, SayHowToSwitchItOn) {
  Auth without(options({}));
  const auto ran = run_over(without, {"tail"});
  EXPECT_EQ(ran.status, 2);
  EXPECT_THAT(ran.error, HasSubstr("audit_log: is not switched on"));
}

}  // namespace
}  // namespace rowan::cli
