// A right credential is never counted as a wrong one, whatever refuses it afterwards; and what a controller is shown of
// a request holds no secret, however early it failed.
#include "flow.hpp"

namespace rowan::flows {
namespace {

class RightCredential : public ::testing::TestWithParam<std::string> {
 protected:
  bool suspended = false;
  testing::TestApp app{{.database = GetParam(), .adjust = [this](AuthOptions& options) {
                          options.hooks.before_sign_in = [this](Transaction&, const Services&, const User&,
                                                                const AuthEvent& event) -> Result<> {
                            if (!suspended || event.registered) return {};
                            return Error{.code = ErrorCode::authentication_failed, .reason = "suspended"};
                          };
                        }}};
  Browser program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, RightCredential, every_database(), name_of_database);

TEST_P(RightCredential, IsGivenBackWhenAHookRefusesIt) {
  program.json("POST", "/api/auth/user/password/register", registration());
  suspended = true;
  for (int i = 0; i < 15; ++i) {
    program.json("POST", "/api/auth/user/password/sign_in", credentials());
    ASSERT_EQ(program.status(), 401) << "attempt " << i;
  }
  suspended = false;
  EXPECT_EQ(program.json("POST", "/api/auth/user/password/sign_in", credentials()).status(), 200);
}

struct KeepingAll final : Controller {
  Params seen{};
  Response failure(Conn& conn, const Activity&, const Error&) override {
    seen = conn.params();
    return conn.text("refused");
  }
};

TEST(FailureController, IsShownNoSecretOfARequestThatWasRefusedForItsOrigin) {
  testing::TestApp app;
  KeepingAll keeping;
  Site site;
  site.mount(routes(app.auth()).auth_routes(keeping));
  Browser browser(site, "https://rowan.example");
  browser.with_header("Origin", "https://evil.example")
      .post("/auth/user/password/sign_in",
            {{"user[email]", std::string(ann)}, {"user[password]", std::string(password)}});
  ASSERT_EQ(browser.body(), "refused");
  EXPECT_TRUE(keeping.seen.contains("user[email]"));
  EXPECT_FALSE(keeping.seen.contains("user[password]"));
}

}  // namespace
}  // namespace rowan::flows
