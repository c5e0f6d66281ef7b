#include <gmock/gmock.h>

#include <cli/config.hpp>
#include <sstream>

namespace rowan::cli {
namespace {

using ::testing::AllOf;
using ::testing::Contains;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::ElementsAreArray;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;
using ::testing::SizeIs;
using ::testing::StartsWith;

constexpr const char* whole_file = R"(
base_url = "https://id.example"
listen = "127.0.0.1:4100"
database = "postgres://rowan:hunter2@db.example:5432/rowan?sslmode=require"
secrets = ["env:NEW_SECRET", "file:/etc/rowan/old"]
mail = "smtp://mailer:s3same@mail.example:587?from=id@id.example"
trusted_proxies = ["127.0.0.1/32"]
[limits]
enabled = true
[password]
registration = "immediate"
)";

ConfigRead read(std::string file, ConfigInputs inputs = {}) {
  inputs.file_name = "rowan.toml";
  inputs.file_text = std::move(file);
  return read_config(inputs);
}

std::vector<std::string> sections_of(const Config& config) {
  std::vector<std::string> sections;
  for (const auto& subject : config.subjects)
    for (const auto& on : subject.rooms) sections.push_back(section_of(subject.name, on.room->name));
  return sections;
}

std::vector<std::string> names_of_rooms() {
  std::vector<std::string> names;
  for (const auto& room : rowan::all_rooms()) names.push_back(room.name);
  return names;
}

// A value in effect, as the file has it.
std::string value_of(const Config& config, std::string_view section, std::string_view option) {
  for (const auto& subject : config.subjects)
    for (const auto& on : subject.rooms)
      if (section_of(subject.name, on.room->name) == section) return as_toml(on.room->find(option)->get(on.options));
  return "(off)";
}

// Every option of every room, none at its default.
constexpr const char* every_room = R"([password]
registration = "confirm_first"
minimum_length = 12
reset_lifetime = "30m"

[magic_link]
registration = true
lifetime = "5m"
same_browser = true
tell_unknown = false

[otp]
registration = true
lifetime = "90s"
length = 8
alphabet = "digits"
tell_unknown = false

[confirmation]
lifetime = "1d"
required_to_sign_in = true
change_of_address = false
revert_lifetime = "0s"
)";

TEST(Config, ReadsTheFileOfTheContract) {
  const auto [config, problems] = read(whole_file);
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.base_url, "https://id.example");
  EXPECT_EQ(config.listen_address, "127.0.0.1");
  EXPECT_EQ(config.port, 4100);
  EXPECT_THAT(config.secrets, ElementsAre("env:NEW_SECRET", "file:/etc/rowan/old"));
  EXPECT_THAT(config.trusted_proxies, ElementsAre("127.0.0.1/32"));
  EXPECT_TRUE(config.limits_enabled);
  ASSERT_THAT(config.subjects, SizeIs(1));
  EXPECT_EQ(config.subjects[0].name, "user");
  EXPECT_THAT(sections_of(config), ElementsAre("password"));
}

TEST(Config, PrefersFlagsToTheEnvironmentAndTheEnvironmentToTheFile) {
  const auto [config, problems] =
      read(whole_file, {.environment = {"ROWAN_BASE_URL=https://env.example", "ROWAN_DATABASE=sqlite:env.db",
                                        "ROWAN_LIMITS__ENABLED=true", "ROWAN_TRUSTED_PROXIES=10.0.0.0/8, 10.1.0.0/16",
                                        "ROWAN_PAGES__APP_NAME=Notes"},
                        .flags = {{"database", "sqlite:flag.db"}, {"port", "4200"}}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.base_url, "https://env.example");
  EXPECT_EQ(config.database, "sqlite:flag.db");
  EXPECT_EQ(config.port, 4200);
  EXPECT_EQ(config.pages.app_name, "Notes");
  EXPECT_THAT(config.trusted_proxies, ElementsAre("10.0.0.0/8", "10.1.0.0/16"));
}

TEST(Config, CanBeSetByTheEnvironmentAlone) {
  const auto [config, problems] =
      read_config({.environment = {"ROWAN_BASE_URL=https://id.example", "ROWAN_DATABASE=sqlite:a.db",
                                   "ROWAN_MAIL=smtp://localhost:25", "ROWAN_SECRETS=env:ROWAN_SECRET",
                                   "ROWAN_SECRET=not a setting", "ROWAN_PASSWORD__REGISTRATION=immediate"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(sections_of(config), ElementsAre("password"));
}

TEST(Config, RefusesAnUnknownOptionAndNamesTheOneThatWasMeant) {
  const auto problems = read(std::string("databse = \"x\"\n") + whole_file).problems;
  ASSERT_THAT(problems, SizeIs(1));
  EXPECT_THAT(problems[0],
              AllOf(StartsWith("databse:"), HasSubstr("did you mean database?"), HasSubstr("rowan.toml line 1")));
  EXPECT_THAT(read(std::string(whole_file) + "min_lenght = \"9\"\n").problems,
              ElementsAre(StartsWith("password.min_lenght:")));
  EXPECT_THAT(read(std::string(whole_file) + "[colours]\nink = \"red\"\n").problems, Contains(StartsWith("colours")));
}

TEST(Config, RefusesMisspelledVariablesAndIgnoresUnrelatedOnes) {
  EXPECT_THAT(read(whole_file, {.environment = {"ROWAN_DATABSE=sqlite:a.db"}}).problems,
              ElementsAre(HasSubstr("ROWAN_DATABSE")));
  EXPECT_THAT(
      read(whole_file, {.environment = {"ROWAN_PORT=tcp://10.0.0.1:4000", "ROWAN_SECRET=x", "PATH=/bin"}}).problems,
      IsEmpty());
}

TEST(Config, RefusesSectionsThatThisVersionDoesNotHave) {
  EXPECT_THAT(read(std::string(whole_file) + "[directory]\n").problems,
              ElementsAre(AllOf(StartsWith("directory:"), HasSubstr("this version of rowan has no such option"))));
}

TEST(Config, ReportsAllProblemsAtOnceEachWithAFix) {
  const auto problems = read(
                            "limit = \"x\"\nlisten = \"0.0.0.0:99999\"\nsecrets = [\"hush-hush\"]\nmail = "
                            "\"mailbox\"\n[limits]\nenabled = false\n")
                            .problems;
  for (const auto* option : {"limit:", "listen: the port", "listen: plain http", "base_url: missing",
                             "database: missing", "secrets:", "mail:", "limits.enabled:", "password: no one"})
    EXPECT_THAT(problems, Contains(StartsWith(option)));
  EXPECT_THAT(problems, Each(Not(HasSubstr("hush"))));
}

TEST(Config, RefusesAValueOfTheWrongKind) {
  EXPECT_THAT(read(std::string("[limits]\nenabled = \"yes\"\n")).problems,
              Contains(HasSubstr("limits.enabled: write true or false")));
  EXPECT_THAT(read("base_url = 7\n").problems, Contains(StartsWith("base_url: ")));
  EXPECT_THAT(read(whole_file, {.environment = {"ROWAN_LIMITS__ENABLED=maybe"}}).problems,
              ElementsAre(StartsWith("limits.enabled:")));
}

TEST(Config, ReportsTheLineOfABrokenFileWithoutQuotingIt) {
  const auto problems = read("base_url = \"https://id.example\"\nsecrets = [\"hush-hush\n").problems;
  EXPECT_THAT(problems, Contains(HasSubstr("rowan.toml line 2")));
  EXPECT_THAT(problems, Each(Not(HasSubstr("hush"))));
}

// PWD-19: no default secret outside --dev, and none written out.
TEST(Config, AcceptsALiteralSecretInDevelopmentOnly) {
  const std::string file = "secrets = [\"a-secret-of-more-than-thirty-two-bytes\"]\n";
  EXPECT_THAT(read(file, {.dev = true}).problems, IsEmpty());
  EXPECT_THAT(read(file).problems, Contains(AllOf(StartsWith("secrets:"), Not(HasSubstr("thirty")))));
}

TEST(Config, FillsInWhatIsMissingInDevelopmentOnly) {
  const auto [config, problems] = read_config({.dev = true, .flags = {{"port", "4321"}}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.base_url, "http://localhost:4321");
  EXPECT_EQ(config.database, "sqlite:var/rowan.db");
  EXPECT_EQ(config.mail, "mailbox");
  EXPECT_THAT(config.secrets, ElementsAre("file:var/secret"));
  EXPECT_TRUE(config.makes_secret);
  EXPECT_FALSE(read_config({}).config.makes_secret);
}

TEST(Config, SwitchesLimitsOffInDevelopmentOnly) {
  const std::string file = "[limits]\nenabled = false\n";
  const auto [config, problems] = read(file, {.dev = true});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_FALSE(config.limits_enabled);
  EXPECT_THAT(read(file).problems, Contains(StartsWith("limits.enabled:")));
}

TEST(Config, ServesPlainHttpOnLoopbackOnlyEvenInDevelopment) {
  for (const auto* listen : {"0.0.0.0:4000", "192.0.2.1:4000", "[::]:4000"})
    EXPECT_THAT(read(std::string("listen = \"") + listen + "\"\n", {.dev = true}).problems,
                ElementsAre(StartsWith("listen: plain http")))
        << listen;
  for (const auto* listen : {"127.0.0.1:4000", "localhost:4000", "[::1]:4000"})
    EXPECT_THAT(read(std::string("listen = \"") + listen + "\"\n", {.dev = true}).problems, IsEmpty()) << listen;
}

TEST(Config, ServesPlainHttpBehindAProxyThatItKnows) {
  const std::string listen = "listen = \"10.1.2.3:4000\"\n", proxy = "trusted_proxies = [\"10.0.0.0/8\"]\n",
                    says_so = "[tls]\nbehind_proxy = true\n";
  EXPECT_THAT(read(listen + proxy, {.dev = true}).problems, ElementsAre(HasSubstr("set tls.behind_proxy = true")));
  EXPECT_THAT(read(listen + proxy + says_so, {.dev = true}).problems, IsEmpty());
  EXPECT_THAT(read(listen + says_so, {.dev = true}).problems, ElementsAre(StartsWith("tls.behind_proxy:")));
}

TEST(Rooms, AreOnWhenTheFileHasTheirSectionAndNoOthers) {  // MFA-16
  const auto config = read(std::string(whole_file) + "[otp]\n[confirmation]\n").config;
  EXPECT_THAT(sections_of(config), ElementsAre("password", "otp", "confirmation"));
  EXPECT_THAT(sections_of(read("[otp]\n", {.dev = true}).config), ElementsAre("otp"));
}

TEST(Rooms, AreAllOnInDevelopmentWithoutSections) {
  const auto config = read_config({.dev = true}).config;
  EXPECT_THAT(sections_of(config), ElementsAreArray(names_of_rooms()));
  EXPECT_EQ(value_of(config, "password", "registration"), "\"immediate\"");
  EXPECT_EQ(value_of(config, "magic_link", "registration"), "true");
}

TEST(Rooms, AreAdjustedByVariablesInDevelopmentAndStayOn) {
  const auto [config, problems] = read_config({.dev = true, .environment = {"ROWAN_OTP__LENGTH=8"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(sections_of(config), ElementsAreArray(names_of_rooms()));
  EXPECT_EQ(value_of(config, "otp", "length"), "8");
}

TEST(Rooms, TakeTheirOptionsFromTheEnvironmentBeforeTheFile) {
  const auto [config, problems] =
      read(std::string(whole_file) + "[otp]\nlifetime = \"5m\"\n",
           {.environment = {"ROWAN_OTP__LIFETIME=3m", "ROWAN_OTP__TELL_UNKNOWN=false", "ROWAN_OTP__ALPHABET=digits",
                            "ROWAN_SUBJECTS__ADMIN__PASSWORD__MINIMUM_LENGTH=20"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(value_of(config, "otp", "lifetime"), "\"3m\"");
  EXPECT_EQ(value_of(config, "otp", "tell_unknown"), "false");
  EXPECT_EQ(value_of(config, "otp", "alphabet"), "\"digits\"");
  EXPECT_EQ(value_of(config, "subjects.admin.password", "minimum_length"), "20");
}

TEST(Rooms, RefuseAValueThatDoesNotFitAndSayWhatDoes) {
  const auto refused = [](const std::string& section, const std::string& line) {
    return read(std::string(section == "password" ? "" : whole_file) + "[" + section + "]\n" + line + "\n").problems;
  };
  EXPECT_THAT(refused("password", "registration = \"sometimes\""),
              Contains(AllOf(StartsWith("password.registration: "),
                             HasSubstr(R"(write "off", "immediate" or "confirm_first")"), HasSubstr("line 2"))));
  for (const auto* lifetime : {"\"10\"", "\"m\"", "\"10 m\"", "\"-1m\"", "\"+1m\"", "\"1.5h\"", "\"10M\"", "\"1h30m\"",
                               "\"9999999d\"", "\"\"", "10", "true"})
    EXPECT_THAT(refused("otp", std::string("lifetime = ") + lifetime),
                ElementsAre(AllOf(StartsWith("otp.lifetime: write a time"), HasSubstr("\"10m\""))))
        << lifetime;
  for (const auto* length : {"-1", "\"8\"", "true"})
    EXPECT_THAT(refused("otp", std::string("length = ") + length), ElementsAre(StartsWith("otp.length: write a whole")))
        << length;
  EXPECT_THAT(refused("otp", "length = 6.5"), ElementsAre(StartsWith("otp.length: fractions")));
  EXPECT_THAT(refused("magic_link", "registration = \"true\""),
              ElementsAre(StartsWith("magic_link.registration: write true or false")));
}

TEST(Rooms, RefuseAnOptionThatIsSpelledWrongForAnySubject) {
  EXPECT_THAT(read(std::string(whole_file) + "[subjects.admin.otp]\nlenght = 8\n").problems,
              ElementsAre(AllOf(StartsWith("subjects.admin.otp.lenght: "),
                                HasSubstr("did you mean subjects.admin.otp.length?"))));
  EXPECT_THAT(read(std::string(whole_file) + "[magiclink]\n").problems,
              ElementsAre(AllOf(StartsWith("magiclink: "), HasSubstr("did you mean magic_link?"))));
}

// An option below a section that is not read as one would be ignored: registration = "off", say.
TEST(Rooms, RefuseASectionThatIsWrittenAsSomethingElse) {
  EXPECT_THAT(read("[[password]]\nregistration = \"off\"\n", {.dev = true}).problems,
              ElementsAre(AllOf(StartsWith("password: "), HasSubstr("as [password]"))));
  EXPECT_THAT(read("password = \"off\"\n", {.dev = true}).problems,
              ElementsAre(AllOf(StartsWith("password: "), HasSubstr("write [password]"))));
}

TEST(Rooms, AreRefusedWhenNoneOfThemSignsIn) {
  EXPECT_THAT(read("[confirmation]\n", {.dev = true}).problems,
              ElementsAre(StartsWith("password: no one can sign in")));
  EXPECT_THAT(read(std::string(whole_file) + "[subjects.admin]\n").problems,
              ElementsAre(AllOf(StartsWith("subjects.admin: no one"), HasSubstr("[subjects.admin.password]"))));
}

TEST(Rooms, GiveEachSubjectItsStrategies) {
  const auto config =
      read(std::string(whole_file) + "[subjects.admin.otp]\nlength = 9\n[subjects.admin.password]\n").config;
  EXPECT_THAT(sections_of(config), ElementsAre("password", "subjects.admin.password", "subjects.admin.otp"));
  EXPECT_EQ(value_of(config, "subjects.admin.otp", "length"), "9");
  EXPECT_THAT(read(std::string(whole_file) + "[subjects.user.password]\n").problems,
              ElementsAre(HasSubstr("keep one of them")));
}

TEST(MetricsListen, IsOffByDefaultAndWhenItIsEmpty) {
  EXPECT_EQ(read(whole_file).config.metrics_address, "");
  const auto off = read("metrics_listen = \"127.0.0.1:9400\"\n" + std::string(whole_file),
                        {.environment = {"ROWAN_METRICS_LISTEN="}});
  EXPECT_THAT(off.problems, IsEmpty());
  EXPECT_EQ(off.config.metrics_address, "");
  EXPECT_THAT(print_config(off.config), Not(HasSubstr("metrics")));
}

TEST(MetricsListen, AcceptsLoopbackAndPrivateAddresses) {
  for (const auto* listen :
       {"127.0.0.1:9400", "[::1]:9400", "10.0.0.5:9400", "172.31.0.1:9400", "192.168.1.1:65535", "[fd00::5]:9400"}) {
    const auto [config, problems] = read(whole_file, {.environment = {std::string("ROWAN_METRICS_LISTEN=") + listen}});
    EXPECT_THAT(problems, IsEmpty()) << listen;
    EXPECT_THAT(print_config(config), HasSubstr("metrics_listen = \"" + std::string(listen) + "\"\n"));
  }
  EXPECT_EQ(read("metrics_listen = \"localhost:9400\"\n" + std::string(whole_file)).config.metrics_address,
            "127.0.0.1");
}

// BRW-20
TEST(MetricsListen, RefusesPublicAddresses) {
  for (const auto* listen : {"0.0.0.0:9400", "[::]:9400", "198.51.100.7:9400", "172.32.0.1:9400", "[2001:db8::1]:9400",
                             "[::ffff:198.51.100.7]:9400"})
    EXPECT_THAT(read("metrics_listen = \"" + std::string(listen) + "\"\n" + whole_file).problems,
                ElementsAre(AllOf(StartsWith("metrics_listen: "), HasSubstr("private network"))))
        << listen;
}

TEST(MetricsListen, ReportsExactlyOneProblem) {
  for (const auto* listen : {"9400", ":9400", "yes", "127.0.0.1", "127.0.0.1:", "127.0.0.1:0", "127.0.0.1:65536",
                             "127.0.0.1:94x", "metrics.example:9400", "127.0.0.1:9400/metrics", "::1", "[::1]"})
    EXPECT_THAT(read("metrics_listen = \"" + std::string(listen) + "\"\n" + whole_file).problems,
                ElementsAre(AllOf(StartsWith("metrics_listen: "), HasSubstr("such as 127.0.0.1:9400"))))
        << listen;
  EXPECT_THAT(read("metrics_listen = 9400\n" + std::string(whole_file)).problems,
              ElementsAre(StartsWith("metrics_listen: ")));
}

TEST(MetricsListen, RefusesTheMainListenAddress) {
  EXPECT_THAT(read("metrics_listen = \"127.0.0.1:4100\"\n" + std::string(whole_file)).problems,
              ElementsAre(AllOf(StartsWith("metrics_listen: "), HasSubstr("choose another port"))));
}

// CRY-05
TEST(PrintedConfig, HoldsNoSecretAndNoPassword) {
  auto [config, problems] = read(whole_file);
  config.secrets.push_back("hush-hush");
  const auto text = print_config(config);
  for (const auto* secret : {"hush", "hunter2", "s3same"}) EXPECT_THAT(text, Not(HasSubstr(secret)));
  EXPECT_THAT(text, HasSubstr("\"env:NEW_SECRET\", \"file:/etc/rowan/old\", \"(redacted)\""));
  EXPECT_THAT(text, HasSubstr("postgres://rowan:***@db.example:5432/rowan?sslmode=require"));
}

constexpr const char* every_token_option = R"(
[tokens]
algorithm = "ES256"
accept = ["HS256"]
audience = ["https://a.example", "https://b.example"]
lifetime = "1d"
leeway = "30s"
acr = "1"
acr_two_factors = "2"
rotate_every = "30d"
publish_before = "2h"
rsa_bits = 4096
introspection_client = "gateway"
introspection_secrets = ["env:GATEWAY_SECRET"]
)";

TEST(PrintedConfig, ShowsEveryOptionOfTokensAsInTheFile) {
  const auto [config, problems] = read(std::string(whole_file) + every_token_option);
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(config.tokens.algorithm, "ES256");
  EXPECT_EQ(config.tokens.rsa_bits, 4096U);
  EXPECT_THAT(config.tokens.audience, SizeIs(2));
  EXPECT_THAT(print_config(config), HasSubstr(every_token_option));
}

TEST(Config, AnIntrospectionSecretIsNotWrittenOut) {  // CRY-05
  const auto problems = read(std::string(whole_file) + R"([tokens]
introspection_client = "gateway"
introspection_secrets = ["hush-hush"]
)")
                            .problems;
  EXPECT_THAT(problems, ElementsAre(AllOf(StartsWith("tokens.introspection_secrets: "), Not(HasSubstr("hush")))));
  EXPECT_THAT(read(std::string(whole_file) + "[tokens]\nintrospection_client = \"gateway\"\n").problems,
              ElementsAre(StartsWith("tokens.introspection_client: ")));
}

TEST(PrintedConfig, CanBeReadAgain) {
  const auto config = read(whole_file).config;
  const auto again = read(print_config(config));
  EXPECT_THAT(again.problems, IsEmpty());
  EXPECT_EQ(print_config(again.config), print_config(config));
}

TEST(PrintedConfig, ShowsEveryOptionOfEveryRoomAsInTheFile) {
  const auto config = read(every_room, {.dev = true}).config;
  std::istringstream lines{std::string(every_room)};
  for (std::string line; std::getline(lines, line);) EXPECT_THAT(print_config(config), HasSubstr(line + "\n"));
  EXPECT_EQ(print_config(read(print_config(config), {.dev = true}).config), print_config(config));
}

TEST(PrintedConfig, HidesAPasswordWhereverAUrlHasOne) {
  EXPECT_EQ(without_password("postgres://u:p@h/d"), "postgres://u:***@h/d");
  EXPECT_EQ(without_password("postgres://u:p@ss@h/d"), "postgres://u:***@h/d");
  EXPECT_EQ(without_password("postgres://u@h/d?password=p&a=b"), "postgres://u@h/d?password=***&a=b");
  EXPECT_EQ(without_password("postgres://u:se?cret@h/d"), "postgres://u:***");
  EXPECT_EQ(without_password("smtp://h:25?from=a@b"), "smtp://h:25?from=a@b");
  EXPECT_EQ(without_password("sqlite:var/rowan.db"), "sqlite:var/rowan.db");
}

// [[oidc]] and [[oauth2]]: as many as there are names.
constexpr const char* providers = R"(
[[oidc]]
name = "work"
issuer = "https://login.example"
client_id = "notes"
client_secret = "env:WORK_SECRET"
trust_email_verified = true
[[oidc]]
name = "school"
issuer = "https://school.example"
client_id = "notes-2"
client_secret = "file:/etc/rowan/school"
scopes = ["openid", "email", "profile"]
[[subjects.admin.oauth2]]
name = "forge"
label = "Forge"
authorize_url = "https://forge.example/authorize"
token_url = "https://forge.example/token"
user_url = "https://forge.example/user"
client_id = "admins"
client_secret = "env:FORGE_SECRET"
client_authentication = "client_secret_post"
response_mode = "form_post"
)";

std::string option_of(const Config& config, std::string_view name, std::string_view option) {
  for (const auto& subject : config.subjects)
    for (const auto& on : subject.rooms)
      if (on.repeated && as_toml(on.room->find("name")->get(on.options)) == as_toml(std::string(name)))
        return as_toml(on.room->find(option)->get(on.options));
  return "(none)";
}

TEST(Providers, AreReadEachByItsName) {
  const auto [config, problems] = read(std::string(whole_file) + providers);
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_THAT(sections_of(config), ElementsAre("password", "oidc", "oidc", "subjects.admin.oauth2"));
  EXPECT_EQ(option_of(config, "work", "issuer"), "\"https://login.example\"");
  EXPECT_EQ(option_of(config, "work", "trust_email_verified"), "true");
  EXPECT_EQ(option_of(config, "school", "trust_email_verified"), "false");
  EXPECT_EQ(option_of(config, "school", "scopes"), R"(["openid", "email", "profile"])");
  EXPECT_EQ(option_of(config, "forge", "response_mode"), "\"form_post\"");
  const auto printed = print_config(config);
  EXPECT_EQ(print_config(read(printed).config), printed) << "it can be read again";
}

TEST(Providers, AreChangedByTheEnvironment) {
  const auto [config, problems] =
      read(std::string(whole_file) + providers,
           {.environment = {"ROWAN_OIDC__WORK__CLIENT_ID=other", "ROWAN_WORK_SECRET_2=x", "WORK_SECRET=x"}});
  EXPECT_THAT(problems, IsEmpty());
  EXPECT_EQ(option_of(config, "work", "client_id"), "\"other\"");
  EXPECT_EQ(option_of(config, "school", "client_id"), "\"notes-2\"");
}

TEST(Providers, ThatCannotBeMeantAreProblems) {
  const auto problems_with = [](const std::string& section) {
    return read(std::string(whole_file) + section).problems;
  };
  const std::string work = "[[oidc]]\nname = \"work\"\nissuer = \"https://a.example\"\nclient_id = \"a\"\n";
  EXPECT_THAT(problems_with(work + work), ElementsAre(StartsWith("oidc.name: two have the same name")));
  EXPECT_THAT(problems_with("[[oidc]]\nname = \"Work!\"\n"), ElementsAre(StartsWith("oidc.name: write 1 to 23")));
  EXPECT_THAT(problems_with("[[oidc]]\nname = 7\n"), ElementsAre(StartsWith("oidc.name: write")));
  EXPECT_THAT(problems_with("[oidc]\nissuer = \"https://a.example\"\n"), Contains(HasSubstr("write [[oidc]]")));
  EXPECT_THAT(problems_with(work + "isuer = \"x\"\n"), ElementsAre(StartsWith("oidc.work.isuer: this version")));
  EXPECT_THAT(problems_with(work + "lifetime = \"soon\"\n"), ElementsAre(StartsWith("oidc.work.lifetime: write")));
  EXPECT_THAT(problems_with(work + "client_secret = \"hunter2\"\n"),
              ElementsAre(AllOf(StartsWith("oidc.work.client_secret"), Not(HasSubstr("hunter2")))));
  EXPECT_THAT(problems_with("[[oidc]]\nname = \"near\"\nissuer = \"http://localhost:9\"\n"),
              ElementsAre(StartsWith("oidc.near.issuer: plain http is for --dev only")));
  EXPECT_THAT(
      read("[[oidc]]\nname = \"near\"\nissuer = \"http://localhost:9\"\nclient_secret = \"hunter2\"\n", {.dev = true})
          .problems,
      IsEmpty());
  EXPECT_THAT(print_config(read("[[oidc]]\nclient_secret = \"hunter2\"\n", {.dev = true}).config),
              AllOf(HasSubstr("[[oidc]]"), HasSubstr("(redacted)"), Not(HasSubstr("hunter2"))));
}

}  // namespace
}  // namespace rowan::cli
