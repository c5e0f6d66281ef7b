#include <gtest/gtest.h>
#include <rowan/base/config_error.hpp>
#include <rowan/engine/parts/browser_name.hpp>
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/phases/read_inputs.hpp>
#include <rowan/engine/web/base_url.hpp>
#include <rowan/engine/web/origins.hpp>
#include <rowan/engine/web/path_pattern.hpp>
#include <rowan/engine/web/route_tree.hpp>
#include <rowan/engine/web/site.hpp>
#include <rowan/http/body.hpp>
#include <rowan/testing/fake_random.hpp>

namespace rowan::engine {
namespace {

TEST(BaseUrl, IsParsedAndNormalised) {
  const auto url = BaseUrl::parse("https://ID.example:443/app/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->text, "https://id.example/app");
  EXPECT_EQ(url->origin, "https://id.example");
  EXPECT_EQ(url->path, "/app");
  EXPECT_TRUE(url->https);
  EXPECT_FALSE(url->loopback);
  EXPECT_TRUE(BaseUrl::parse("http://localhost:4000")->loopback);
  EXPECT_TRUE(BaseUrl::parse("http://127.0.0.1:4000")->loopback);
  EXPECT_FALSE(BaseUrl::parse("http://localhost.evil.example")->loopback);
  for (const auto* bad : {"", "id.example", "ftp://id.example", "https://", "https://user@id.example",
                          "https://id.example/?q", "https://id.example/#f"})
    EXPECT_FALSE(BaseUrl::parse(bad)) << bad;
}

TEST(Origins, AreOfThisApplicationAndOfNoOther) {
  std::string answer;
  const Origins origins(*BaseUrl::parse("https://notes.example/app"), [&](std::string_view) { return answer; });
  for (const auto* good : {"https://north.notes.example/app", "https://NORTH.notes.example:443/app/"}) {
    answer = good;
    ASSERT_TRUE(origins.of("north")) << good;
    EXPECT_EQ(origins.of("north")->text, "https://north.notes.example/app");
  }
  for (const auto* bad : {"", "north.notes.example", "http://north.notes.example/app", "https://north.notes.example",
                          "https://north.notes.example/other", "https://u@north.notes.example/app"}) {
    answer = bad;
    ASSERT_FALSE(origins.of("north")) << bad;
    EXPECT_EQ(origins.of("north").error().code, ErrorCode::internal);
  }
  EXPECT_EQ(Origins(*BaseUrl::parse("https://notes.example"), {}).of("north")->text, "https://notes.example");
}

TEST(PathPattern, MatchesWholeSegmentsAndDecodesParameters) {
  const PathPattern pattern("/password-reset/:token");
  EXPECT_EQ(pattern.match("/password-reset/abc")->at("token"), "abc");
  EXPECT_EQ(pattern.match("/password-reset/a%20b")->at("token"), "a b");
  for (const auto* other : {"/password-reset", "/password-reset/", "/password-reset/a/b", "/password-reset/a%2Fb",
                            "/password-reset/%zz", "/password-reset/..", "/x/abc"})
    EXPECT_FALSE(pattern.match(other)) << other;
  EXPECT_TRUE(PathPattern("/sign-in").match("/sign-in"));
  EXPECT_FALSE(PathPattern("/sign-in").match("/sign-in/"));
}

TEST(RouteTree, FindsWhatHasAllSegmentsAndNothingElse) {
  RouteTree tree;
  std::size_t next = 0;
  for (const auto* pattern : {"/", "/notes", "/notes/:id", "/notes/new", "/:page", "/notes/:id/edit", "/notes"})
    tree.add(pattern, next++);
  const auto found = [&](std::string_view path) {
    FoundRoutes routes;
    tree.find(path, routes);
    std::ranges::sort(routes);
    return std::vector<std::size_t>(routes.begin(), routes.end());
  };
  using Routes = std::vector<std::size_t>;
  EXPECT_EQ(found("/"), (Routes{0, 4}));  // PathPattern refuses the empty parameter
  EXPECT_EQ(found("/notes"), (Routes{1, 4, 6}));
  EXPECT_EQ(found("/notes/7"), (Routes{2}));
  EXPECT_EQ(found("/notes/new"), (Routes{2, 3}));
  EXPECT_EQ(found("/notes/7/edit"), (Routes{5}));
  for (const auto* other : {"", "notes", "/notes/", "/notes/7/", "/notes/7/edit/", "/notes/7/other", "//notes"})
    EXPECT_TRUE(found(other).empty() || std::string_view(other) == "/notes/") << other;
}

Phase phase() {
  return {.name = "p",
          .inputs = {{.name = "email", .kind = Input::Kind::email, .max_bytes = 320},
                     {.name = "password", .kind = Input::Kind::password, .max_bytes = 16},
                     {.name = "token", .kind = Input::Kind::token, .required = false},
                     {.name = "note", .required = false, .max_bytes = 8}}};
}

TEST(Inputs, ReportEveryWrongFieldAtOnce) {
  const auto fields = *http::parse_body("application/json", R"({"user":{"email":"nobody","note":"a\u0007"}})");
  const auto read = read_inputs(phase(), fields, "user");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().code, ErrorCode::invalid_input);
  ASSERT_EQ(read.error().fields.size(), 3U);
  EXPECT_EQ(read.error().fields[0].code, "invalid");
  EXPECT_EQ(read.error().fields[1].code, "required");
  EXPECT_EQ(read.error().fields[2].code, "invalid");
}

TEST(Inputs, AreBoundedAndNothingIsCutOff) {
  const auto fields =
      *http::parse_body("application/json", R"({"user":{"email":"a@b.example","password":"12345678901234567"}})");
  const auto read = read_inputs(phase(), fields, "user");
  ASSERT_FALSE(read);
  EXPECT_EQ(read.error().fields[0].code, "too_long");
}

TEST(Inputs, TakeATokenNestedOrOnTop) {
  for (const auto* body : {R"({"token":"t","user":{"email":"a@b.example","password":"p"}})",
                           R"({"user":{"email":"a@b.example","password":"p","token":"t"}})"}) {
    const auto read = read_inputs(phase(), *http::parse_body("application/json", body), "user");
    ASSERT_TRUE(read);
    EXPECT_EQ(read->text("token"), "t");
  }
}

TEST(Inputs, KeepWhatWasTypedButNoSecret) {
  const auto fields =
      *http::parse_body("application/json", R"({"token":"t","user":{"email":"a@b.example","password":"secret"}})");
  const auto values = typed_values(phase(), fields, "user");
  EXPECT_EQ(values.at("email"), "a@b.example");
  EXPECT_FALSE(values.contains("password"));
  EXPECT_FALSE(values.contains("token"));
}

TEST(BrowserName, IsTheCommonNameOfTheBrowser) {
  const auto name = [](std::string_view agent) { return browser_name(agent); };
  EXPECT_EQ(name("Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 Safari/537.36"),
            "Chrome on Linux");
  EXPECT_EQ(name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/131.0 "
                 "Safari/537.36 Edg/131.0"),
            "Edge on Windows");
  EXPECT_EQ(name("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
                 "Version/18.1 Mobile/15E148 Safari/604.1"),
            "Safari on iPhone");
  EXPECT_EQ(name("Mozilla/5.0 (Macintosh; Intel Mac OS X 10.15; rv:133.0) Gecko/20100101 Firefox/133.0"),
            "Firefox on macOS");
  EXPECT_EQ(name(""), "");
}

TEST(BrowserName, ShowsNothingOfWhatAStrangerWrote) {
  for (const auto* agent : {"https://evil.test/reset-your-password", "curl/7.88.1", "evil.test Call +1 555 0100",
                            "\xE2\x80\xAEtset.live", "on Windows"})
    EXPECT_EQ(browser_name(agent), "") << agent;
  EXPECT_EQ(browser_name("https://evil.test Firefox/1 on evil.test Windows"), "Firefox on Windows");
}

// With bytes that did not fit left in, the first four letters of 21 would come a twelfth more often: χ² of about 300.
TEST(MailedCodes, AreUniformlyDistributed) {  // MFA-03
  testing::FakeRandom random;
  for (const auto alphabet : {CodeShape::unambiguous_uppercase, CodeShape::digits}) {
    const CodeShape shape{.length = 6, .alphabet = alphabet};
    constexpr int codes = 50'000;
    std::vector<std::vector<int>> seen(shape.length, std::vector<int>(alphabet.size()));
    for (int i = 0; i < codes; ++i) {
      const auto code = make_code(shape, random);
      ASSERT_EQ(code.size(), shape.length);
      for (std::size_t at = 0; at < code.size(); ++at) ++seen[at].at(alphabet.find(code[at]));
    }
    std::vector<double> all(alphabet.size());
    const double expected = double(codes) / double(alphabet.size());
    for (const auto& place : seen) {
      double chi_squared = 0;
      for (std::size_t i = 0; i < place.size(); ++i) {
        chi_squared += (place[i] - expected) * (place[i] - expected) / expected;
        all[i] += place[i];
      }
      EXPECT_LT(chi_squared, 50) << alphabet;  // 20 and 9 degrees of freedom: one in 10,000 is above 52 and 33
    }
    double chi_squared = 0;
    for (const auto count : all) chi_squared += (count - 6 * expected) * (count - 6 * expected) / (6 * expected);
    EXPECT_LT(chi_squared, 50) << alphabet;
  }
}

TEST(AdmissionCounts, AdmitUpToTheLimitAndReleasePlaces) {  // PWD-15
  Admission admission({.database = 1, .hash = 2, .outgoing = 1});
  auto first = admission.enter(Cost::hash), second = admission.enter(Cost::hash);
  EXPECT_TRUE(first);
  EXPECT_TRUE(second);
  EXPECT_FALSE(admission.enter(Cost::hash));
  EXPECT_TRUE(admission.enter(Cost::database));
  first = {};
  {
    const auto gone = std::move(second);
  }
  EXPECT_TRUE(admission.enter(Cost::hash));
}

class NoDatabase final : public Database {
 public:
  Dialect dialect() const override { return Dialect::sqlite; }

 private:
  Result<> with_reader(const std::function<void(SqlConnection&)>&) override {
    return Error{.code = ErrorCode::unavailable};
  }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>&, Durability) override {
    return Error{.code = ErrorCode::unavailable};
  }
};

TEST(CheckOptions, ReportsEveryProblemAtOnceWithItsOption) {  // PWD-19, TOK-07
  NoDatabase database;
  const auto mailer = open_mailer("mailbox");
  try {
    const Auth auth({.base_url = "http://notes.example",
                     .database = database,
                     .mailer = *mailer,
                     .secret = {Secret::from_text("short"), Secret::from_env("ROWAN_SURELY_UNSET"),
                                Secret::from_text("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa")},
                     .strategies = {Strategy{.name = "Bad Name"}, Strategy{.name = "twin"}, Strategy{.name = "twin"}},
                     .session = {.account_cache_lifetime = std::chrono::hours(2)},
                     .pages = {.logo_url = "https://cdn.example/logo.svg; script-src *"},
                     .allowed_origins = {"https://app.notes.example/path", "http://app.notes.example"},
                     .trusted_proxies = {"nonsense"}});
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    const std::string all = error.what();
    for (const auto* word :
         {"base_url: plain http", "allow_insecure_cookies", "5 bytes", "env:ROWAN_SURELY_UNSET is not set",
          "looks like a sample", "Bad Name", "twin", "trusted_proxies", "account_cache_lifetime", "pages.logo_url",
          "allowed_origins: \"https://app.notes.example/path\"", "allowed_origins: \"http://app.notes.example\""})
      EXPECT_NE(all.find(word), std::string::npos) << word;
  }
}

TEST(Guard, RejectsMalformedTokensWithoutADatabase) {
  NoDatabase database;
  const auto mailer = open_mailer("mailbox");
  const Auth auth({.base_url = "https://notes.example",
                   .database = database,
                   .mailer = *mailer,
                   .secret = Secret::from_text("0123456789abcdef0123456789abcdef")});
  const auto refused = [&](http::RequestView view, GuardKind kind) {
    return std::holds_alternative<GuardRefused>(auth.authenticate(view, kind));
  };
  EXPECT_TRUE(refused({}, GuardKind::session));
  EXPECT_TRUE(refused({.cookie = "__Host-rowan=garbage"}, GuardKind::session));
  EXPECT_TRUE(refused({.cookie = "__Host-rowan=a; __Host-rowan=b"}, GuardKind::session));  // CK-06
  EXPECT_TRUE(refused({}, GuardKind::bearer));
  EXPECT_TRUE(refused({.authorization = "Basic YTpi"}, GuardKind::bearer));
  EXPECT_TRUE(refused({.authorization = "Bearer "}, GuardKind::bearer));
  EXPECT_TRUE(refused({.authorization = "Bearer x.y.z"}, GuardKind::session_or_bearer));
}

}  // namespace
}  // namespace rowan::engine
