// What is said at start-up, and who we are to browsers.
#include <gmock/gmock.h>

#include <rowan/strategies/webauthn/credentials.hpp>
#include <rowan/strategies/webauthn/options.hpp>
#include <rowan/strategies/webauthn/party.hpp>

#include <tests/flows/flow.hpp>

namespace rowan::strategies::webauthn {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

std::vector<std::string> problems(const WebauthnOptions& options,
                                  std::string_view base_url = "https://id.notes.example",
                                  std::vector<std::string_view> add_ons = {}) {
  return problems_of(options, {.name = "user", .base_url = base_url, .strategies = {}, .add_ons = std::move(add_ons)});
}

TEST(PasskeyOptions, AreFineAsTheyAre) {
  EXPECT_THAT(problems({}), IsEmpty());
  EXPECT_THAT(problems({}, "http://localhost:4000"), IsEmpty());
  EXPECT_THAT(problems({}, "http://127.0.0.1:4000"), IsEmpty()) << "the page says that it needs a name";
  EXPECT_THAT(problems({.rp_id = "notes.example"}), IsEmpty());
}

TEST(PasskeyOptions, SayWhatIsWrong) {
  const auto says = [](const WebauthnOptions& options, const char* words) {
    EXPECT_THAT(problems(options), ElementsAre(HasSubstr(words)));
  };
  says({.rp_id = "https://notes.example"}, "rp_id: \"https://notes.example\" is not a host");
  says({.rp_id = "notes.example:8443"}, "is not a host");
  says({.rp_id = "other.example"}, "rp_id: browsers refuse");
  says({.rp_id = "otes.example"}, "rp_id: browsers refuse");
  says({.origins = {"https://notes.de/"}}, "origins: ");
  says({.origins = {"http://notes.de"}}, "origins: ");
  says({.top_origins = {"notes.de"}}, "top_origins: ");
  says({.registration = WebauthnOptions::Registration::confirm_first}, "needs the add-on confirmation");
  says({.sign_in = false}, "registration: ");
  says({.resident_key = WebauthnOptions::ResidentKey::preferred}, "registration: ");
  EXPECT_THAT(problems({}, "https://192.0.2.1"), ElementsAre(HasSubstr("need a host name")));
  EXPECT_THAT(problems({.registration = WebauthnOptions::Registration::confirm_first}, "https://notes.example",
                       {"confirmation"}),
              IsEmpty());
}

TEST(PasskeyModels, AreKnownByTheirAaguid) {
  EXPECT_EQ(model_named("fbfc3007-154e-4ecc-8c0b-6e020557d7bd"), "iCloud Keychain");
  EXPECT_EQ(model_named("00000000-0000-0000-0000-000000000000"), "");
}

TEST(PasskeyParty, HostIsWithoutSchemePortAndPath) {
  EXPECT_EQ(host_of("https://ID.example:8443/app"), "id.example");
  EXPECT_EQ(host_of("http://localhost:4000"), "localhost");
  EXPECT_EQ(host_of("http://[::1]:4000"), "[::1]");
  EXPECT_EQ(host_of("no address"), "");
}

testing::TestAppOptions of_tenants(WebauthnOptions options) {
  return {.strategies = {rowan::webauthn(std::move(options))}, .adjust = [](AuthOptions& declared) {
            declared.tenant_of = [](const http::Request& request) {
              return std::string(request.headers.single("X-Tenant").value_or(""));
            };
            declared.base_url_of = [](const TenantName& tenant) {
              return tenant.empty() ? std::string("https://rowan.example") : "https://" + tenant.text() + ".example";
            };
          }};
}

TEST(PasskeyParty, IsTheTenantsOwnHost) {
  testing::TestApp app(of_tenants({}));
  auto program = app.browser();
  program.with_header("X-Tenant", "club").with_header("Origin", std::nullopt);
  program.json("POST", "/api/auth/user/webauthn/authentication_challenge", Json({}));
  EXPECT_EQ(flows::text_at(program.answer(), {"rpId"}), "club.example") << program.body();
}

TEST(RelatedOrigins, ArePublishedWhereThereAreSome) {  // WA-22
  testing::TestApp app({.strategies = {rowan::webauthn({.origins = {"https://rowan.de", "https://rowan.fr"}})}});
  auto browser = app.browser();
  browser.get("/.well-known/webauthn");
  EXPECT_EQ(browser.status(), 200);
  EXPECT_EQ(browser.response().content_type, "application/json");
  EXPECT_EQ(browser.body(), R"({"origins":["https://rowan.example","https://rowan.de","https://rowan.fr"]})");
  testing::TestApp without({.strategies = {rowan::webauthn()}});
  auto other = without.browser();
  EXPECT_EQ(other.get("/.well-known/webauthn").status(), 404);
}

}  // namespace
}  // namespace rowan::strategies::webauthn
