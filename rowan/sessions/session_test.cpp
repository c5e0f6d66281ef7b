#include <gtest/gtest.h>
#include <rowan/sessions/browser_state.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/fake_random.hpp>

namespace rowan::sessions {
namespace {

class SealedSession : public ::testing::Test {
 protected:
  Claims claims(std::string_view subject) {
    Claims claims;
    claims.id = AccountId::make(clock_, random_);
    claims.realm = {.tenant = *TenantName::from(std::string(63, 't')), .subject = *SubjectName::from(subject)};
    claims.numbers = {1, 2, 3};
    claims.methods.add("password", {Evidence::known}, clock_.now());
    claims.methods.add("recovery_code", {Evidence::held}, clock_.now());
    claims.expires_at = clock_.now() + std::chrono::days(14);
    return claims;
  }
  rowan::testing::FakeClock clock_;
  rowan::testing::FakeRandom random_;
  Secrets secrets_{Secret::from_text("0123456789abcdef0123456789abcdef")};
  crypto::KeyRing keys_{secrets_};
  Seal seal_{keys_, clock_, random_, "__Host-rowan", "https://id.example"};
};

TEST_F(SealedSession, GivesBackWhatWasSealed) {
  Session session;
  session.form_secret = random_.bytes<16>();
  session.seen = clock_.now();
  ASSERT_TRUE(session.put(claims("user")));
  ASSERT_TRUE(session.put(claims("admin")));
  const auto cookie = seal_session(seal_, session);
  EXPECT_LE(cookie.size(), 1024U);
  const auto opened = open_session(seal_, cookie);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->count, 2U);
  EXPECT_EQ(opened->form_secret, session.form_secret);
  EXPECT_EQ(opened->seen, session.seen);
  ASSERT_NE(opened->find("admin"), nullptr);
  EXPECT_EQ(opened->find("admin")->id, session.find("admin")->id);
  EXPECT_EQ(opened->find("user")->methods, session.find("user")->methods);
  EXPECT_EQ(opened->find("nobody"), nullptr);
}

TEST_F(SealedSession, DoesNotOpenAfterAnyChange) {  // SES-01, SES-02
  Session session;
  session.put(claims("user"));
  const auto cookie = seal_session(seal_, session);
  for (std::size_t i = 0; i < cookie.size(); ++i) {
    auto bent = cookie;
    bent[i] = bent[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(open_session(seal_, bent)) << i;
  }
  EXPECT_FALSE(open_session(seal_, cookie.substr(0, cookie.size() - 4)));
  EXPECT_FALSE(open_session(seal_, ""));
}

TEST_F(SealedSession, OpensUnderAnOlderSecretAndNoLongerWhenThatIsGone) {  // CRY-03
  Session session;
  session.put(claims("user"));
  const auto cookie = seal_session(seal_, session);
  const Secrets rotated{Secret::from_text("fedcba9876543210fedcba9876543210"),
                        Secret::from_text("0123456789abcdef0123456789abcdef")};
  const crypto::KeyRing both(rotated);
  EXPECT_TRUE(open_session(Seal(both, clock_, random_, "__Host-rowan", "https://id.example"), cookie));
  const Secrets replaced{Secret::from_text("fedcba9876543210fedcba9876543210")};
  const crypto::KeyRing newer(replaced);
  EXPECT_FALSE(open_session(Seal(newer, clock_, random_, "__Host-rowan", "https://id.example"), cookie));
}

TEST_F(SealedSession, IsBoundToItsCookieAndSite) {
  Session session;
  session.put(claims("user"));
  const auto cookie = seal_session(seal_, session);
  EXPECT_FALSE(open_session(Seal(keys_, clock_, random_, "__Host-rowan_state", "https://id.example"), cookie));
  EXPECT_FALSE(open_session(Seal(keys_, clock_, random_, "__Host-rowan", "https://other.example"), cookie));
}

TEST_F(SealedSession, IsSealedAnewEachTime) {  // SES-02
  Session session;
  session.put(claims("user"));
  EXPECT_NE(seal_session(seal_, session), seal_session(seal_, session));
}

TEST_F(SealedSession, OpensForWeeksAndThenNoMore) {
  Session session;
  session.put(claims("user"));
  const auto cookie = seal_session(seal_, session);
  clock_.advance(std::chrono::days(60));
  EXPECT_TRUE(open_session(seal_, cookie));
  clock_.advance(std::chrono::days(10));
  EXPECT_FALSE(open_session(seal_, cookie));
}

TEST_F(SealedSession, NoTwoDaysThatOpenShareAPlaceForTheirKey) {
  std::array<std::byte, 8> plain{};
  const auto cookie = seal_.seal(plain);
  clock_.advance(-std::chrono::days(1));  // a node whose clock is behind
  EXPECT_TRUE(seal_.open(cookie, plain));
  clock_.advance(std::chrono::days(63));
  EXPECT_TRUE(seal_.open(cookie, plain));
  clock_.advance(std::chrono::days(1));  // 63 and tomorrow's would be 65 days in 64 places
  EXPECT_FALSE(seal_.open(cookie, plain));
}

TEST_F(SealedSession, OfOnePersonIsAsLongAfterOneFactorAsAfterTwo) {
  Claims who;
  who.realm = {.subject = "user"};
  who.methods.add("password", {Evidence::known}, clock_.now());
  Session one, two;
  one.put(who);
  who.methods.add("recovery_code", {Evidence::held}, clock_.now());
  two.put(who);
  EXPECT_EQ(seal_session(seal_, one).size(), seal_session(seal_, two).size());
  EXPECT_EQ(open_session(seal_, seal_session(seal_, two))->claims[0].methods, who.methods);
}

TEST_F(SealedSession, IsFilledUpToOneLengthOnly) {
  Claims who;
  who.realm = {.subject = "user"};
  Session session;
  session.put(who);
  std::array<std::byte, least_session_bytes + 1> plain{};
  ASSERT_EQ(seal_.open(seal_session(seal_, session), plain), least_session_bytes);
  const std::span<const std::byte> bytes(plain);
  const auto used = static_cast<std::size_t>(16 + 8 + 1 + 16 + (2 + 4) + 2 + 4 * 8 + 1);
  EXPECT_TRUE(open_session(seal_, seal_.seal(bytes.first(used)))) << "as it was before sessions were filled up";
  EXPECT_TRUE(open_session_of(seal_, seal_.seal(bytes.first(used)), "user", clock_.now()));
  for (const auto size : {used - 1, used + 1, least_session_bytes - 1, least_session_bytes + 1}) {
    EXPECT_FALSE(open_session(seal_, seal_.seal(bytes.first(size)))) << size;
    EXPECT_FALSE(open_session_of(seal_, seal_.seal(bytes.first(size)), "user", clock_.now())) << size;
  }
}

TEST_F(SealedSession, HoldsThreeSubjectsAndNoFourth) {
  Session session;
  EXPECT_TRUE(session.put(claims("a")));
  EXPECT_TRUE(session.put(claims("b")));
  EXPECT_TRUE(session.put(claims("c")));
  EXPECT_FALSE(session.put(claims("d")));
  EXPECT_TRUE(session.put(claims("b")));
  EXPECT_EQ(session.count, 3U);
}

TEST_F(SealedSession, FitsThreeSubjectsOfAnyNameAndMethods) {
  Session session;
  for (const auto letter : {'a', 'b', 'c'}) {
    auto longest = claims(std::string(31, letter));
    for (const auto method : {'w', 'x', 'y', 'z'})
      longest.methods.add(std::string(23, method), {Evidence::known}, clock_.now());
    ASSERT_TRUE(session.put(longest));
  }
  const auto cookie = seal_session(seal_, session);
  EXPECT_LE(cookie.size(), 1400U);  // of the 4,096 a browser keeps
  const auto opened = open_session(seal_, cookie);
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->count, 3U);
  EXPECT_EQ(opened->find(*SubjectName::from(std::string(31, 'c')))->methods, session.claims[2].methods);
}

TEST_F(SealedSession, StateRemembersTheAccountItIsOf) {
  BrowserState state{.bound_to = 7, .account = AccountId::make(clock_, random_)};
  const auto opened = open_state(seal_, *seal_state(seal_, state));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->account, state.account);
}

TEST_F(SealedSession, KeepsStateUpToItsLimit) {
  BrowserState state{.bound_to = 7, .flash_kind = "info", .flash_text = "Hello", .flow = "f"};
  state.values["theme"] = "dark";
  const auto opened = open_state(seal_, *seal_state(seal_, state));
  ASSERT_TRUE(opened);
  EXPECT_EQ(opened->bound_to, 7);
  EXPECT_EQ(opened->flash_text, "Hello");
  EXPECT_EQ(opened->values.at("theme"), "dark");
  state.values["big"] = std::string(3000, 'x');
  EXPECT_FALSE(seal_state(seal_, state));
}

}  // namespace
}  // namespace rowan::sessions
