// Whether the time of an answer tells if an address has an account, or in which state that is (THR-07). Not
// how long anything takes: how often a request for one kind of address is answered later than one for an unknown
// address, over hundreds of rounds in which every kind has its turn (Mann and Whitney's U). The machine's noise meets
// all kinds alike, so it only widens the result. What this can see: with n requests of each kind the standard error of
// that share is 1/sqrt(6n), so with n = 300 a share beyond 0.5 +- 0.12 (five standard errors) is no accident. The limit
// here is 0.15, a shift of 0.38 standard deviations of one answer. It cannot see less than that, and cannot say where
// it comes from: equal_cost_test.cpp does, statement by statement.
#include <chrono>
#include <functional>
#include <map>

#include "states.hpp"

namespace rowan::flows {
namespace {

constexpr std::size_t rounds = 300;
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

// Every state in turn, each round beginning with another one. How often each is answered later than an unknown address.
std::map<std::string_view, double> shares_of(const Request& request, std::size_t turns) {
  std::map<std::string_view, std::vector<double>> times;
  for (std::size_t i = 0; i < turns; ++i)
    for (std::size_t k = 0; k < every_state.size(); ++k) {
      const auto email = every_state[(i + k * (i % 2 == 0 ? 1 : 5)) % every_state.size()];
      times[email].push_back(microseconds(request, email));
    }
  std::map<std::string_view, double> shares;
  for (const auto& [email, of_it] : times)
    if (email != unknown) shares[email] = share_of_larger(of_it, times[unknown]);
  return shares;
}

void expect_to_see_nothing(const std::map<std::string_view, double>& shares, double limit) {
  for (const auto& [email, share] : shares) {
    EXPECT_NEAR(share, 0.5, limit) << email << " is answered later than " << unknown << " that often";
    ::testing::Test::RecordProperty(std::string(email.substr(0, 3)), std::to_string(share));
  }
}

class Timing : public ::testing::TestWithParam<std::string> {
 protected:
  testing::TestApp app{with_every_room(GetParam())};
  States states{app};
  Browser program = app.browser();

  // A client of its own each time: no limit is met, and all are counted.
  Request posting(std::string path) {
    return [this, path = std::move(path)](std::string_view email) {
      if (++sent_ % (10 * every_state.size()) == 0) app.clock().advance(std::chrono::minutes(61));
      program.client("10.0." + std::to_string(sent_ / 200 % 200) + "." + std::to_string(sent_ % 200 + 1));
      program.json("POST", path, an_email(email));
    };
  }

 private:
  std::size_t sent_ = 0;
};
INSTANTIATE_TEST_SUITE_P(Databases, Timing, every_database(), name_of_database);

TEST_P(Timing, OfARequestForALinkRevealsNothing) {
  expect_to_see_nothing(shares_of(posting("/api/auth/user/magic_link/request"), rounds), visible);
}
TEST_P(Timing, OfARequestForACodeRevealsNothing) {
  expect_to_see_nothing(shares_of(posting("/api/auth/user/otp/request"), rounds), visible);
}
TEST_P(Timing, OfARequestForAResetRevealsNothing) {
  expect_to_see_nothing(shares_of(posting("/api/auth/user/password/reset_request"), rounds), visible);
}
TEST_P(Timing, OfARequestForAConfirmationRevealsNothing) {
  expect_to_see_nothing(shares_of(posting("/api/auth/user/confirm_new_user/resend"), rounds), visible);
}
// A hash that costs what makes it the most of an answer, and no more: what differs beside it shows the better. Eighty
// of each see a shift of half a standard deviation.
TEST(PasswordTiming, OfAWrongPasswordRevealsNothing) {
  testing::FakeRandom random;
  const auto hasher = make_argon2id_hasher({.memory_kib = 4096, .passes = 1}, random);
  auto options = with_every_room("sqlite");
  options.adjust = [&](AuthOptions& auth) { auth.hasher = hasher.get(); };
  testing::TestApp app(options);
  const States states(app);
  auto program = app.browser();
  std::size_t sent = 0;
  const Request guess = [&](std::string_view email) {
    if (++sent % (5 * every_state.size()) == 0) app.clock().advance(std::chrono::minutes(6));
    program.client("10.0." + std::to_string(sent / 200 % 200) + "." + std::to_string(sent % 200 + 1));
    program.json("POST", "/api/auth/user/password/sign_in", credentials(email, other_password));
  };
  expect_to_see_nothing(shares_of(guess, 80), 0.2);
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
  for (std::size_t i = 0; i < 1000; ++i) {
    a.push_back(draw());
    b.push_back(draw());
    shifted.push_back(draw() + 128);
  }
  EXPECT_NEAR(share_of_larger(a, b), 0.5, 0.09);
  EXPECT_GT(share_of_larger(shifted, b), 0.5 + 0.1);
}

}  // namespace
}  // namespace rowan::flows
