// Bearer tokens of every algorithm, and the keys of those that have a public one.
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/tokens/bearer.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/extra_claims.hpp>
#include <rowan/tokens/tokens_fixture_for_tests.hpp>
#include <thread>

namespace rowan::tokens {
namespace {

using namespace std::chrono_literals;
using crypto::jose::Algorithm;
using crypto::jose::Algorithms;

constexpr Algorithm every_algorithm[] = {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512, Algorithm::rs256,
                                         Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::ps384,
                                         Algorithm::ps512, Algorithm::es256, Algorithm::es384, Algorithm::es512,
                                         Algorithm::eddsa};

constexpr std::string_view old_secret = "0123456789abcdef0123456789abcdef",
                           new_secret = "fedcba9876543210fedcba9876543210";

class SigningKeysOn : public for_tests::TokensOn {
 protected:
  struct Options {
    Algorithm algorithm = Algorithm::eddsa;
    std::vector<std::string_view> secrets{old_secret};
    std::vector<Algorithm> also{};
    Clock* clock = nullptr;
  };
  /// A node that issues and takes tokens.
  struct Issuing {
    Issuing(SigningKeysOn& test, const Options& options)
        : clock(options.clock != nullptr ? *options.clock : test.clock_),
          base(test.node(clock)),
          ring(secrets_of(options)),
          keys(key_rules(options), ring, *test.database_, base->numbers, base->revocation, clock, test.random_,
               base->logger),
          tokens(ring,
                 {.issuer = "https://id.example",
                  .audience = {"https://id.example"},
                  .algorithm = options.algorithm,
                  .accepted = accepted(options)},
                 keys, test.random_) {}
    static Secrets secrets_of(const Options& options) {
      std::vector<Secret> all;
      for (const auto text : options.secrets) all.push_back(Secret::from_text(text));
      return Secrets(std::move(all));
    }
    static Algorithms accepted(const Options& options) {
      Algorithms all{options.algorithm};
      for (const auto one : options.also) all.add(one);
      return all;
    }
    static SigningKeyRules key_rules(const Options& options) {
      return {.algorithm = options.algorithm, .accepted = accepted(options)};
    }
    Clock& clock;
    std::unique_ptr<Node> base;
    crypto::KeyRing ring;
    SigningKeys keys;
    BearerTokens tokens;

    std::string issue(const Claims& claims, const TokenContent& content = {}) {
      auto token = tokens.issue(claims, clock.now(), content);
      EXPECT_TRUE(token) << token.error().reason;
      return token.value_or("");
    }
    /// As the guard and then decide() do.
    std::expected<Verified, Unfit> take(std::string_view token) {
      std::int64_t key = 0;
      const auto fast = tokens.verify(token, clock.now(), &key);
      if (fast) return Verified{*fast, key};
      if (fast.error() != Unfit::unchecked) return std::unexpected(fast.error());
      const auto slow = tokens.check(token, clock.now());
      if (!slow) return std::unexpected(Unfit::unchecked);
      return *slow;
    }
    std::vector<std::string> kids() const {
      std::vector<std::string> all;
      for (const auto& key : keys.known()->all) all.push_back(key->kid);
      return all;
    }
  };
  std::unique_ptr<Issuing> issuing(const Options& options) { return std::make_unique<Issuing>(*this, options); }
  std::unique_ptr<Issuing> issuing() { return issuing(Options()); }

  Claims claims() {
    Claims claims;
    claims.id = AccountId::make(clock_, random_);
    claims.numbers = {1234567, 77, 5};
    const auto now = from_microseconds(to_seconds(clock_.now()) * 1'000'000);
    claims.methods.add("password", {Evidence::known}, now);
    claims.expires_at = now + std::chrono::days(14);
    return claims;
  }
  static std::string kid_of(std::string_view token) {
    const auto header = from_base64url(token.substr(0, token.find('.'))).value();
    return std::string(Json::parse(as_text(header)).value().find("kid").value().as_text().value());
  }
};
INSTANTIATE_TEST_SUITE_P(Databases, SigningKeysOn, for_tests::every_database(), for_tests::name_of_database);

TEST_P(SigningKeysOn, EveryAlgorithmRoundTripsAndRefusesAnyBitFlip) {  // TOK-01
  for (const auto algorithm : every_algorithm) {
    SCOPED_TRACE(name_of(algorithm));
    const auto node = issuing({.algorithm = algorithm});
    const auto made = claims();
    const auto token = node->issue(made);
    const auto read = node->take(token);
    ASSERT_TRUE(read);
    EXPECT_EQ(read->claims.id, made.id);
    EXPECT_EQ(read->claims.numbers, made.numbers);
    EXPECT_EQ(read->claims.methods, made.methods);
    // By the token seen before, and by one that was not.
    const auto other = issuing({.algorithm = algorithm});
    ASSERT_TRUE(other->keys.refresh());
    for (std::size_t i = 0; i < token.size(); ++i) {
      auto bent = token;
      bent[i] = static_cast<char>(bent[i] ^ 1);
      EXPECT_FALSE(node->take(bent)) << i;
      if (i % 7 == 0) {
        EXPECT_FALSE(other->take(bent)) << i;
      }
    }
    EXPECT_TRUE(other->take(token));
  }
}

TEST_P(SigningKeysOn, TheGuardAnswersAtOnceWhatItHasSeenAndNothingElse) {
  const auto node = issuing();
  const auto token = node->issue(claims());
  const auto first = node->tokens.verify(token, clock_.now());
  ASSERT_FALSE(first);
  EXPECT_EQ(first.error(), Unfit::unchecked);
  ASSERT_TRUE(node->tokens.check(token, clock_.now())->has_value());
  EXPECT_TRUE(node->tokens.verify(token, clock_.now()));
  // What was not verified is not remembered.
  auto bent = token;
  bent.back() = bent.back() == 'A' ? 'Q' : 'A';
  EXPECT_FALSE(node->tokens.check(bent, clock_.now())->has_value());
  EXPECT_FALSE(node->tokens.verify(bent, clock_.now()));
}

TEST_P(SigningKeysOn, WhatWasSeenExpiresAndIsNotTakenBeforeItsTime) {  // TOK-04
  const auto node = issuing();
  const auto token = node->issue(claims());
  ASSERT_TRUE(node->take(token));
  EXPECT_EQ(node->tokens.verify(token, clock_.now() - 61s).error(), Unfit::not_yet_valid);
  clock_.advance(std::chrono::days(14));
  EXPECT_EQ(node->tokens.verify(token, clock_.now()).error(), Unfit::expired);
}

TEST_P(SigningKeysOn, RefuseEveryConfusionOfAlgorithms) {  // TOK-02, TOK-03
  for (const auto algorithm : {Algorithm::rs256, Algorithm::es256, Algorithm::eddsa}) {
    SCOPED_TRACE(name_of(algorithm));
    const auto node = issuing({.algorithm = algorithm, .also = {Algorithm::hs256}});
    const auto token = node->issue(claims());
    const auto kid = kid_of(token);
    const auto payload = token.substr(token.find('.'), token.rfind('.') - token.find('.'));
    const auto jwk = node->keys.known()->all.front()->public_jwk;
    // A MAC with the public key as its secret, in each spelling that a verifier could take it in.
    for (const auto& secret : {jwk.text(), std::string(jwk.find(jwk.find("x") ? "x" : "n").value().as_text().value())})
      for (const auto shared : {Algorithm::hs256, Algorithm::hs384, Algorithm::hs512}) {
        auto forged = token_header(shared, "JWT", kid);
        forged.pop_back();
        forged += payload;
        std::string padded = secret + std::string(64, ' ');
        const crypto::jose::HmacKey key(Secret::from_text(padded));
        EXPECT_FALSE(node->take(forged + "." + to_base64url(key.sign(shared, as_bytes(forged)))));
      }
    // "none" and every other algorithm with our kid.
    EXPECT_FALSE(node->take(to_base64url(as_bytes(R"({"alg":"none","typ":"JWT","kid":")" + kid + "\"}")) + payload +
                            token.substr(token.rfind('.'))));
    EXPECT_FALSE(
        node->take(to_base64url(as_bytes(R"({"alg":"none","typ":"JWT","kid":")" + kid + "\"}")) + payload + "."));
    for (const auto other : every_algorithm)
      if (other != algorithm) {
        auto forged = token_header(other, "JWT", kid);
        forged.pop_back();
        EXPECT_FALSE(node->take(forged + payload + token.substr(token.rfind('.')))) << name_of(other);
      }
    // Another's key under our kid.
    const auto theirs = crypto::jose::SigningKey::generate(algorithm).value();
    const auto signed_part = token.substr(0, token.rfind('.'));
    EXPECT_FALSE(node->take(signed_part + "." + to_base64url(theirs.sign(algorithm, as_bytes(signed_part)).value())));
  }
}

TEST_P(SigningKeysOn, ThePublishedSetHasPublicKeysOnlyAndVerifiesTheTokens) {
  for (const auto algorithm : {Algorithm::rs256, Algorithm::ps384, Algorithm::es512, Algorithm::eddsa}) {
    SCOPED_TRACE(name_of(algorithm));
    const auto node = issuing({.algorithm = algorithm});
    const auto token = node->issue(claims());
    const auto set = crypto::jose::KeySet::parse(node->keys.known()->jwks);  // refuses what is secret
    ASSERT_TRUE(set) << set.error().reason;
    EXPECT_EQ(set->left_out(), std::vector<std::string>());
    EXPECT_TRUE(crypto::jose::VerifiedJws::verify(crypto::jose::Jws::parse(token).value(), *set, {algorithm}));
  }
}

TEST_P(SigningKeysOn, ASharedSecretIsNeverPublishedAndMakesNoKeys) {
  const auto node = issuing({.algorithm = Algorithm::hs512});
  node->issue(claims());
  ASSERT_TRUE(node->keys.refresh());
  EXPECT_TRUE(node->keys.known()->all.empty());
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_signing_keys")), 0);
  EXPECT_FALSE(node->keys.rotate(true));
}

TEST_P(SigningKeysOn, OfNodesThatBeginAtOnceAreOne) {
  std::vector<std::unique_ptr<Issuing>> nodes;
  for (int i = 0; i < 4; ++i) nodes.push_back(issuing());
  std::vector<std::string> tokens(nodes.size());
  {
    std::vector<std::jthread> all;
    for (std::size_t i = 0; i < nodes.size(); ++i)
      all.emplace_back([&, i] { tokens[i] = nodes[i]->tokens.issue(claims(), clock_.now()).value_or(""); });
  }
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_signing_keys")), 1);
  for (const auto& token : tokens)
    for (const auto& node : nodes) EXPECT_TRUE(node->take(token));
}

TEST_P(SigningKeysOn, RotateOnceWhenNodesDoSoAtOnce) {
  std::vector<std::unique_ptr<Issuing>> nodes;
  for (int i = 0; i < 4; ++i) nodes.push_back(issuing());
  for (auto& node : nodes) ASSERT_TRUE(node->keys.refresh());
  clock_.advance(std::chrono::days(90));
  {
    std::vector<std::jthread> all;
    for (auto& node : nodes) all.emplace_back([&] { EXPECT_TRUE(node->keys.refresh()); });
  }
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_signing_keys")), 2);
}

TEST_P(SigningKeysOn, ANewKeyIsPublishedBeforeItSignsAndTheOldOneVerifiesUntilItsLastTokenExpired) {
  const auto node = issuing();
  const auto first = node->issue(claims());
  clock_.advance(std::chrono::days(90) - 30min);
  ASSERT_TRUE(node->keys.refresh());
  const auto kids = node->kids();
  ASSERT_EQ(kids.size(), 2U);
  EXPECT_NE(node->keys.known()->jwks.find(kids.front()), std::string::npos);
  auto longest = claims();
  longest.expires_at = clock_.now() + longest_lifetime;
  const auto last_of_old = node->issue(longest);
  EXPECT_EQ(kid_of(last_of_old), kid_of(first)) << "it waits for clients to have read the new key";
  clock_.advance(61min);
  const auto of_new = node->issue(claims());
  EXPECT_EQ(kid_of(of_new), kids.front());
  // Another node, begun since, takes both.
  const auto other = issuing();
  ASSERT_TRUE(other->keys.refresh());
  EXPECT_TRUE(other->take(last_of_old));
  EXPECT_TRUE(other->take(of_new));
  clock_.advance(longest_lifetime - 62min);
  EXPECT_TRUE(other->take(last_of_old)) << "a second before it expires";
  clock_.advance(std::chrono::days(2));
  ASSERT_TRUE(node->keys.refresh());
  EXPECT_EQ(node->kids(), std::vector<std::string>{kids.front()});
}

TEST_P(SigningKeysOn, ANewKeyOfAnotherNodeIsFoundByTheFirstTokenThatNamesIt) {
  const auto one = issuing(), two = issuing();
  ASSERT_TRUE(one->keys.refresh());
  ASSERT_TRUE(two->keys.refresh());
  ASSERT_TRUE(one->keys.rotate(true));
  const auto token = one->issue(claims());
  EXPECT_EQ(two->tokens.verify(token, clock_.now()).error(), Unfit::unchecked);
  const auto too_soon = two->tokens.check(token, clock_.now());
  ASSERT_FALSE(too_soon) << "it does not read more often than once a second";
  EXPECT_EQ(too_soon.error().code, ErrorCode::unavailable);
  clock_.advance(1s);
  EXPECT_TRUE(two->take(token));
}

// Its tokens would all end with it, long before their time.
TEST_P(SigningKeysOn, OneThatAnotherTookOverFromSignsNoMoreWhenThatOneIsRetired) {
  const auto node = issuing();
  const auto first = kid_of(node->issue(claims()));
  const auto second = node->keys.rotate(true);
  ASSERT_TRUE(second) << second.error().reason;
  clock_.advance(std::chrono::days(2));
  EXPECT_EQ(kid_of(node->issue(claims())), *second);
  ASSERT_TRUE(node->keys.retire(*second));
  const auto third = kid_of(node->issue(claims()));
  EXPECT_NE(third, *second);
  EXPECT_NE(third, first);
}

TEST_P(SigningKeysOn, AtOnceMeansAtOnceAlsoWhereTheClockIsBehind) {
  const auto node = issuing();
  node->issue(claims());
  testing::FakeClock behind(clock_.now() - std::chrono::hours(2));
  const auto late = issuing({.clock = &behind});
  const auto made = late->keys.rotate(true);
  ASSERT_TRUE(made) << made.error().reason;
  ASSERT_TRUE(node->keys.refresh());
  clock_.advance(1s);
  EXPECT_EQ(kid_of(node->issue(claims())), *made);
}

// A rolling change of the master secret that takes longer than an hour.
TEST_P(SigningKeysOn, ANodeWithTheOldSecretKeepsWhatOthersSealAgain) {
  const auto before = issuing();
  const auto token = before->issue(claims());
  const auto after = issuing({.secrets = {new_secret, old_secret}});
  ASSERT_TRUE(after->keys.refresh());
  clock_.advance(2h);
  ASSERT_TRUE(after->keys.refresh());
  for (int i = 0; i < 3; ++i) {
    ASSERT_TRUE(before->keys.refresh());
    ASSERT_TRUE(after->keys.refresh());
  }
  EXPECT_TRUE(before->take(token));
  EXPECT_EQ(kid_of(before->issue(claims())), kid_of(token));
  EXPECT_EQ(before->kids().size(), 1U) << "nobody makes another";
}

TEST_P(SigningKeysOn, AnInventedKidIsRefusedWithoutALook) {  // TOK-03
  const auto node = issuing();
  const auto token = node->issue(claims());
  auto forged = token_header(Algorithm::eddsa, "JWT", "AAAAAAAAAAAAAAAA");
  forged += token.substr(token.find('.') + 1);
  clock_.advance(1h);
  EXPECT_EQ(node->tokens.verify(forged, clock_.now()).error(), Unfit::malformed);
  EXPECT_FALSE(node->keys.is_fresh());
  EXPECT_FALSE(node->tokens.check(forged, clock_.now())->has_value());
  EXPECT_FALSE(node->keys.is_fresh()) << "no query for it";
}

TEST_P(SigningKeysOn, ARetiredKeyIsRefusedHereAtOnceAndElsewhereWithTheFeed) {  // TOK-09
  const auto one = issuing(), two = issuing();
  const auto token = one->issue(claims());
  ASSERT_TRUE(one->take(token));
  const auto seen = two->take(token);
  ASSERT_TRUE(seen);
  ASSERT_TRUE(one->keys.retire(kid_of(token)));
  EXPECT_FALSE(one->take(token));
  EXPECT_FALSE(two->keys.is_dead(seen->key));
  ASSERT_TRUE(two->base->revocation.poll());
  EXPECT_TRUE(two->keys.is_dead(seen->key));
  ASSERT_TRUE(two->keys.refresh_if_due());
  EXPECT_FALSE(two->take(token)) << "though it was seen before";
  EXPECT_FALSE(one->keys.retire("AAAAAAAAAAAAAAAA"));
  // Nothing stands still: there is a new one.
  EXPECT_TRUE(two->take(one->issue(claims())));
}

TEST_P(SigningKeysOn, LiveThroughARestartAndTheLossOfTheTableMakesNewOnes) {
  auto node = issuing();
  const auto token = node->issue(claims());
  node = issuing();
  ASSERT_TRUE(node->take(token)) << "after a restart";
  run(Sql("DELETE FROM rowan_signing_keys"));
  ASSERT_TRUE(node->keys.refresh());
  EXPECT_FALSE(node->take(token));
  EXPECT_TRUE(node->take(node->issue(claims())));
}

TEST_P(SigningKeysOn, AreSealedAgainUnderANewSecretAndThenNeedTheOldOneNoMore) {  // CRY-03
  const auto before = issuing();
  const auto token = before->issue(claims());
  const auto during = issuing({.secrets = {new_secret, old_secret}});
  ASSERT_TRUE(during->keys.refresh());
  EXPECT_TRUE(during->take(token));
  ASSERT_TRUE(before->keys.refresh());
  EXPECT_TRUE(before->take(token)) << "a node that has only the old one yet goes on";
  clock_.advance(1h);
  ASSERT_TRUE(during->keys.refresh());
  const auto after = issuing({.secrets = {new_secret}});
  ASSERT_TRUE(after->keys.refresh());
  EXPECT_TRUE(after->take(token));
  EXPECT_EQ(after->issue(claims()).substr(0, 20), token.substr(0, 20));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_signing_keys")), 1);
}

TEST_P(SigningKeysOn, WhoseSecretIsLostRefuseTheirTokensAndANewOneSigns) {
  const auto token = issuing()->issue(claims());
  const auto after = issuing({.secrets = {new_secret}});
  EXPECT_FALSE(after->take(token));
  const auto made = after->issue(claims());
  EXPECT_TRUE(after->take(made));
  EXPECT_EQ(after->keys.known()->jwks.find(kid_of(token)), std::string::npos);
  EXPECT_GE(after->base->logger.count("signing_key_lost"), 1U);
}

TEST_P(SigningKeysOn, ARowThatWasTamperedWithIsNotBelieved) {
  const auto node = issuing();
  const auto token = node->issue(claims());
  const auto other = issuing({.algorithm = Algorithm::es256});
  other->issue(claims());
  // Another row's key under this name.
  run(
      Sql("UPDATE rowan_signing_keys SET sealed = (SELECT sealed FROM rowan_signing_keys WHERE algorithm = 'ES256') "
          "WHERE algorithm = 'EdDSA'"));
  const auto after = issuing();
  EXPECT_FALSE(after->take(token));
}

TEST_P(SigningKeysOn, ANodeWhoseClockIsBehindSignsWithWhatIsThere) {
  const auto node = issuing();
  node->issue(claims());
  rowan::testing::FakeClock behind(clock_.now() - std::chrono::days(400));
  const auto late = issuing({.clock = &behind});
  EXPECT_TRUE(late->tokens.issue(claims(), behind.now()));
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_signing_keys")), 1);
  EXPECT_EQ(number(Sql("SELECT COUNT(*) FROM rowan_signing_keys WHERE retires_at IS NOT NULL")), 0);
}

TEST_P(SigningKeysOn, ANodeWhoseClockIsAheadHarmsNoOther) {
  const auto node = issuing();
  const auto token = node->issue(claims());
  rowan::testing::FakeClock ahead(clock_.now() + std::chrono::days(400));
  const auto early = issuing({.clock = &ahead});
  ASSERT_TRUE(early->keys.refresh());
  ASSERT_TRUE(node->keys.refresh());
  EXPECT_TRUE(node->take(token));
  EXPECT_EQ(kid_of(node->issue(claims())), kid_of(token)) << "the key of the future does not sign yet";
  clock_.advance(std::chrono::days(90));
  ASSERT_TRUE(node->keys.refresh());
  clock_.advance(1h);
  EXPECT_NE(kid_of(node->issue(claims())), kid_of(token)) << "nor does it stop the rotation";
}

TEST_P(SigningKeysOn, TokensOfTheAlgorithmBeforeAreTakenWhereThatIsSaid) {
  const auto before = issuing({.algorithm = Algorithm::es256});
  const auto token = before->issue(claims());
  const auto by_secret = issuing({.algorithm = Algorithm::hs256})->issue(claims());
  const auto both = issuing({.algorithm = Algorithm::eddsa, .also = {Algorithm::es256, Algorithm::hs256}});
  EXPECT_TRUE(both->take(token));
  EXPECT_TRUE(both->take(by_secret));
  const auto only = issuing({.algorithm = Algorithm::eddsa});
  EXPECT_FALSE(only->take(token));
  EXPECT_FALSE(only->take(by_secret));
  EXPECT_FALSE(issuing({.algorithm = Algorithm::hs256})->take(token)) << "as a node of before does";
}

TEST_P(SigningKeysOn, ATokenOfOnePurposeIsRefusedForEveryOther) {  // TOK-05
  for (const auto algorithm : {Algorithm::hs256, Algorithm::eddsa}) {
    SCOPED_TRACE(name_of(algorithm));
    const auto node = issuing({.algorithm = algorithm});
    const auto invitation = node->issue(claims(), {.purpose = "invitation", .extra = R"(,"team":7)"});
    EXPECT_FALSE(node->take(invitation));
    EXPECT_TRUE(node->tokens.check(invitation, clock_.now(), "invitation")->has_value());
    EXPECT_FALSE(node->tokens.check(invitation, clock_.now(), "other")->has_value());
    EXPECT_FALSE(node->tokens.check(node->issue(claims()), clock_.now(), "invitation")->has_value());
    EXPECT_EQ(BearerTokens::claims_of(invitation)->find("team")->as_integer(), 7);
  }
}

TEST_P(SigningKeysOn, ExtraClaimsComeLastAndChangeNothingOfOurs) {
  const auto node = issuing();
  const std::vector<Json> objects{Json{{"plan", "silver"}, {"roles", Json::array({"editor"})}}, Json{{"plan", "gold"}}};
  const auto extra = extra_claims_text(objects);
  ASSERT_TRUE(extra) << extra.error().reason;
  EXPECT_EQ(*extra, R"(,"plan":"gold","roles":["editor"])");
  const auto made = claims();
  const auto token = node->issue(made, {.extra = *extra});
  const auto read = node->take(token);
  ASSERT_TRUE(read);
  EXPECT_EQ(read->claims.id, made.id);
  EXPECT_EQ(BearerTokens::claims_of(token)->find("plan")->as_text(), "gold");
  // The scan takes nothing that extra_claims_text could not have written.
  for (const std::string_view strange :
       {R"(,"b":1,"a":2)", R"(,"a":1,"a":2)", R"(,"sub":"x")", R"(,"a":)", R"(,"a":[1)", R"(,"a":1 ,"b":2)", R"("a":1)",
        R"(,"a":"x)", R"(,"a b":1)", R"(,"a":1})"})
    EXPECT_FALSE(node->take(node->issue(made, {.extra = std::string(strange)}))) << strange;
}

TEST_P(SigningKeysOn, TheLargestTokenFits) {
  const auto node = issuing({.algorithm = Algorithm::rs256});
  auto made = claims();
  made.realm = {.tenant = TenantName::from(std::string(63, 't')).value(),
                .subject = SubjectName::from(std::string(31, 's')).value()};
  made.methods = {};
  for (const char* name : {"a12345678901234567890", "b12345678901234567890", "c12345678901234567890"})
    made.methods.add(name, Proves::from_bits(255), clock_.now());
  const auto token = node->issue(made, {.extra = ",\"x\":\"" + std::string(max_extra_claims_bytes - 7, 'x') + "\""});
  EXPECT_LE(token.size() + 600 * 4 / 3, max_bearer_bytes) << "with the longest issuer and audience";
  EXPECT_TRUE(node->take(token));
}

}  // namespace
}  // namespace rowan::tokens
