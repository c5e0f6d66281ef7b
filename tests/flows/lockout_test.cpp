// Guessing: counted once for all the places that ask for a secret, and never turned against the owner (THR-01,
// THR-02, THR-04).
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/testing/number_in.hpp>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

using namespace std::chrono_literals;

constexpr const char *sign_in_path = "/api/auth/user/password/sign_in", *code_path = "/api/auth/user/otp/sign_in";

class Lockout : public MailRooms {
 protected:
  void SetUp() override {
    register_in(owner);
    confirm(app, owner);
    sign_out(owner);
  }
  /// Wrong passwords, each from another address: only the account's own count holds them.
  int guess(int times) {
    int looked_at = 0;
    for (int i = 0; i < times; ++i) {
      stranger.client("203.0." + std::to_string(i / 200) + "." + std::to_string(i % 200 + 1));
      stranger.json("POST", sign_in_path, credentials(ann, other_password));
      looked_at += stranger.status() == 401 ? 1 : 0;
    }
    return looked_at;
  }
  std::string flow_for(Browser& program, std::string_view email = ann) {
    program.json("POST", "/api/auth/user/otp/request", an_email(email));
    return text_at(program.answer(), {"authentication", "flow"});
  }
  Json code(std::string_view typed, std::string_view flow, std::string_view email = ann) {
    return {{"user", {{"email", email}, {"otp", typed}}}, {"flow", flow}};
  }
  std::string bearer() {
    auto program = app.browser();
    program.json("POST", sign_in_path, credentials());
    return text_at(program.answer(), {"authentication", "bearer"});
  }
  Browser owner = app.browser(), stranger = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, Lockout, every_database(), name_of_database);

TEST_P(Lockout, ByStrangersDoesNotAffectAKnownBrowser) {
  EXPECT_EQ(guess(12), 10);
  EXPECT_EQ(stranger.json("POST", sign_in_path, credentials()).status(), 429);
  sign_in(owner);
  EXPECT_TRUE(is_signed_in(owner));
}

TEST_P(Lockout, ForAYearDoesNotAffectItEither) {
  for (int i = 0; i < 12; ++i) {
    guess(10);
    app.clock().advance(5min);
  }
  EXPECT_EQ(stranger.json("POST", sign_in_path, credentials()).status(), 401)
      << "locked: the right one is not looked at";
  sign_in(owner);
  EXPECT_TRUE(is_signed_in(owner));
  sign_out(owner);
  EXPECT_EQ(stranger.json("POST", sign_in_path, credentials()).status(), 401) << "and strangers stay locked out";
}

TEST_P(Lockout, AKnownBrowserHasTenGuessesOfItsOwn) {
  for (int i = 0; i < 10; ++i) EXPECT_EQ(sign_in(owner, ann, other_password).status(), 401) << i;
  EXPECT_EQ(sign_in(owner).status(), 429);
  EXPECT_EQ(stranger.json("POST", sign_in_path, credentials()).status(), 200) << "and does not lock out the others";
}

TEST_P(Lockout, EndsAtOnceWhenTheAccountIsSignedInToInAnotherWay) {
  for (int i = 0; i < 12; ++i) {
    guess(10);
    app.clock().advance(5min);
  }
  guess(10);
  auto phone = app.browser();  // a stranger too
  EXPECT_NE(sign_in(phone).status(), 200);
  ask_for_link(phone);
  open_link(phone, app.mailed_path(ann));
  ASSERT_TRUE(is_signed_in(phone));
  auto other = app.browser();
  EXPECT_EQ(other.json("POST", sign_in_path, credentials()).status(), 200);
}

TEST_P(Lockout, ADeviceIsKnownForTheAccountsItSignedInToAndNoOther) {
  register_in(stranger, "bob@notes.example", other_password);
  sign_out(stranger);
  auto program = app.browser();
  for (int i = 0; i < 10; ++i)
    program.client("203.0.113." + std::to_string(i + 1)).json("POST", sign_in_path, credentials(ann, other_password));
  EXPECT_EQ(sign_in(stranger).status(), 429) << "the browser is known to another account only";
}

TEST_P(Lockout, AMadeUpDeviceCookieIsNotAKnownBrowser) {
  guess(10);
  for (const auto* made_up : {"x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA"}) {
    auto browser = app.browser();
    browser.cookies()["__Host-rowan_device"] = made_up;
    EXPECT_EQ(sign_in(browser).status(), 429) << made_up;
  }
}

TEST_P(Lockout, TheDeviceCookieIsRandomAndStaysTheSame_AndTheTableHoldsNoneOfIt) {
  const auto device = owner.cookies().at("__Host-rowan_device");
  EXPECT_EQ(device.size(), 43U);
  sign_in(owner);
  EXPECT_EQ(owner.cookies().at("__Host-rowan_device"), device);
  static constexpr Sql all{"SELECT device FROM rowan_devices"};
  const auto rows = app.database().read([](SqlConnection& connection) { return connection.query(all); });
  ASSERT_EQ(rows->size(), 1U);
  EXPECT_EQ(rows->front().text("device").find(device), std::string::npos);
}

TEST_P(Lockout, EndingEverythingForgetsKnownBrowsersToo) {
  ASSERT_TRUE(app.auth().revoke_all((*app.find_user(ann))->id));
  guess(10);
  EXPECT_EQ(sign_in(owner).status(), 429);
}

TEST_P(Lockout, APasswordThatAnAdministratorSetsWorksAtOnce) {  // THR-04
  guess(10);
  auto somewhere = app.browser();
  somewhere.client("198.51.100.77").json("POST", sign_in_path, credentials(ann));
  ASSERT_EQ(somewhere.status(), 429);
  ASSERT_TRUE(app.auth().set_password((*app.find_user(ann))->id, other_password));
  somewhere.json("POST", sign_in_path, credentials(ann, other_password));
  EXPECT_EQ(somewhere.status(), 200);
}

TEST_P(Lockout, KeepsALimitedNumberOfBrowsers_DroppingTheLongestUnused) {
  for (int i = 0; i < 12; ++i) {
    app.clock().advance(6min);
    auto browser = app.browser();
    sign_in(browser);
    ASSERT_TRUE(is_signed_in(browser));
  }
  static constexpr Sql count{"SELECT COUNT(*) FROM rowan_devices"};
  EXPECT_EQ(testing::number_in(app.database(), count), 10);
  guess(10);
  EXPECT_EQ(sign_in(owner).status(), 429);
}

// Codes.

TEST_P(Lockout, GuessesThatCannotFitAreNotCountedAgainstTheAccount) {
  for (int i = 0; i < 30; ++i) {
    stranger.client("203.0.113." + std::to_string(i + 1));
    stranger.json("POST", code_path, code("ABCDEF", std::string(42, 'A') + std::string(1, i % 2 == 0 ? 'A' : 'E')));
    EXPECT_EQ(stranger.status(), 401);
  }
  auto bob = app.browser();
  const auto foreign = flow_for(bob, "bob@notes.example");
  for (int i = 0; i < 30; ++i)
    stranger.client("203.0.114." + std::to_string(i + 1)).json("POST", code_path, code("ABCDEF", foreign));
  auto program = app.browser();
  const auto flow = flow_for(program);
  program.json("POST", code_path, code(app.mailbox(ann).at(0).code, flow));
  EXPECT_EQ(program.status(), 200);
}

TEST_P(Lockout, GuessesThatCannotFitAreCountedToTheClient) {
  const std::string made_up(43, 'A');
  for (int i = 0; i < 30; ++i) stranger.json("POST", code_path, code("ABCDEF", made_up));
  EXPECT_EQ(stranger.status(), 401);
  EXPECT_EQ(stranger.json("POST", code_path, code("ABCDEF", made_up)).status(), 429);
}

TEST_P(Lockout, AStrangersOwnCodesDoNotLockOutAKnownBrowser) {
  for (int round = 0; round < 3; ++round) {
    const auto flow = flow_for(stranger);
    for (int i = 0; i < 5; ++i) stranger.json("POST", code_path, code("AAAAAA", flow));
  }
  ask_for_code(owner);
  owner.form("otp/sign_in").fill("user[otp]", app.mailbox(ann).at(0).code).submit();
  EXPECT_TRUE(is_signed_in(owner));
}

// One count for the password.

TEST_P(Lockout, EveryPlaceThatAsksForThePasswordSharesOneCount) {  // THR-08
  auto program = app.browser();
  program.bearer(bearer());
  int looked_at = 0;
  const auto guess_at = [&](std::string_view path, const Json& fields) {
    program.json("POST", path, {{"user", fields}});
    looked_at += program.status() == 429 ? 0 : 1;
  };
  for (int i = 0; i < 5; ++i) {
    guess_at("/api/auth/user/password/change", {{"current_password", "a wrong guess"},
                                                {"password", other_password},
                                                {"password_confirmation", other_password}});
    guess_at("/api/auth/user/email/change", {{"email", "new@notes.example"}, {"current_password", "a wrong guess"}});
    guess_at(sign_in_path, {{"email", ann}, {"password", "a wrong guess"}});
  }
  EXPECT_EQ(looked_at, 10);
}

TEST_P(Lockout, ARightCurrentPasswordIsGivenBackEverywhere) {
  auto program = app.browser();
  program.bearer(bearer());
  for (int i = 0; i < 9; ++i) program.json("POST", sign_in_path, credentials(ann, other_password));
  for (int i = 0; i < 4; ++i) {
    program.json("POST", "/api/auth/user/email/change",
                 {{"user", {{"email", "new@notes.example"}, {"current_password", password}}}});
    EXPECT_EQ(program.status(), 200) << i;
  }
}

TEST_P(Lockout, ANewPasswordThatIsRefusedCostsNoGuess) {
  auto program = app.browser();
  program.bearer(bearer());
  const auto change = [&](std::string_view to) {
    return program
        .json("POST", "/api/auth/user/password/change",
              {{"user", {{"current_password", password}, {"password", to}, {"password_confirmation", to}}}})
        .status();
  };
  for (int i = 0; i < 12; ++i) EXPECT_EQ(change("short"), 422);
  EXPECT_EQ(change(other_password), 200);
}

TEST_P(Lockout, UntrustedCallsAreCountedAndTrustedOnesAreNot) {  // THR-08
  const ActionCaller somebody{.trusted = false, .address = *http::IpAddress::parse("198.51.100.7")};
  const auto sign_in_as = [&](const ActionCaller& caller, std::string_view with) {
    return app.auth().action(caller, {"password", "sign_in"},
                             {{"email", std::string(ann)}, {"password", std::string(with)}});
  };
  for (int i = 0; i < 20; ++i) EXPECT_FALSE(sign_in_as({}, other_password));
  for (int i = 0; i < 10; ++i) {
    const auto wrong = sign_in_as(somebody, other_password);
    EXPECT_EQ(wrong.error().code, ErrorCode::authentication_failed);
  }
  EXPECT_EQ(sign_in_as(somebody, password).error().code, ErrorCode::rate_limited);
  EXPECT_EQ(stranger.json("POST", sign_in_path, credentials()).status(), 429) << "the same count as over HTTP";
  EXPECT_TRUE(sign_in_as({}, password)) << "the application itself is spared";
}

TEST_P(Lockout, UntrustedCallsAreLimitedByAddressToo) {
  const ActionCaller somebody{.trusted = false, .address = *http::IpAddress::parse("198.51.100.7")};
  const auto call = [&](int i) {
    return app.auth().action(somebody, {"password", "sign_in"},
                             {{"email", std::to_string(i) + "@notes.example"}, {"password", "x"}});
  };
  for (int i = 0; i < 30; ++i) EXPECT_EQ(call(i).error().code, ErrorCode::authentication_failed);
  EXPECT_EQ(call(30).error().code, ErrorCode::rate_limited);
}

// Right credentials that are not enough.

class NotEnough : public ::testing::TestWithParam<std::string> {
 protected:
  std::vector<std::string> factors{};
  testing::TestApp app{
      {.database = GetParam(), .strategies = {rowan::password()}, .adjust = [this](AuthOptions& options) {
         options.hooks.factors = [this](SqlConnection&, const Services&, AccountId) -> Result<std::vector<Factor>> {
           return named(factors);
         };
       }}};
  Browser program = app.browser();
};
INSTANTIATE_TEST_SUITE_P(Databases, NotEnough, every_database(), name_of_database);

TEST_P(NotEnough, ARightPasswordIsGivenBackThoughASecondFactorIsNeeded) {
  auto browser = app.browser();
  register_in(browser);
  factors = {"totp"};
  for (int i = 0; i < 25; ++i) {
    program.json("POST", sign_in_path, credentials());
    EXPECT_EQ(text_at(program.answer(), {"authentication", "status"}), "pending") << i;
  }
}

TEST_P(NotEnough, ARightPasswordEndsTheSeriesOfWrongOnesThoughASecondFactorIsNeeded) {
  auto browser = app.browser();
  register_in(browser);
  factors = {"totp"};
  for (int round = 0; round < 13; ++round) {  // 117 wrong ones in all, never a hundred in a row
    for (int i = 0; i < 9; ++i)
      program.client("203.0.113." + std::to_string(round * 9 + i + 1))
          .json("POST", sign_in_path, credentials(ann, other_password));
    program.json("POST", sign_in_path, credentials());
    ASSERT_EQ(text_at(program.answer(), {"authentication", "status"}), "pending") << round;
    app.clock().advance(5min);
  }
}

TEST(NotEnoughYet, ARightPasswordOfAnUnconfirmedAccountIsGivenBack) {
  testing::TestApp app({.add_ons = {rowan::confirmation({.required_to_sign_in = true})}});
  auto browser = app.browser(), program = app.browser();
  register_in(browser);
  for (int i = 0; i < 15; ++i) EXPECT_EQ(program.json("POST", sign_in_path, credentials()).status(), 403) << i;
}

// Rows of addresses that no account has.

TEST(UnknownAddresses, LeaveNoRowsForAYear) {
  testing::TestApp app;
  auto program = app.browser();
  program.json("POST", sign_in_path, credentials("nob@notes.example"));
  static constexpr Sql latest{"SELECT MAX(expires_at) AS latest FROM rowan_rate_limits"};
  const auto row = app.database().read([](SqlConnection& c) { return c.first(latest); });
  EXPECT_LE((*row)->time("latest"), app.clock().now() + 15min);
}

}  // namespace
}  // namespace rowan::flows
