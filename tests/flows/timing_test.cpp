// Whether the time of an answer tells if an address has an account (SECURITY THR-07). Not how long anything takes: how
// often a request for one kind of address is answered later than one for another kind, over thousands of requests taken
// in turns (Mann and Whitney's U). The machine's noise meets both kinds alike, so it only widens the result. What this
// can see: with 2 × 1,000 requests the standard error of that share is 0.013, so a share beyond 0.5 ± 0.07, five
// standard errors and a little, is no accident; a difference smaller than that (0.18 standard deviations of one answer)
// is not seen.
#include <chrono>
#include <functional>

#include "mail_flow.hpp"

namespace rowan::flows {
namespace {

constexpr std::size_t pairs = 1000;
constexpr double visible = 0.07;

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

  // Known and unknown in turns, each first as often as the other.
  double share(const Request& request) {
    std::vector<double> known, unknown;
    for (std::size_t i = 0; i < pairs; ++i) {
      const bool known_first = i % 2 == 0;
      if (known_first) known.push_back(microseconds(request, ann));
      unknown.push_back(microseconds(request, "nob@notes.example"));
      if (!known_first) known.push_back(microseconds(request, ann));
    }
    const auto result = share_of_larger(std::move(known), std::move(unknown));
    RecordProperty("share", std::to_string(result));
    return result;
  }
};

TEST_F(Timing, OfARequestForALinkTellsNothing) {
  EXPECT_NEAR(share(posting("/api/auth/user/magic_link/request")), 0.5, visible);
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
TEST_F(Timing, OfAWrongPasswordTellsNothing) {
  EXPECT_NEAR(share([this](std::string_view email) {
                program.json("POST", "/api/auth/user/password/sign_in", credentials(email, other_password));
              }),
              0.5, visible);
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
  EXPECT_NEAR(share_of_larger(a, b), 0.5, visible);
  EXPECT_GT(share_of_larger(shifted, b), 0.5 + visible);
}

}  // namespace
}  // namespace rowan::flows
