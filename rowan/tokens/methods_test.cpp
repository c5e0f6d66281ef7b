#include <gtest/gtest.h>

#include <rowan/testing/fake_clock.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {
namespace {

using namespace std::chrono_literals;

constexpr Proves password{Evidence::known}, link{Evidence::mailbox},
    mailed_code{Evidence::mailbox, Evidence::one_time_code}, totp{Evidence::held, Evidence::one_time_code},
    security_key{Evidence::held, Evidence::phishing_resistant},
    passkey{Evidence::held, Evidence::inherent, Evidence::phishing_resistant};

class MethodsShown : public ::testing::Test {
 protected:
  Methods shown(std::initializer_list<std::pair<Proves, std::chrono::seconds>> all) const {
    Methods methods;
    int n = 0;
    for (const auto& [proves, ago] : all) methods.add("m" + std::to_string(n++), proves, now_ - ago);
    return methods;
  }
  bool enough(const Methods& methods, const Assurance& asked) const { return is_enough(methods, asked, now_); }
  Timestamp now_ = rowan::testing::FakeClock().now();
};

TEST_F(MethodsShown, AreTwoFactorsWhenTheyAreOfTwoKinds) {
  const Assurance two{.second_factor = true};
  EXPECT_FALSE(enough(shown({{password, 0s}}), two));
  EXPECT_FALSE(enough(shown({{link, 0s}, {mailed_code, 0s}}), two)) << "both only say that mail was read";
  EXPECT_FALSE(enough(shown({{totp, 0s}, {security_key, 0s}}), two)) << "both are things that are held";
  EXPECT_TRUE(enough(shown({{password, 0s}, {totp, 0s}}), two));
  EXPECT_TRUE(enough(shown({{link, 0s}, {totp, 0s}}), two));
  EXPECT_TRUE(enough(shown({{passkey, 0s}}), two)) << "it verified its user";
  EXPECT_FALSE(enough(shown({}), two));
}

TEST_F(MethodsShown, AreFreshWhenTheSecondFactorIs) {
  const Assurance fresh{.second_factor = true, .within = 600s};
  EXPECT_TRUE(enough(shown({{password, 3600s}, {totp, 600s}}), fresh));
  EXPECT_FALSE(enough(shown({{password, 3600s}, {totp, 601s}}), fresh));
  EXPECT_FALSE(enough(shown({{password, 0s}, {totp, 3600s}}), fresh)) << "a password again is not the second factor";
  EXPECT_FALSE(enough(shown({{totp, 0s}}), fresh));
}

TEST_F(MethodsShown, AreFreshWhenAnyIsWhereNoSecondFactorIsAsked) {
  const Assurance fresh{.within = 600s};
  EXPECT_TRUE(enough(shown({{password, 600s}}), fresh));
  EXPECT_FALSE(enough(shown({{password, 601s}}), fresh));
  EXPECT_FALSE(enough(shown({}), fresh));
  EXPECT_FALSE(enough(shown({}), {.within = std::chrono::days(365 * 100)})) << "nothing was ever shown";
}

TEST_F(MethodsShown, ArePhishingResistantWhenThatOneIsFresh) {
  const Assurance passkeys{.second_factor = true, .within = 600s, .phishing_resistant = true};
  EXPECT_TRUE(enough(shown({{passkey, 0s}}), passkeys));
  EXPECT_FALSE(enough(shown({{passkey, 601s}}), passkeys));
  EXPECT_FALSE(enough(shown({{passkey, 601s}, {totp, 0s}}), passkeys));
  EXPECT_FALSE(enough(shown({{password, 0s}, {totp, 0s}}), passkeys));
  EXPECT_TRUE(enough(shown({{password, 3600s}, {security_key, 0s}}), passkeys));
}

TEST_F(MethodsShown, KeepOneEntryForOneEvidence) {
  Methods methods;
  methods.add("webauthn", passkey, now_ - 60s);
  methods.add("webauthn", security_key, now_);
  EXPECT_EQ(methods.size(), 2U) << "a touch later does not make the fingerprint of before a fresh one";
  methods.add("webauthn", passkey, now_ - 30s);
  EXPECT_EQ(methods.size(), 2U);
  EXPECT_EQ(methods.begin()->at, now_ - 30s);
  methods.add("webauthn", passkey, now_ - 50s);
  EXPECT_EQ(methods.begin()->at, now_ - 30s) << "never back";
  EXPECT_EQ(to_json(methods).text(), R"(["webauthn"])");
}

TEST_F(MethodsShown, ForgetTheOldestWhenThereIsNoRoom) {
  auto methods = shown({{password, 4s}, {totp, 9s}, {link, 3s}, {passkey, 2s}});
  EXPECT_FALSE(methods.add("fifth", security_key, now_));
  EXPECT_TRUE(methods.put("fifth", security_key, now_));
  EXPECT_FALSE(methods.contains("m1"));
  EXPECT_TRUE(methods.contains("fifth"));
  EXPECT_FALSE(methods.put(std::string(24, 'x'), security_key, now_));
}

TEST_F(MethodsShown, AreStoredAsText) {
  const auto methods = shown({{password, 4s}, {totp, 9s}});
  EXPECT_EQ(tokens::methods_from(tokens::methods_text(methods)), methods);
  EXPECT_EQ(tokens::methods_from(""), Methods());
}

TEST_F(MethodsShown, OfAnEarlierReleaseOrADamagedRowProveNothing) {
  for (const auto* text : {"password totp", "password:x:1 totp:1", "password:300:5 totp:1:2:3", "password:1: totp:-"}) {
    const auto methods = tokens::methods_from(text);
    EXPECT_TRUE(methods.contains("password") && methods.contains("totp")) << text;
    EXPECT_EQ(methods.proves(), Proves()) << text;
  }
}

}  // namespace
}  // namespace rowan
