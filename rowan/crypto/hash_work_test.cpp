// An account that is not there must cost what one that is there costs. CPU time of this process, the least of several
// runs: it does not count what other programs do meanwhile, and work that is left out is missing whole.
#include <gtest/gtest.h>
#include <time.h>

#include <algorithm>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/testing/fake_random.hpp>
#include <string>
#include <thread>

namespace rowan {
namespace {

template <class Work>
double least_cpu_ms(const Work& work) {
  const auto now = [] {
    timespec time{};
    ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
    return static_cast<double>(time.tv_sec) * 1e3 + static_cast<double>(time.tv_nsec) / 1e6;
  };
  double least = 1e9;
  for (int round = 0; round < 7; ++round) {
    const double before = now();
    work();
    std::this_thread::sleep_for(
        std::chrono::milliseconds(5));  // until the hash's thread has wiped its memory and waits
    least = std::min(least, now() - before);
  }
  return least;
}

TEST(PasswordHashWork, IsTheSameWithAndWithoutAHashToMatch) {
  testing::FakeRandom random;
  const auto hasher = make_argon2id_hasher({.memory_kib = 8192, .passes = 2}, random);
  const auto stored = hasher->hash("password").value();
  const double right = least_cpu_ms([&] { EXPECT_TRUE(hasher->verify("password", stored).value().matches); });
  const double others[] = {
      least_cpu_ms([&] { EXPECT_FALSE(hasher->verify("Password", stored).value().matches); }),
      least_cpu_ms([&] { EXPECT_FALSE(hasher->verify("password", "unreadable").value().matches); }),
      least_cpu_ms([&] { EXPECT_FALSE(hasher->verify("password", "").value().matches); }),
      least_cpu_ms([&] { EXPECT_FALSE(hasher->verify_nobody("password").value().matches); }),
  };
  for (const double other : others) {
    EXPECT_GT(other, right / 2);
    EXPECT_LT(other, right * 2);
  }
}

}  // namespace
}  // namespace rowan
