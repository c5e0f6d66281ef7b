#include <gtest/gtest.h>

#include <rowan/crypto/jose/client_assertion.hpp>
#include <rowan/crypto/jose/examples_for_tests.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <rowan/crypto/jose/keys_for_tests.hpp>
#include <rowan/testing/fake_random.hpp>

namespace rowan::crypto::jose {
namespace {

using namespace for_tests;

TEST(SigningKeys, SignWhatTheirPublishedKeyVerifies) {
  for (const auto algorithm : all_with_public_keys) {
    SCOPED_TRACE(name_of(algorithm));
    const auto& key = key_for(algorithm);
    const auto set = KeySet::parse(set_of({key.public_jwk("ours", algorithm)})).value();
    for (int i = 0; i < 20; ++i) {  // numbers of ECDSA that begin with zeros among them
      const auto token = sign_jws(key, {.algorithm = algorithm, .key_id = "ours"}, R"({"a":1})");
      ASSERT_TRUE(token);
      const auto verified = VerifiedJws::verify(Jws::parse(*token).value(), set, {algorithm});
      ASSERT_TRUE(verified) << verified.error().reason;
      EXPECT_EQ(verified->payload(), R"({"a":1})");
      EXPECT_EQ(verified->key_id(), "ours");
      EXPECT_EQ(verified->type(), "jwt");
    }
  }
}

// RFC 7518 section 3.5: the salt is as long as the hash.
TEST(SigningKeys, VerifyPssOnlyWithASaltAsLongAsTheHash) {
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key(EVP_RSA_gen(2048));
  const auto jwk =
      Jwk::parse(SigningKey::from_pem(Secret::from_text(pem_of(key.get()))).value().public_jwk("k", Algorithm::ps256))
          .value();
  for (const int salt : {0, 20, 31, 32, 33}) {
    const std::unique_ptr<EVP_MD_CTX, Free<EVP_MD_CTX_free>> context(EVP_MD_CTX_new());
    EVP_PKEY_CTX* of_key = nullptr;
    EVP_DigestSignInit_ex(context.get(), &of_key, "SHA256", nullptr, nullptr, key.get(), nullptr);
    EVP_PKEY_CTX_set_rsa_padding(of_key, RSA_PKCS1_PSS_PADDING);
    EVP_PKEY_CTX_set_rsa_pss_saltlen(of_key, salt);
    std::vector<std::byte> signature(256);
    auto size = signature.size();
    EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                   reinterpret_cast<const unsigned char*>("bytes"), 5);
    EXPECT_EQ(jwk.verify(Algorithm::ps256, signature, as_bytes("bytes")), salt == 32) << salt;
  }
}

// RFC 8037, A.4: Ed25519 signs the same bytes alike.
TEST(SigningKeys, SignTheExampleOfTheStandard) {
  const auto key =
      SigningKey::from_pem(Secret::from_text("-----BEGIN PRIVATE KEY-----\n"
                                             "MC4CAQAwBQYDK2VwBCIEIJ1hsZ3v/VpguoRK9JLsLMREScVpezJpGXA7rAMcrn9g\n"
                                             "-----END PRIVATE KEY-----\n"))
          .value();
  EXPECT_EQ(sign_jws(key, {.algorithm = Algorithm::eddsa, .type = {}}, "Example of Ed25519 signing"),
            examples[2].token);
  EXPECT_EQ(key.public_jwk("k", Algorithm::eddsa).find("x")->as_text(), "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo");
}

TEST(SigningKeys, OfOursAreMadeStoredAndReadAgain) {
  for (const auto algorithm :
       {Algorithm::rs512, Algorithm::es256, Algorithm::es384, Algorithm::es512, Algorithm::eddsa}) {
    SCOPED_TRACE(name_of(algorithm));
    const auto made = SigningKey::generate(algorithm);
    ASSERT_TRUE(made) << made.error().reason;
    const auto read = SigningKey::from_pem(made->to_pem().value());
    ASSERT_TRUE(read) << read.error().reason;
    const auto jwk = Jwk::parse(made->public_jwk("k", algorithm)).value();
    EXPECT_TRUE(jwk.verify(algorithm, read->sign(algorithm, as_bytes("bytes")).value(), as_bytes("bytes")));
    EXPECT_FALSE(jwk.verify(algorithm, read->sign(algorithm, as_bytes("bytes")).value(), as_bytes("other")));
  }
}

TEST(SigningKeys, OfOursHave3072BitsOrMoreWhenTheyAreRsa) {
  EXPECT_FALSE(SigningKey::generate(Algorithm::rs256, 2048));
  EXPECT_FALSE(SigningKey::generate(Algorithm::rs256, 8192));
  EXPECT_FALSE(SigningKey::generate(Algorithm::hs256));
  const auto jwk = SigningKey::generate(Algorithm::ps256).value().public_jwk("k", Algorithm::ps256);
  EXPECT_EQ(from_base64url(jwk.find("n")->as_text().value())->size(), 384U);
}

TEST(SigningKeys, PublishNothingSecret) {
  for (const auto algorithm : all_with_public_keys) {
    const auto jwk = key_for(algorithm).public_jwk("k", algorithm);
    EXPECT_FALSE(Jwk::is_secret(jwk));
    EXPECT_LE(jwk.fields().size(), 7U);
  }
}

TEST(SigningKeys, SignWithTheirOwnAlgorithmsOnly) {
  EXPECT_EQ(key_of("P-256").usual_algorithm(), Algorithm::es256);
  EXPECT_EQ(key_of("P-384").usual_algorithm(), Algorithm::es384);
  EXPECT_EQ(key_of("P-521").usual_algorithm(), Algorithm::es512);
  EXPECT_EQ(key_of("Ed25519").usual_algorithm(), Algorithm::eddsa);
  EXPECT_EQ(key_of("RSA2048").usual_algorithm(), Algorithm::rs256);
  for (const auto algorithm : {Algorithm::hs256, Algorithm::es384, Algorithm::rs256, Algorithm::eddsa}) {
    const auto token = sign_jws(key_of("P-256"), {.algorithm = algorithm}, "{}");
    ASSERT_FALSE(token);
    EXPECT_EQ(token.error().code, ErrorCode::internal);
  }
}

TEST(SigningKeys, RefuseOtherFilesWithoutAskingForAPassphrase) {
  const auto refused = [](std::string_view text) { return !SigningKey::from_pem(Secret::from_text(text)); };
  EXPECT_TRUE(refused(""));
  EXPECT_TRUE(refused("-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"));
  EXPECT_TRUE(refused(new_pem("RSA1024")));
  EXPECT_TRUE(refused(new_pem("secp256k1")));
  // A public key, and one under a passphrase.
  const std::unique_ptr<EVP_PKEY, Free<EVP_PKEY_free>> key(EVP_EC_gen("P-256"));
  const std::unique_ptr<BIO, Free<BIO_free>> open(BIO_new(BIO_s_mem())), locked(BIO_new(BIO_s_mem()));
  PEM_write_bio_PUBKEY(open.get(), key.get());
  PEM_write_bio_PKCS8PrivateKey(locked.get(), key.get(), EVP_aes_256_cbc(), "pass", 4, nullptr, nullptr);
  for (auto* bio : {open.get(), locked.get()}) {
    char* text = nullptr;
    const auto size = BIO_get_mem_data(bio, &text);
    EXPECT_TRUE(refused({text, static_cast<std::size_t>(size)}));
  }
  EXPECT_FALSE(SigningKey::from_pem(Secret::from_env("ROWAN_NO_SUCH_KEY")));
}

TEST(ClientAssertions, SayWhoTheClientIsForAShortTime) {
  rowan::testing::FakeRandom random;
  const Timestamp now{std::chrono::seconds(1'800'000'000)};
  const ClientAssertion assertion{.issuer = "client", .subject = "client", .audience = "https://idp.example"};
  const auto& key = key_of("P-256");
  const JwsHeader header{.algorithm = Algorithm::es256, .key_id = "k"};
  const auto claims = [](const std::string& token) {
    return Json::parse(Jws::parse(token).value().unverified_payload()).value();
  };
  const auto first = sign(assertion, key, header, now, random).value(),
             second = sign(assertion, key, header, now, random).value();
  EXPECT_EQ(claims(first).find("iss")->as_text(), "client");
  EXPECT_EQ(claims(first).find("sub")->as_text(), "client");
  EXPECT_EQ(claims(first).find("aud")->as_text(), "https://idp.example");
  EXPECT_EQ(claims(first).find("iat")->as_integer(), 1'800'000'000);
  EXPECT_EQ(claims(first).find("exp")->as_integer(), 1'800'000'060);
  EXPECT_NE(claims(first).find("jti")->as_text(), claims(second).find("jti")->as_text());
  EXPECT_TRUE(VerifiedJws::verify(Jws::parse(first).value(), Jwk::parse(key.public_jwk("k", Algorithm::es256)).value(),
                                  {Algorithm::es256}));

  const HmacKey secret(Secret::from_text(std::string(32, 's')));
  const auto shared = sign(assertion, secret, {.algorithm = Algorithm::hs256}, now, random).value();
  EXPECT_TRUE(VerifiedJws::verify(Jws::parse(shared).value(), secret, {Algorithm::hs256}));
}

}  // namespace
}  // namespace rowan::crypto::jose
