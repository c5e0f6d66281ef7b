#include <gtest/gtest.h>
#include <rowan/base/base64.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>
#include <rowan/tokens/bearer.hpp>

namespace rowan::tokens {
namespace {

using namespace std::chrono_literals;

class Bearer : public ::testing::Test {
 protected:
  Claims claims() {
    Claims claims;
    claims.id = AccountId::make(clock_, random_);
    claims.realm = {.tenant = "acme"};
    claims.numbers = {123456789, 77, 5};
    const auto now = from_microseconds(to_seconds(clock_.now()) * 1'000'000);
    claims.methods.add("password", {Evidence::known}, now - 20s);
    claims.methods.add("totp", {Evidence::held, Evidence::one_time_code}, now);
    claims.expires_at = now + std::chrono::days(14);
    return claims;
  }
  rowan::testing::FakeClock clock_;
  rowan::testing::FakeRandom random_;
  Secrets secrets_{Secret::from_text("0123456789abcdef0123456789abcdef")};
  crypto::KeyRing keys_{secrets_};
  BearerTokens tokens_{keys_, "https://id.example", "https://id.example"};
};

TEST_F(Bearer, RoundTripsItsClaims) {
  const auto made = claims();
  const auto read = tokens_.verify(tokens_.issue(made, clock_.now()).value(), clock_.now());
  ASSERT_TRUE(read);
  EXPECT_EQ(read->id, made.id);
  EXPECT_EQ(read->subject(), "user");
  EXPECT_EQ(read->tenant(), "acme");
  EXPECT_EQ(read->numbers, made.numbers);
  EXPECT_EQ(read->methods, made.methods);
  EXPECT_EQ(read->expires_at, made.expires_at);
}

TEST_F(Bearer, IsRefusedAfterAnyBitFlip) {  // TOK-01
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  for (std::size_t i = 0; i < token.size(); ++i) {
    auto bent = token;
    bent[i] = static_cast<char>(bent[i] ^ 1);
    EXPECT_FALSE(tokens_.verify(bent, clock_.now())) << i;
  }
}

TEST_F(Bearer, RejectsForeignAlgorithmsAndMalformedTokens) {  // TOK-02, TOK-03, TOK-08, TOK-10
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  const auto payload = token.substr(token.find('.'));
  for (const std::string_view header :
       {R"({"alg":"none"})", R"({"alg":"NONE","typ":"JWT"})", R"({"alg":"HS384","typ":"JWT"})",
        R"({"alg":"HS256","jku":"https://evil.example"})"})
    EXPECT_FALSE(tokens_.verify(to_base64url(as_bytes(header)) + payload, clock_.now())) << header;
  EXPECT_FALSE(tokens_.verify("", clock_.now()));
  EXPECT_FALSE(tokens_.verify("a.b.c", clock_.now()));
  EXPECT_FALSE(tokens_.verify(token + ".YQ.YQ", clock_.now()));  // five parts, as an encrypted one has
  EXPECT_FALSE(tokens_.verify(token.substr(0, token.rfind('.') + 1), clock_.now()));
  EXPECT_FALSE(tokens_.verify(token + ".x", clock_.now()));
}

TEST_F(Bearer, SaysHowItsUserSignedInByRfc8176AndByOurNames) {
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  const auto payload = *from_base64url(token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1));
  const auto read = *Json::parse(as_text(payload));
  EXPECT_EQ(read.find("amr")->text(), R"(["pwd","otp","mfa"])");
  const auto at = to_seconds(clock_.now());
  EXPECT_EQ(read.find("auth_time")->text(), std::to_string(at));
  EXPECT_EQ(read.find("methods")->text(),
            "[[\"password\",1," + std::to_string(at - 20) + "],[\"totp\",132," + std::to_string(at) + "]]");
  EXPECT_EQ(tokens_.verify(token, clock_.now())->methods, claims().methods);
}

TEST_F(Bearer, SaysThatAPasskeyNeedsAGestureAndIsTwoFactorsWhenItVerifiedItsUser) {
  auto who = claims();
  const auto amr = [&](Proves proves) {
    who.methods = {};
    who.methods.add("webauthn", proves, clock_.now());
    const auto token = tokens_.issue(who, clock_.now()).value();
    const auto payload = *from_base64url(token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1));
    return Json::parse(as_text(payload))->find("amr")->text();
  };
  EXPECT_EQ(amr({Evidence::held, Evidence::inherent, Evidence::software_key}), R"(["swk","user","mfa"])");
  EXPECT_EQ(amr({Evidence::held, Evidence::hardware_key}), R"(["hwk","user"])");
}

TEST_F(Bearer, ExpiresAtExp) {  // TOK-04
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  clock_.advance(std::chrono::days(14) - 1s);
  EXPECT_TRUE(tokens_.verify(token, clock_.now()));
  clock_.advance(1s);
  const auto ended = tokens_.verify(token, clock_.now());
  ASSERT_FALSE(ended);
  EXPECT_EQ(ended.error(), Unfit::expired);
}

TEST_F(Bearer, AcceptsAtMostAMinuteBeforeNbf) {  // TOK-04
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  EXPECT_TRUE(tokens_.verify(token, clock_.now() - 60s));
  const auto early = tokens_.verify(token, clock_.now() - 61s);
  ASSERT_FALSE(early);
  EXPECT_EQ(early.error(), Unfit::not_yet_valid);
}

TEST_F(Bearer, RejectsForeignIssuerAndAudience) {  // TOK-06
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  EXPECT_FALSE(BearerTokens(keys_, "https://id.example", "https://other.example").verify(token, clock_.now()));
  EXPECT_FALSE(BearerTokens(keys_, "https://evil.example", "https://id.example").verify(token, clock_.now()));
}

TEST_F(Bearer, VerifiesAfterSecretRotation) {  // CRY-03
  const auto token = tokens_.issue(claims(), clock_.now()).value();
  const Secrets rotated{Secret::from_text("fedcba9876543210fedcba9876543210"),
                        Secret::from_text("0123456789abcdef0123456789abcdef")};
  const crypto::KeyRing keys(rotated);
  const BearerTokens tokens(keys, "https://id.example", "https://id.example");
  EXPECT_TRUE(tokens.verify(token, clock_.now()));
  const Secrets replaced{Secret::from_text("fedcba9876543210fedcba9876543210")};
  const crypto::KeyRing without(replaced);
  EXPECT_FALSE(BearerTokens(without, "https://id.example", "https://id.example").verify(token, clock_.now()));
}

TEST_F(Bearer, HidesItsNumberInJti) {
  auto first = claims(), second = first;
  second.numbers.token = first.numbers.token + 1;
  const auto jti = [&](const Claims& claims) {
    const auto token = tokens_.issue(claims, clock_.now()).value();
    const auto payload = *from_base64url(token.substr(token.find('.') + 1, token.rfind('.') - token.find('.') - 1));
    return Json::parse(as_text(payload))->find("jti")->text();
  };
  EXPECT_NE(jti(first).substr(0, 8), jti(second).substr(0, 8));
}

}  // namespace
}  // namespace rowan::tokens
