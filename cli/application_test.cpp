// From a configuration to an application: what is made in --dev, and what is refused everywhere.
#include <gmock/gmock.h>
#include <sys/stat.h>

#include <cli/application.hpp>
#include <cli/development.hpp>
#include <cli/print_routes.hpp>
#include <filesystem>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/web/conn_state.hpp>

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
    EXPECT_TRUE(engine::core_of(*application->auth).pages.has(page)) << page;
}

// PWD-19
TEST_F(Production, RequiresASecretAndGeneratesNone) {
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

TEST_F(Production, ReportsProblemsOfTheFileTheDatabaseAndTheEngineTogether) {
  const auto problems = problems_of(
      {.file_name = "rowan.toml",
       .file_text = "base_url = \"http://id.example\"\ndatabase = \"sqlite:none/such/folder.db\"\n"
                    "mail = \"ftp://mail\"\ntrusted_proxies = [\"everywhere\"]\ncolour = \"red\"\n[password]\n"});
  for (const auto* option : {"base_url:", "database:", "mail:", "trusted_proxies:", "colour:", "secrets:"})
    EXPECT_THAT(problems, Contains(StartsWith(option)));
}

// A relay on this machine sends on, so the receivers see the address.
TEST_F(Production, WantsTheAddressThatMailsComeFrom) {
  for (const auto* mail : {"smtp://localhost:25", "smtps://user:s3same@mail.example"}) {
    const auto read = read_config({.file_name = "rowan.toml",
                                   .file_text = "base_url = \"https://id.example\"\ndatabase = \"sqlite:id.db\"\n"
                                                "mail = \"" +
                                                std::string(mail) + "\"\n[password]\n"});
    EXPECT_THAT(cli::problems_of(read),
                Contains(AllOf(StartsWith("mail: `from` is missing"), HasSubstr("?from="), Not(HasSubstr("s3same")))))
        << mail;
  }
}

constexpr const char* without_rooms =
    "base_url = \"https://id.example\"\ndatabase = \"sqlite:id.db\"\nmail = "
    "\"smtp://localhost:25?from=no-reply@id.example\"\n";

TEST_F(Production, ReportsContradictionsByTheNamesOfTheFileAllAtOnce) {
  const auto problems = problems_of(
      {.file_name = "rowan.toml",
       .file_text = std::string(without_rooms) +
                    "[pages]\ndefault_language = \"xx\"\n[password]\nregistration = \"confirm_first\"\n"
                    "minimum_length = 4\n[otp]\nlength = 2\n[subjects.admin.password]\n"
                    "registration = \"confirm_first\"\n[subjects.admin.confirmation]\nlifetime = \"0s\"\n"});
  EXPECT_THAT(problems, Contains(AllOf(StartsWith("password.registration: confirm_first needs"),
                                       HasSubstr("use immediate, or add a section [confirmation]"))));
  for (const auto* option : {"password.minimum_length:", "otp.length:", "subjects.admin.confirmation.lifetime:",
                             "pages.default_language:", "secrets:"})
    EXPECT_THAT(problems, Contains(StartsWith(option)));
  EXPECT_THAT(problems, Each(Not(StartsWith("subjects.admin.password"))));
}

TEST_F(Production, IsCheckedWithoutOpeningOrMakingAnything) {
  const auto read =
      read_config({.file_name = "rowan.toml",
                   .file_text = std::string(without_rooms) + "[password]\nregistration = \"confirm_first\"\n"});
  EXPECT_THAT(read.problems, ::testing::IsEmpty());
  EXPECT_THAT(cli::problems_of(read), Contains(StartsWith("password.registration:")));
  EXPECT_THAT(cli::problems_of(read_config({.dev = true})), ::testing::IsEmpty());
  EXPECT_TRUE(std::filesystem::is_empty(std::filesystem::current_path()));
}

TEST_F(Development, AnswersForEveryRoom) {
  const auto application = open_application(read_config({.dev = true}));
  ASSERT_EQ(engine::core_of(*application->auth).subjects.size(), 1u);
  for (const auto* strategy : {"password", "magic_link", "otp", "confirm_new_user", "email"})
    EXPECT_NE(engine::core_of(*application->auth).subjects[0].find(strategy), nullptr) << strategy;
  Site site;
  site.mount(application->routes());
  const auto addresses = site.addresses();
  for (const auto page : {PageName::sign_in, PageName::register_, PageName::reset})
    EXPECT_NE(addresses->page(page), "");
}

TEST_F(Development, ShowsNoWayToRegisterWhereThereIsNone) {
  const auto application = open_application(
      read_config({.dev = true, .file_name = "rowan.toml", .file_text = "[password]\nregistration = \"off\"\n"}));
  Site site;
  site.mount(application->routes());
  const auto addresses = site.addresses();
  EXPECT_EQ(addresses->page(PageName::register_), "");
  EXPECT_EQ(addresses->page(PageName::reset), "/reset");
}

TEST_F(Development, MountsThePagesBehindMailedLinks) {
  const auto application = open_application(read_config({.dev = true}));
  std::vector<std::string> paths;
  const auto routes = application->routes();
  for (const auto& line : routes.lines()) paths.push_back(line.path);
  for (const auto* page : {"/password-reset/:token", "/magic_link/:token", "/confirm_new_user/:token"})
    EXPECT_THAT(paths, Contains(page));
}

class MailboxPage : public InAnEmptyFolder {
 protected:
  void receive(std::string text) {
    application_->mailer->deliver({.message = {.to = "ada@example.com", .subject = "S", .text = std::move(text)},
                                   .message_id = "m1@id.example",
                                   .created = {},
                                   .sent = {}});
  }
  std::string page() {
    EXPECT_TRUE(application_->auth->migrate());
    Site site;
    site.mount(application_->routes());
    add_development_routes(site, *application_->auth, *application_->mailer);
    http::Request request;
    request.path = "/dev/mailbox";
    request.peer = *http::IpAddress::parse("127.0.0.1");
    request.headers.add("Host", "localhost:4000");
    Admission admission({});
    return site.handle(request, admission).body;
  }

 private:
  std::unique_ptr<Application> application_ = open_application(read_config({.dev = true}));
};

TEST_F(MailboxPage, KeepsTheLinesOfAMail) {
  receive("Hello,\n\nfirst line\r\nsecond  line\n");
  EXPECT_THAT(page(), HasSubstr("Hello,\n\nfirst line\nsecond  line\n"));
}

TEST_F(MailboxPage, OffersTheCodeAndTheLinksByThemselves) {
  receive("Your code:\n\nABC-DEF\n\nor http://localhost:4000/magic_link/a.b\n");
  const auto body = page();
  EXPECT_THAT(body, HasSubstr("<code class=\"pick\">ABC-DEF</code>"));
  EXPECT_THAT(body, HasSubstr("href=\"http://localhost:4000/magic_link/a.b\""));
}

// INJ-02
TEST_F(MailboxPage, RunsNothingOfAMail) {
  receive("<script>alert(1)</script>\n");
  EXPECT_THAT(page(), AllOf(HasSubstr("&lt;script&gt;alert(1)"), Not(HasSubstr("<script>alert"))));
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
    return is_from_this_machine(Conn(engine::start_conn(nullptr, engine::Arrival{request_}, nullptr, false)));
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
