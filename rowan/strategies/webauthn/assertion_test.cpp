#include <rowan/strategies/webauthn/ceremony_fixture.hpp>

namespace rowan::strategies::webauthn {
namespace {

using Algorithm = VirtualAuthenticator::Algorithm;

constexpr Algorithm every_algorithm[] = {Algorithm::es256, Algorithm::es384, Algorithm::eddsa, Algorithm::rs256};

struct SignedUp : Ceremonies {
  explicit SignedUp(VirtualAuthenticator::Options options = {}) : Ceremonies(std::move(options)) {
    auto created = create();
    EXPECT_TRUE(created) << reason(created);
    stored = *created;
  }
  std::string answer(const Lies& lies = {}) { return step(get(stored, lies)); }
  Registered stored;
};

TEST(Assertion, TakesEveryAlgorithm) {
  for (const auto algorithm : every_algorithm) {
    SignedUp c({.algorithm = algorithm, .backup_eligible = true, .backed_up = true});
    const auto asserted = c.get(c.stored);
    ASSERT_TRUE(asserted) << reason(asserted);
    EXPECT_TRUE(asserted->user_verified);
    EXPECT_TRUE(asserted->backed_up);
    EXPECT_EQ(asserted->sign_count, 2U);
    EXPECT_EQ(asserted->counter, SignCount::risen);
  }
}

TEST(Assertion, RefusesSignaturesThatDoNotFit) {  // WA-12
  for (const auto algorithm : every_algorithm) {
    SignedUp c({.algorithm = algorithm});
    EXPECT_EQ(c.answer({.other_key = true}), "7.2 step 21");
    EXPECT_EQ(c.answer({.garbled_signature = true}), "7.2 step 21");
    EXPECT_EQ(c.answer({.behind_signature = bytes("x")}), "7.2 step 21");
    EXPECT_EQ(c.answer(), "");
  }
}

TEST(Assertion, RefusesEveryFlippedBitOfWhatIsSigned) {  // WA-12
  SignedUp c({.algorithm = Algorithm::eddsa});
  const auto response = read_assertion(c.browser.get(c.request_options())).value();
  const auto key = crypto::CoseKey::parse(c.stored.public_key).value();
  const StoredCredential credential{.id = c.stored.credential_id, .key = key, .sign_count = 1, .user_handle = c.ann};
  const ExpectedAssertion expected{.party = c.party, .challenge = c.challenge, .credential = credential};
  ASSERT_TRUE(verify_assertion(response, expected));
  for (const auto part :
       {&AssertionResponse::client_data, &AssertionResponse::authenticator_data, &AssertionResponse::signature})
    for (std::size_t bit = 0; bit < (response.*part).size() * 8; ++bit) {
      auto changed = response;
      (changed.*part)[bit / 8] ^= std::byte{1} << (bit % 8);
      EXPECT_FALSE(verify_assertion(changed, expected)) << bit;
    }
}

TEST(Assertion, RefusesAnotherType) {  // WA-02
  SignedUp c;
  EXPECT_EQ(c.answer({.type = "webauthn.create"}), "7.2 step 10");
  EXPECT_EQ(c.answer({.type = ""}), "7.2 step 10");
}

TEST(Assertion, RefusesAnotherChallenge) {  // WA-03
  SignedUp c;
  EXPECT_EQ(c.answer({.challenge = "AAAA"}), "7.2 step 11");
  EXPECT_EQ(c.answer({.challenge = to_base64url(c.challenge) + "A"}), "7.2 step 11");
  c.challenge.clear();
  EXPECT_EQ(c.answer(), "7.2 step 11");
}

TEST(Assertion, RefusesAnotherOrigin) {  // WA-04
  SignedUp c;
  for (const auto* origin : {"https://notes.evil", "http://notes.example", "https://notes.example:8443",
                             "https://notes.example.evil", "https://evil.notes.example", "https://notes.example/"})
    EXPECT_EQ(c.answer({.origin = origin}), "7.2 step 12") << origin;
}

TEST(Assertion, RefusesFramesOfOtherOriginsUnlessExpected) {  // WA-05
  SignedUp c;
  EXPECT_EQ(c.answer({.cross_origin = true}), "7.2 step 13");
  EXPECT_EQ(c.answer({.cross_origin = false, .top_origin = "https://portal.example"}), "7.2 step 14");
  c.party.top_origins = {"https://portal.example"};
  EXPECT_EQ(c.answer({.top_origin = "https://portal.example"}), "");
  EXPECT_EQ(c.answer({.top_origin = "https://portal.evil"}), "7.2 step 14");
}

TEST(Assertion, RefusesClientDataThatIsNotStrictJson) {
  SignedUp c;
  for (const auto* all :
       {"", "[]", "{}", R"({"type":"webauthn.get","type":"webauthn.get","challenge":"","origin":""})"})
    EXPECT_EQ(c.answer({.client_data = all}), "7.2 step 9") << all;
}

TEST(Assertion, RefusesTheHashOfAnotherRpId) {  // WA-06
  SignedUp c;
  EXPECT_EQ(c.answer({.rp_id = "notes.evil"}), "7.2 step 15");
}

TEST(Assertion, NeedsAUser) {  // WA-07
  SignedUp c;
  EXPECT_EQ(c.answer({.clear_flags = 1}), "7.2 step 16");
}

TEST(Assertion, NeedsAVerifiedUserWhereThatIsRequired) {  // WA-07, WA-20
  SignedUp c;
  c.user_verification_required = true;
  EXPECT_EQ(c.answer(), "");
  EXPECT_EQ(c.answer({.clear_flags = 4}), "7.2 step 17");
  c.user_verification_required = false;
  const auto asserted = c.get(c.stored, {.clear_flags = 4});
  ASSERT_TRUE(asserted);
  EXPECT_FALSE(asserted->user_verified);
}

TEST(Assertion, RefusesABackupOfWhatCannotBeBackedUp) {  // WA-08
  SignedUp c;
  EXPECT_EQ(c.answer({.set_flags = 0x10}), "7.2 step 18");
}

TEST(Assertion, RefusesACredentialThatBecomesEligibleForBackup) {  // WA-08
  SignedUp bound;
  EXPECT_EQ(bound.answer({.set_flags = 0x08}), "7.2 step 19");
  SignedUp synchronised({.backup_eligible = true, .backed_up = true});
  EXPECT_EQ(synchronised.answer({.clear_flags = 0x18}), "7.2 step 19");
  const auto no_longer = synchronised.get(synchronised.stored, {.clear_flags = 0x10});
  ASSERT_TRUE(no_longer) << reason(no_longer);
  EXPECT_FALSE(no_longer->backed_up);
}

TEST(Assertion, RefusesBytesBehindItsData) {  // WA-15
  SignedUp c;
  EXPECT_EQ(c.answer({.behind = bytes("x")}), "7.2 step 7");
  EXPECT_EQ(c.answer({.set_flags = 0x80}), "7.2 step 7");
  EXPECT_EQ(c.answer({.extensions = crypto::CborWriter().map(0).written()}), "");
  EXPECT_EQ(c.answer({.extensions = std::vector<std::byte>(900, std::byte{0x81})}), "7.2 step 7");
}

TEST(Assertion, RefusesANewCredentialInIt) {
  SignedUp c;
  auto inside = std::vector<std::byte>(16);
  for (const auto byte : {0, 1, 7, 0xA0}) inside.push_back(static_cast<std::byte>(byte));
  EXPECT_EQ(c.answer({.set_flags = 0x40, .behind = inside}), "7.2 step 7");
}

TEST(Assertion, RefusesACredentialThatWasNotAskedFor) {  // WA-11
  SignedUp c;
  const auto answer_of_any = c.browser.get(c.request_options());
  c.allowed = {c.stored.credential_id, bytes("another")};
  c.user_identified = true;
  EXPECT_EQ(c.answer(), "");
  EXPECT_EQ(c.answer({.credential_id = bytes("foreign")}), "7.2 step 5");
  c.allowed = {bytes("another")};
  EXPECT_EQ(step(c.verify_get(answer_of_any, c.stored)), "7.2 step 5");
}

TEST(Assertion, RefusesACredentialOfAnotherAccount) {  // WA-11
  SignedUp c;
  EXPECT_EQ(c.answer({.credential_id = bytes("foreign")}), "7.2 step 6");
  EXPECT_EQ(c.answer({.user_handle = bytes("bob's handle")}), "7.2 step 6");
  c.user_identified = true;
  EXPECT_EQ(c.answer({.user_handle = bytes("bob's handle")}), "7.2 step 6");
}

TEST(Assertion, NeedsAUserHandleWhereTheAccountIsNotKnown) {  // WA-11
  SignedUp c;
  EXPECT_EQ(c.answer({.user_handle = std::vector<std::byte>()}), "7.2 step 6");
  c.user_identified = true;
  EXPECT_EQ(c.answer({.user_handle = std::vector<std::byte>()}), "");
  EXPECT_EQ(c.answer({.user_handle = std::vector<std::byte>(65)}), "7.2 step 3");
}

TEST(Assertion, SaysWhenTheCounterDoesNotRise) {  // WA-13
  SignedUp c;
  c.stored.sign_count = 7;
  const auto counter = [&](std::uint32_t now) { return c.get(c.stored, {.sign_count = now}).value().counter; };
  EXPECT_EQ(counter(8), SignCount::risen);
  EXPECT_EQ(counter(0xFFFFFFFF), SignCount::risen);
  EXPECT_EQ(counter(7), SignCount::not_risen);
  EXPECT_EQ(counter(6), SignCount::not_risen);
  EXPECT_EQ(counter(0), SignCount::not_risen);
  c.stored.sign_count = 0;
  EXPECT_EQ(counter(0), SignCount::unused);
  EXPECT_EQ(counter(1), SignCount::risen);
}

TEST(Assertion, TakesPasskeysWithoutACounter) {
  SignedUp c({.counter_step = 0});
  EXPECT_EQ(c.stored.sign_count, 0U);
  EXPECT_EQ(c.get(c.stored)->counter, SignCount::unused);
  EXPECT_EQ(c.get(c.stored)->counter, SignCount::unused);
}

TEST(Assertion, RefusesAnswersOfAnotherShape) {
  SignedUp c;
  const auto good = c.browser.get(c.request_options());
  const auto with = [&](std::string_view from, std::string_view to) {
    auto changed = good;
    return step(c.verify_get(changed.replace(changed.find(from), from.size(), to), c.stored));
  };
  EXPECT_EQ(step(c.verify_get(good, c.stored)), "");
  EXPECT_EQ(with("public-key", "x"), "7.2 step 3");
  EXPECT_EQ(with("signature", "x"), "7.2 step 3");
  EXPECT_EQ(with("authenticatorData", "x"), "7.2 step 3");
  EXPECT_EQ(with("\"userHandle\":\"", "\"userHandle\":\"!"), "7.2 step 3");
  EXPECT_EQ(with("\"userHandle\":\"", "\"userHandle\":[],\"x\":\""), "7.2 step 3");
  EXPECT_EQ(step(c.verify_get(c.browser.create(c.creation_options()), c.stored)), "7.2 step 3");
}

}  // namespace
}  // namespace rowan::strategies::webauthn
