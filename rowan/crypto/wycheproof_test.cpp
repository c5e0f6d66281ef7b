#include <algorithm>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/der.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/public_key.hpp>
#include <rowan/crypto/wycheproof_for_tests.hpp>
#include <stdexcept>

namespace rowan::crypto {
namespace {

using namespace for_tests;

TEST(Wycheproof, HmacSha256) {
  const auto file = vectors("hmac_sha256_test.json");
  if (!file) GTEST_SKIP() << "hmac_sha256_test.json: ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [](const json::value& group, const json::value& test, bool valid) {
    const auto tag = HmacSha256(bytes_at(test, "key"))(bytes_at(test, "msg"));
    const auto kept = std::span(tag).first(static_cast<std::size_t>(group.at("tagSize").as_int64()) / 8);
    EXPECT_EQ(equal_in_constant_time(kept, bytes_at(test, "tag")), valid);
    return true;
  });
  EXPECT_EQ(count, 174U);
}

TEST(Wycheproof, HkdfSha256) {
  const auto file = vectors("hkdf_sha256_test.json");
  if (!file) GTEST_SKIP() << "hkdf_sha256_test.json: ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [](const json::value&, const json::value& test, bool valid) {
    Bytes out(static_cast<std::size_t>(test.at("size").as_int64()));
    const auto info = bytes_at(test, "info");
    try {
      hkdf_sha256(bytes_at(test, "ikm"), bytes_at(test, "salt"), as_text(info), out);
      EXPECT_EQ(out == bytes_at(test, "okm"), valid);
    } catch (const std::length_error&) {
      EXPECT_FALSE(valid);
    }
    return true;
  });
  EXPECT_EQ(count, 86U);
}

TEST(Wycheproof, Aes256GcmWith96BitNoncesAnd128BitTags) {
  const auto file = vectors("aes_gcm_test.json");
  if (!file) GTEST_SKIP() << "aes_gcm_test.json: ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [](const json::value& group, const json::value& test, bool valid) {
    if (group.at("keySize") != 256 || group.at("ivSize") != 96 || group.at("tagSize") != 128) return false;
    Key256 key;
    std::ranges::copy(bytes_at(test, "key"), key.writable().begin());
    std::array<std::byte, nonce_size> nonce;
    std::ranges::copy(bytes_at(test, "iv"), nonce.begin());
    const auto associated = bytes_at(test, "aad"), plain = bytes_at(test, "msg");
    auto sealed = bytes_at(test, "ct");
    std::ranges::copy(bytes_at(test, "tag"), std::back_inserter(sealed));

    for (const auto engine : {AeadEngine::fastest, AeadEngine::openssl}) {
      const AeadKey aead(key, engine);
      Bytes out(plain.size());
      const auto size = aead.open(nonce, associated, sealed, out);
      EXPECT_EQ(size.has_value(), valid);
      if (size) {
        EXPECT_EQ(out, plain);
      }
      Bytes made(plain.size() + tag_size);
      aead.seal(nonce, associated, plain, made);
      EXPECT_EQ(made == sealed, valid);
    }
    return true;
  });
  EXPECT_EQ(count, 66U);
}

/// Whether every signature of a file is taken or refused as it should be; `key_of` reads the key of a group.
template <class KeyOf>
void check_signatures(const char* name, CoseAlgorithm algorithm, std::size_t expected, const KeyOf& key_of) {
  const auto file = vectors(name);
  if (!file) GTEST_SKIP() << name << ": ROWAN_VECTORS names no folder that has it";
  const auto count = each_test(*file, [&](const json::value& group, const json::value& test, bool valid) {
    const std::optional<PublicKey> key = key_of(group);
    EXPECT_TRUE(key && key->suits(algorithm));
    EXPECT_EQ(key && key->verify(algorithm, bytes_at(test, "sig"), bytes_at(test, "msg")), valid);
    return true;
  });
  EXPECT_EQ(count, expected);
}

Bytes half_of_point(const json::value& group, std::size_t size, std::size_t half) {
  const auto point = bytes_at(group.at("publicKey"), "uncompressed");
  const auto start = point.begin() + static_cast<std::ptrdiff_t>(1 + half * size);
  return {start, start + static_cast<std::ptrdiff_t>(size)};
}

TEST(Wycheproof, Es256) {  // WA-12
  check_signatures("ecdsa_secp256r1_sha256_test.json", CoseAlgorithm::es256, 484, [](const json::value& group) {
    return PublicKey::p256(half_of_point(group, 32, 0), half_of_point(group, 32, 1));
  });
}

TEST(Wycheproof, Es384) {  // WA-12
  check_signatures("ecdsa_secp384r1_sha384_test.json", CoseAlgorithm::es384, 504, [](const json::value& group) {
    return PublicKey::p384(half_of_point(group, 48, 0), half_of_point(group, 48, 1));
  });
}

TEST(Wycheproof, Ed25519) {  // WA-12
  check_signatures("ed25519_test.json", CoseAlgorithm::eddsa, 151,
                   [](const json::value& group) { return PublicKey::ed25519(bytes_at(group.at("publicKey"), "pk")); });
}

TEST(Wycheproof, Rs256) {  // WA-12
  const auto key_of = [](const json::value& group) {
    const auto encoded = bytes_at(group, "publicKeyAsn");  // SEQUENCE { modulus, exponent }
    DerReader numbers(DerReader(encoded).next()->content);
    const auto modulus = numbers.next()->content, exponent = numbers.next()->content;
    return PublicKey::rsa(modulus.subspan(modulus.front() == std::byte{0} ? 1 : 0), exponent);
  };
  check_signatures("rsa_signature_2048_sha256_test.json", CoseAlgorithm::rs256, 259, key_of);
  check_signatures("rsa_signature_3072_sha256_test.json", CoseAlgorithm::rs256, 259, key_of);
  check_signatures("rsa_signature_4096_sha256_test.json", CoseAlgorithm::rs256, 258, key_of);
}

}  // namespace
}  // namespace rowan::crypto
