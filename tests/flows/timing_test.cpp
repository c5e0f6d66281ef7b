// Whether the time of an answer tells if an address has an account (SECURITY THR-07). Not how long anything takes: how
// often a request for one kind of address is answered later than one for another kind, over thousands of requests taken
// in turns (Mann and Whitney's U). The machine's noise meets both kinds alike, so it only widens the result. What this
// can see: with n requests of each kind the standard error of that share is 1/sqrt(6n), so with n = 1,000 a share
// beyond 0.5 ± 0.065 (five standard errors) is no accident. The limit here is 0.15, a shift of 0.38 standard deviations
// of one answer: this build's sanitizers stretch what little differs (shares of 0.49 to 0.57 were seen).
#include <chrono>
#include <functional>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

constexpr std::size_t pairs = 1000;
constexpr double visible = 0.15;

using Request = std::function<void(std::string_view email)>;

double microseconds(const Request& request, std::string_view email) {
  const auto start = std::chrono::steady_clock::now();
  request(email);
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count();
}

// How often a measurement of `a` is larger than one of `b`; a tie is half.
double share_of_larger(std::vector<double> a, std::vector<double> b) {
  std::ranges::sort(a);
  std::ranges::sort(b);
  double larger = 0;
  for (const auto value : a) {
    const auto [below, above] = std::ranges::equal_range(b, value);
    larger += static_cast<double>(below - b.begin()) + static_cast<double>(above - below) / 2;
  }
  return larger / (static_cast<double>(a.size()) * static_cast<double>(b.size()));
}

// Known and unknown in turns, each first as often as the other.
double share_of_turns(const Request& request, std::size_t turns, std::string_view first = ann,
                      std::string_view second = "nob@notes.example") {
  std::vector<double> known, unknown;
  for (std::size_t i = 0; i < turns; ++i) {
    const bool known_first = i % 2 == 0;
    if (known_first) known.push_back(microseconds(request, first));
    unknown.push_back(microseconds(request, second));
    if (!known_first) known.push_back(microseconds(request, first));
  }
  const auto result = share_of_larger(std::move(known), std::move(unknown));
  ::testing::Test::RecordProperty("share", std::to_string(result));
  return result;
}

class Timing : public ::testing::Test {
 protected:
  testing::TestApp app{[] {
    auto options = with_mail_rooms("sqlite");
    options.strategies = {rowan::password(), rowan::magic_link(), rowan::otp()};
    options.adjust = [](AuthOptions& auth) { auth.limits_enabled = false; };
    return options;
  }()};
  Browser program = app.browser();

  void SetUp() override {
    auto browser = app.browser();
    register_in(browser);
    confirm(app, browser);
  }

  Request posting(std::string path) {
    return [this, path = std::move(path)](std::string_view email) { program.json("POST", path, an_email(email)); };
  }

  double share(const Request& request) { return share_of_turns(request, pairs); }
};

TEST_F(Timing, OfARequestForALinkTellsNothing) {
  EXPECT_NEAR(share(posting("/api/auth/user/magic_link/request")), 0.5, visible);
}
TEST_F(Timing, OfARequestForALinkTellsNothingOfAnUnconfirmedAddress) {
  auto browser = app.browser();
  register_in(browser, "new@notes.example");
  EXPECT_NEAR(share_of_turns(posting("/api/auth/user/magic_link/request"), pairs, "new@notes.example"), 0.5, visible);
}
TEST_F(Timing, OfARequestForACodeTellsNothing) {
  EXPECT_NEAR(share(posting("/api/auth/user/otp/request")), 0.5, visible);
}
TEST_F(Timing, OfARequestForAResetTellsNothing) {
  EXPECT_NEAR(share(posting("/api/auth/user/password/reset_request")), 0.5, visible);
}
TEST_F(Timing, OfARequestForAConfirmationTellsNothing) {
  EXPECT_NEAR(share(posting("/api/auth/user/confirm_new_user/resend")), 0.5, visible);
}
// With the cost a hash really has; a hundred of each see a shift of half a standard deviation.
TEST(PasswordTiming, OfAWrongPasswordTellsNothing) {
  testing::FakeRandom random;
  const auto hasher = make_argon2id_hasher({}, random);
  testing::TestApp app({.adjust = [&](AuthOptions& auth) {
    auth.limits_enabled = false;
    auth.hasher = hasher.get();
  }});
  auto program = app.browser();
  register_in(program);
  const auto result = share_of_turns(
      [&](std::string_view email) {
        program.json("POST", "/api/auth/user/password/sign_in", credentials(email, other_password));
      },
      100);
  EXPECT_NEAR(result, 0.5, 0.2);
}

// The yardstick itself: it sees what it says it sees.
TEST(RankTest, SeesAShiftOfHalfADeviationAndNoneWhereThereIsNone) {
  testing::FakeRandom random;
  const auto draw = [&] {  // the sum of twelve bytes: bell-shaped, a standard deviation of 256
    double sum = 0;
    for (const auto byte : random.bytes<12>()) sum += std::to_integer<int>(byte);
    return sum;
  };
  std::vector<double> a, b, shifted;
  for (std::size_t i = 0; i < pairs; ++i) {
    a.push_back(draw());
    b.push_back(draw());
    shifted.push_back(draw() + 128);
  }
  EXPECT_NEAR(share_of_larger(a, b), 0.5, 0.09);
  EXPECT_GT(share_of_larger(shifted, b), 0.5 + 0.1);
}

}  // namespace
}  // namespace rowan::flows
