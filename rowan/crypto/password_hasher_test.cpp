#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <atomic>
#include <rowan/base/config_error.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <rowan/testing/fake_random.hpp>
#include <string>
#include <thread>
#include <vector>

namespace rowan {
namespace {

using namespace std::chrono_literals;

constexpr Argon2Options cheap{.memory_kib = 64, .passes = 3, .slots = 2};

class PasswordHashing : public ::testing::Test {
 protected:
  bool matches(std::string_view password, std::string_view stored) {
    return hasher_->verify(password, stored).value().matches;
  }

  testing::FakeRandom random_{};
  std::unique_ptr<PasswordHasher> hasher_ = make_argon2id_hasher(cheap, random_);
};

TEST_F(PasswordHashing, WritesArgon2idWithTheParametersItWasGiven) {  // PWD-13
  EXPECT_THAT(hasher_->hash("password").value(), ::testing::StartsWith("$argon2id$v=19$m=64,t=3,p=1$"));
  const auto defaults = make_argon2id_hasher({}, random_);
  const auto stored = defaults->hash("password").value();
  EXPECT_THAT(stored,
              ::testing::MatchesRegex(R"(\$argon2id\$v=19\$m=19456,t=2,p=1\$[A-Za-z0-9+/]{22}\$[A-Za-z0-9+/]{43})"));
  EXPECT_TRUE(defaults->verify("password", stored).value().matches);
}

TEST_F(PasswordHashing, MakesTheSameHashesByLibsodiumAlone) {
  auto by_libsodium = cheap;
  by_libsodium.only_libsodium = true;
  const auto other = make_argon2id_hasher(by_libsodium, random_);
  EXPECT_EQ(other->implementation(), "libsodium");
  EXPECT_NE(hasher_->implementation(), "libsodium");
  EXPECT_TRUE(other->verify("password", hasher_->hash("password").value()).value().matches);
  EXPECT_TRUE(matches("password", other->hash("password").value()));
}

TEST_F(PasswordHashing, SaltsEveryHash) {  // PWD-13
  EXPECT_NE(hasher_->hash("password").value(), hasher_->hash("password").value());
}

TEST_F(PasswordHashing, TakesEveryByteOfThePassword) {  // PWD-03
  const std::string nul("pass\0word", 9);
  for (const auto& password : {std::string(), std::string("password"), std::string(64, 'p'), std::string(73, 'p'), nul,
                               std::string("p\xC3\xA4ssword"), std::string(4096, 'p')}) {
    const auto stored = hasher_->hash(password).value();
    EXPECT_TRUE(matches(password, stored));
    EXPECT_FALSE(matches(password + " ", stored));
    EXPECT_FALSE(matches(password + std::string(1, '\0'), stored));
    EXPECT_FALSE(matches(" " + password, stored));
    if (password.empty()) continue;
    auto changed = password;
    changed.back() ^= 1;
    EXPECT_FALSE(matches(changed, stored));
    EXPECT_FALSE(matches(password.substr(0, password.size() - 1), stored));
  }
  EXPECT_FALSE(matches("Password", hasher_->hash("password").value()));
}

struct Foreign {
  std::string_view stored;
  bool outdated;
};

// Of "password", made by the reference implementation of RFC 9106's authors (libargon2 20171227). The last is in its
// own tests. RFC 9106's vector has a secret and associated data, which libsodium does not take: bench/password_hash
// computes it with libargon2.
constexpr Foreign reference[] = {
    {"$argon2id$v=19$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$hgOiTC7kLikp0TJGyIcXT49LOH10RxhkgRQP+SiP7vI", false},
    {"$argon2id$v=19$m=64,t=3,p=1$c2FsdHNhbHRzYWx0c2FsdA$qsqun70A4iwRlcAAfy2qEZQzivkmL9Fj", true},  // 24 bytes only
    {"$argon2id$v=19$m=64,t=3,p=4$c2FsdHNhbHRzYWx0c2FsdA$5EO3c8q4goJxcNoLjpbU7xutjIBJyJYN7Y5+In0e6ew", true},
    {"$argon2id$v=19$m=32,t=1,p=1$c2FsdHNhbHRzYWx0c2FsdHNhbHQyMg$osOWMcYsYLIMWhLnzeQxXRlo5YnRKUXn", true},
    {"$argon2id$v=19$m=256,t=2,p=1$c29tZXNhbHQ$nf65EOgLrQMR/uIPnA4rEsF5h7TKyQwu9U1bMCHGi/4", true},
    {"$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc", true},
};

TEST_F(PasswordHashing, VerifiesWhatTheReferenceImplementationMade) {
  for (const auto& [stored, outdated] : reference) {
    const auto verdict = hasher_->verify("password", stored).value();
    EXPECT_TRUE(verdict.matches) << stored;
    EXPECT_EQ(verdict.outdated, outdated) << stored;
    EXPECT_FALSE(matches("Password", stored)) << stored;
    EXPECT_EQ(password_hash_kind(stored), "argon2id");
  }
}

TEST_F(PasswordHashing, SaysWhenToHashAgain) {  // PWD-14
  const auto stored = hasher_->hash("password").value();
  EXPECT_FALSE(hasher_->verify("password", stored).value().outdated);
  for (const Argon2Options raised :
       {Argon2Options{.memory_kib = 128, .passes = 3}, Argon2Options{.memory_kib = 64, .passes = 4}}) {
    const auto verdict = make_argon2id_hasher(raised, random_)->verify("password", stored).value();
    EXPECT_TRUE(verdict.matches);
    EXPECT_TRUE(verdict.outdated);
  }
}

TEST_F(PasswordHashing, VerifiesImportedHashesAndMarksThemOutdated) {  // PWD-14
  constexpr std::string_view bcrypt = "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW";
  const auto verdict = hasher_->verify("U*U", bcrypt).value();
  EXPECT_TRUE(verdict.matches);
  EXPECT_TRUE(verdict.outdated);
  EXPECT_FALSE(matches("U*V", bcrypt));
  EXPECT_EQ(password_hash_kind(bcrypt), "bcrypt");
}

TEST_F(PasswordHashing, NeverMatchesAnUnreadableHash) {
  for (const auto* stored :
       {"", "password", "$argon2id$", "$argon2id$v=19$m=4294967295,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$aaaa", "*0",
        "$2b$31$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW"}) {
    EXPECT_FALSE(matches("password", stored)) << stored;
    EXPECT_FALSE(matches("", stored)) << stored;
    EXPECT_EQ(password_hash_kind(stored), "unknown") << stored;
  }
}

TEST_F(PasswordHashing, VerifyNobodyNeverMatches) {
  for (const auto* password : {"", "password"}) {
    const auto verdict = hasher_->verify_nobody(password).value();
    EXPECT_FALSE(verdict.matches);
    EXPECT_FALSE(verdict.outdated);
  }
}

/// Is drawn from within a slot: there it counts, and stays a while.
class CountingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    const int now = ++inside_;
    for (int seen = most; seen < now && !most.compare_exchange_weak(seen, now);) continue;
    std::this_thread::sleep_for(stay);
    seeded_.fill(bytes);
    --inside_;
  }
  std::atomic<int> most = 0;
  std::chrono::milliseconds stay{0};

 private:
  std::atomic<int> inside_ = 0;
  testing::FakeRandom seeded_{};
};

TEST(PasswordHashSlots, BoundHowManyHashAtOnce) {  // PWD-15
  CountingRandom random;
  const auto hasher = make_argon2id_hasher({.memory_kib = 64, .passes = 1, .slots = 2, .slot_wait = 1min}, random);
  random.stay = 2ms;
  std::atomic<int> hashed = 0;
  {
    std::vector<std::jthread> threads;
    for (int i = 0; i < 16; ++i)
      threads.emplace_back([&] {
        for (int round = 0; round < 5; ++round) hashed += hasher->hash("password").has_value();
      });
  }
  EXPECT_EQ(hashed, 16 * 5);
  EXPECT_EQ(random.most, 2);
}

/// Once armed it blocks the caller that draws, and with it the slot, until it is released.
class HoldingRandom final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    if (armed.exchange(false)) {
      holds = true;
      holds.notify_one();
      let_go.wait(false);
    }
    seeded_.fill(bytes);
  }
  std::atomic<bool> armed = false, holds = false, let_go = false;

 private:
  testing::FakeRandom seeded_{};
};

TEST(PasswordHashSlots, AreUsedByEveryKindOfWork) {  // PWD-15
  HoldingRandom random;
  const auto hasher = make_argon2id_hasher({.memory_kib = 64, .passes = 1, .slots = 1, .slot_wait = 0ms}, random);
  const auto stored = hasher->hash("password").value();
  random.armed = true;
  std::jthread holding([&] { EXPECT_TRUE(hasher->hash("password")); });
  random.holds.wait(false);
  const auto is_busy = [](const auto& result) {
    return !result && result.error().code == ErrorCode::unavailable && result.error().retry_after == 1s;
  };
  EXPECT_TRUE(is_busy(hasher->hash("password")));
  EXPECT_TRUE(is_busy(hasher->verify("password", stored)));
  EXPECT_TRUE(is_busy(hasher->verify("U*U", "$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW")));
  EXPECT_TRUE(is_busy(hasher->verify("password", "unreadable")));
  EXPECT_TRUE(is_busy(hasher->verify_nobody("password")));
  random.let_go = true;
  random.let_go.notify_one();
  holding.join();
  EXPECT_TRUE(hasher->verify("password", stored).value().matches);
}

TEST(PasswordHasher, ReportsEveryProblemOfItsOptions) {
  testing::FakeRandom random;
  try {
    make_argon2id_hasher({.memory_kib = 1, .passes = 0, .slots = 100'000, .slot_wait = -1ms}, random);
    FAIL() << "accepted";
  } catch (const ConfigError& error) {
    using ::testing::HasSubstr;
    EXPECT_THAT(error.problems(), ::testing::ElementsAre(HasSubstr("memory_kib"), HasSubstr("passes"),
                                                         HasSubstr("argon2.slots"), HasSubstr("slot_wait")));
  }
  EXPECT_THROW(make_argon2id_hasher({.memory_kib = 1U << 20}, random), ConfigError);
}

}  // namespace
}  // namespace rowan
