// From a configuration to an application: what is made in --dev, and what is refused everywhere.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cli/application.hpp>
#include <cli/development.hpp>
#include <filesystem>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/conn_state.hpp>

namespace rowan::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;
using ::testing::StartsWith;

// A folder of its own as the working directory: --dev makes var/ there.
class InAnEmptyFolder : public ::testing::Test {
 protected:
  InAnEmptyFolder() {
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-cli-XXXXXX").string();
    if (::mkdtemp(pattern.data()) != nullptr) folder_ = pattern;
    std::filesystem::current_path(folder_);
  }
  ~InAnEmptyFolder() override {
    std::filesystem::current_path(before_);
    std::filesystem::remove_all(folder_);
  }
  std::vector<std::string> problems_of(const ConfigInputs& inputs) {
    try {
      open_application(read_config(inputs));
    } catch (const ConfigError& error) {
      return error.problems();
    }
    return {};
  }

 private:
  std::filesystem::path before_ = std::filesystem::current_path(), folder_{};
};

using Development = InAnEmptyFolder;
using Production = InAnEmptyFolder;

TEST_F(Development, MakesASecretThatOnlyItsOwnerCanRead) {
  const auto application = open_application(read_config({.dev = true}));
  ASSERT_TRUE(application->auth);
  struct stat file{};
  ASSERT_EQ(::stat("var/secret", &file), 0);
  EXPECT_EQ(file.st_mode & 0777u, 0600u);
  EXPECT_GE(file.st_size, 43);
}

TEST_F(Development, KeepsItsSecret) {
  open_application(read_config({.dev = true}));
  const auto first = std::string(Secret::from_file("var/secret").expose());
  open_application(read_config({.dev = true}));
  EXPECT_EQ(Secret::from_file("var/secret").expose(), first);
}

TEST_F(Development, HasTheTemplatesOfItsPages) {
  const auto application = open_application(read_config({.dev = true}));
  for (const auto* page : {"dev/home.html", "dev/private.html", "dev/billing.html", "dev/mailbox.html"})
    EXPECT_TRUE(application->auth->core().pages.has(page)) << page;
}

// PWD-19
TEST_F(Production, MakesNothingAndStartsWithNoSecretOfItsOwn) {
  EXPECT_THAT(problems_of({}), Contains(StartsWith("secrets: env:ROWAN_SECRET is not set")));
  EXPECT_FALSE(std::filesystem::exists("var"));
}

// PWD-19
TEST_F(Production, RefusesASampleSecret) {
  ASSERT_EQ(::setenv("ROWAN_CLI_TEST_SECRET", "changeme", 1), 0);
  EXPECT_THAT(problems_of({.file_name = "rowan.toml", .file_text = "secrets = [\"env:ROWAN_CLI_TEST_SECRET\"]\n"}),
              AllOf(Contains(StartsWith("secrets: env:ROWAN_CLI_TEST_SECRET")), Each(Not(HasSubstr("changeme")))));
  ::unsetenv("ROWAN_CLI_TEST_SECRET");
}

TEST_F(Production, SaysProblemsOfTheFileTheDatabaseAndTheEngineTogether) {
  const auto problems = problems_of(
      {.file_name = "rowan.toml",
       .file_text = "base_url = \"http://id.example\"\ndatabase = \"sqlite:none/such/folder.db\"\n"
                    "mail = \"ftp://mail\"\ntrusted_proxies = [\"everywhere\"]\ncolour = \"red\"\n[password]\n"});
  for (const auto* option : {"base_url:", "database:", "mail:", "trusted_proxies:", "colour:", "secrets:"})
    EXPECT_THAT(problems, Contains(StartsWith(option)));
}

class Asked {
 public:
  Asked(std::string_view peer, std::string host) {
    request_.peer = *http::IpAddress::parse(peer);
    request_.headers.add("Host", std::move(host));
  }
  Asked& with(std::string name) {
    request_.headers.add(std::move(name), "for=192.0.2.1");
    return *this;
  }
  bool from_this_machine() const {
    return is_from_this_machine(Conn(engine::start_conn(nullptr, request_, nullptr, false)));
  }

 private:
  http::Request request_{};
};

TEST(DevelopmentMailbox, IsShownOnThisMachineOnly) {
  EXPECT_TRUE(Asked("127.0.0.1", "localhost:4000").from_this_machine());
  EXPECT_TRUE(Asked("::1", "[::1]:4000").from_this_machine());
  EXPECT_FALSE(Asked("192.0.2.7", "localhost:4000").from_this_machine());
}

TEST(DevelopmentMailbox, IsNotShownThroughAProxyOrToARebindingSite) {
  EXPECT_FALSE(Asked("127.0.0.1", "localhost").with("X-Forwarded-For").from_this_machine());
  EXPECT_FALSE(Asked("127.0.0.1", "localhost").with("Forwarded").from_this_machine());
  EXPECT_FALSE(Asked("127.0.0.1", "evil.example:4000").from_this_machine());
}

}  // namespace
}  // namespace rowan::cli
