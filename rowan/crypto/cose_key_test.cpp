#include <gtest/gtest.h>
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/rsa.h>

#include <algorithm>
#include <cctype>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/cbor.hpp>
#include <rowan/crypto/cose_key.hpp>

namespace rowan::crypto {
namespace {

using Bytes = std::vector<std::byte>;

Bytes octets(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return from_hex(text).value();
}

// RFC 6979, appendix A.2.5 and A.2.6: the keys, and r and s of "sample" with SHA-256 and SHA-384.
const Bytes p256_x = octets("60FED4BA255A9D31C961EB74C6356D68C049B8923B61FA6CE669622E60F29FB6");
const Bytes p256_y = octets("7903FE1008B8BC99A41AE9E95628BC64F2F1B20C2D7E9F5177A3C294D4462299");
const Bytes p256_signature = octets(
    "3046022100EFD48B2AACB6A8FD1140DD9CD45E81D69D2C877B56AAF991C34D0EA84EAF3716"
    "022100F7CB1C942D657C41D436C7A1B6E29F65F3E900DBB9AFF4064DC4AB2F843ACDA8");
const Bytes p384_x =
    octets("EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E06AAE5286B300C64DEF8F0EA9055866064A254515480BC13");
const Bytes p384_y =
    octets("8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720");
const Bytes p384_signature = octets(
    "306602310094EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA73D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46"
    "02310099EF4AEB15F178CEA1FE40DB2603138F130E740A19624526203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8");
// RFC 8032, section 7.1, test 2.
const Bytes ed25519_point = octets("3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
const Bytes ed25519_signature = octets(
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");

CborWriter ec(std::int64_t algorithm, std::int64_t curve, const Bytes& x, const Bytes& y) {
  CborWriter writer;
  writer.map(5).integer(1).integer(2).integer(3).integer(algorithm).integer(-1).integer(curve);
  writer.integer(-2).bytes(x).integer(-3).bytes(y);
  return writer;
}
CborWriter okp(std::int64_t algorithm, std::int64_t curve, const Bytes& x) {
  CborWriter writer;
  writer.map(4).integer(1).integer(1).integer(3).integer(algorithm).integer(-1).integer(curve).integer(-2).bytes(x);
  return writer;
}
CborWriter rsa(const Bytes& modulus, const Bytes& exponent, std::int64_t algorithm = -257) {
  CborWriter writer;
  writer.map(4).integer(1).integer(3).integer(3).integer(algorithm).integer(-1).bytes(modulus);
  writer.integer(-2).bytes(exponent);
  return writer;
}

bool parses(const CborWriter& writer) { return CoseKey::parse(writer.written()).has_value(); }

Bytes number(std::size_t size) {  // odd, with its top bit set
  Bytes bytes(size, std::byte{0xC3});
  return bytes;
}
const Bytes usual_exponent = octets("010001");

TEST(CoseKey, VerifiesTheSignaturesOfRfc6979And8032) {
  const auto es256 = CoseKey::parse(ec(-7, 1, p256_x, p256_y).written());
  ASSERT_TRUE(es256);
  EXPECT_EQ(es256->algorithm(), CoseAlgorithm::es256);
  EXPECT_TRUE(es256->verify(p256_signature, as_bytes("sample")));
  EXPECT_FALSE(es256->verify(p256_signature, as_bytes("Sample")));

  const auto es384 = CoseKey::parse(ec(-35, 2, p384_x, p384_y).written());
  ASSERT_TRUE(es384);
  EXPECT_EQ(es384->algorithm(), CoseAlgorithm::es384);
  EXPECT_TRUE(es384->verify(p384_signature, as_bytes("sample")));
  EXPECT_FALSE(es384->verify(p384_signature, as_bytes("")));

  for (const auto origin : {KeyOrigin::stranger, KeyOrigin::stored}) {
    const auto eddsa = CoseKey::parse(okp(-8, 6, ed25519_point).written(), origin);
    ASSERT_TRUE(eddsa);
    EXPECT_EQ(eddsa->algorithm(), CoseAlgorithm::eddsa);
    EXPECT_TRUE(eddsa->verify(ed25519_signature, as_bytes("\x72")));
    EXPECT_FALSE(eddsa->verify(ed25519_signature, as_bytes("\x73")));
  }
}

TEST(CoseKey, VerifiesWhatOpenSslSignsWithRsa) {
  for (const unsigned bits : {2048U, 3072U}) {
    const std::unique_ptr<EVP_PKEY, void (*)(EVP_PKEY*)> pair(EVP_RSA_gen(bits), EVP_PKEY_free);
    const auto part = [&](const char* name) {
      BIGNUM* read = nullptr;
      EXPECT_EQ(EVP_PKEY_get_bn_param(pair.get(), name, &read), 1);
      Bytes bytes(static_cast<std::size_t>(BN_num_bytes(read)));
      BN_bn2bin(read, reinterpret_cast<unsigned char*>(bytes.data()));
      BN_free(read);
      return bytes;
    };
    const auto key = CoseKey::parse(rsa(part(OSSL_PKEY_PARAM_RSA_N), part(OSSL_PKEY_PARAM_RSA_E)).written());
    ASSERT_TRUE(key);
    EXPECT_EQ(key->algorithm(), CoseAlgorithm::rs256);

    Bytes signature(bits / 8);
    std::size_t size = signature.size();
    const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
    ASSERT_EQ(EVP_DigestSignInit(context.get(), nullptr, EVP_sha256(), nullptr, pair.get()), 1);
    ASSERT_EQ(EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                             reinterpret_cast<const unsigned char*>("sample"), 6),
              1);
    EXPECT_TRUE(key->verify(signature, as_bytes("sample")));
    EXPECT_FALSE(key->verify(signature, as_bytes("simple")));
    signature.push_back(std::byte{0});
    EXPECT_FALSE(key->verify(signature, as_bytes("sample")));
  }
}

TEST(CoseKey, RefusesEveryOtherSpellingOfASignature) {  // WA-12
  const auto key = CoseKey::parse(ec(-7, 1, p256_x, p256_y).written()).value();
  auto trailing = p256_signature;
  trailing.push_back(std::byte{0});
  EXPECT_FALSE(key.verify(trailing, as_bytes("sample")));
  const auto text = to_hex(p256_signature);
  const auto r = text.substr(10, 64), s = text.substr(80, 64);
  EXPECT_FALSE(key.verify(octets(r + s), as_bytes("sample")));                              // IEEE P1363
  EXPECT_FALSE(key.verify(octets("308146022100" + r + "022100" + s), as_bytes("sample")));  // a longer length
  EXPECT_FALSE(key.verify(octets("304702220000" + r + "022100" + s), as_bytes("sample")));  // a zero too many
  EXPECT_FALSE(key.verify(octets("30440220" + r + "0220" + s), as_bytes("sample")));        // negative numbers
  EXPECT_FALSE(key.verify({}, as_bytes("sample")));
  EXPECT_FALSE(key.verify(octets("3006020100020100"), as_bytes("sample")));
  EXPECT_TRUE(key.verify(octets("3046022100" + r + "022100" + s), as_bytes("sample")));
}

TEST(CoseKey, RefusesPointsOffTheirCurve) {  // WA-09
  auto y = p256_y;
  y.back() ^= std::byte{1};
  EXPECT_TRUE(parses(ec(-7, 1, p256_x, p256_y)));
  EXPECT_FALSE(parses(ec(-7, 1, p256_x, y)));
  EXPECT_FALSE(parses(ec(-7, 1, p256_y, p256_x)));
  EXPECT_FALSE(parses(ec(-7, 1, Bytes(32), Bytes(32))));
  EXPECT_FALSE(parses(ec(-7, 1, Bytes(32, std::byte{0xFF}), p256_y)));  // not below the prime
  EXPECT_FALSE(parses(ec(-35, 2, p384_y, p384_x)));
}

TEST(CoseKey, RefusesEd25519PointsThatAnySignatureFits) {  // WA-09: of small order, not canonical, or no point
  for (const auto* point : {"0100000000000000000000000000000000000000000000000000000000000000",
                            "0000000000000000000000000000000000000000000000000000000000000000",
                            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
                            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
                            "0200000000000000000000000000000000000000000000000000000000000000"})
    EXPECT_FALSE(parses(okp(-8, 6, octets(point)))) << point;
  EXPECT_TRUE(parses(okp(-8, 6, ed25519_point)));
}

TEST(CoseKey, RefusesCoordinatesOfAnotherSize) {
  auto longer = p256_x, shorter = p256_x;
  longer.insert(longer.begin(), std::byte{0});
  shorter.erase(shorter.begin());
  EXPECT_FALSE(parses(ec(-7, 1, longer, p256_y)));
  EXPECT_FALSE(parses(ec(-7, 1, shorter, p256_y)));
  EXPECT_FALSE(parses(ec(-7, 1, {}, {})));
  EXPECT_FALSE(parses(okp(-8, 6, Bytes(31))));
  EXPECT_FALSE(parses(okp(-8, 6, {})));
}

TEST(CoseKey, RefusesTypesAndCurvesOfAnotherAlgorithm) {  // WA-09
  EXPECT_FALSE(parses(ec(-35, 1, p256_x, p256_y)));
  EXPECT_FALSE(parses(ec(-7, 2, p384_x, p384_y)));
  EXPECT_FALSE(parses(ec(-7, 8, p256_x, p256_y)));  // secp256k1
  EXPECT_FALSE(parses(ec(-8, 6, p256_x, p256_y)));
  EXPECT_FALSE(parses(ec(-257, 1, p256_x, p256_y)));
  EXPECT_FALSE(parses(okp(-7, 6, ed25519_point)));
  EXPECT_FALSE(parses(okp(-8, 4, ed25519_point)));  // X25519
  EXPECT_FALSE(parses(rsa(number(256), usual_exponent, -7)));
}

TEST(CoseKey, RefusesAlgorithmsThatAreNotVerifiedHere) {  // WA-09: ES512, ES256K, PS256, RS1, RS512, HMAC, none
  for (const auto algorithm : {-36, -47, -37, -65535, -259, 5, 0}) {
    EXPECT_FALSE(parses(ec(algorithm, 1, p256_x, p256_y))) << algorithm;
    EXPECT_FALSE(parses(rsa(number(256), usual_exponent, algorithm))) << algorithm;
  }
  EXPECT_EQ(cose_algorithm(-7), CoseAlgorithm::es256);
  EXPECT_EQ(cose_algorithm(-257), CoseAlgorithm::rs256);
  EXPECT_EQ(cose_algorithm(-36), std::nullopt);
}

TEST(CoseKey, BoundsRsaKeys) {  // WA-09
  EXPECT_TRUE(parses(rsa(number(256), usual_exponent)));
  EXPECT_TRUE(parses(rsa(number(512), octets("03"))));
  EXPECT_TRUE(parses(rsa(number(256), octets("ffffffff"))));
  EXPECT_FALSE(parses(rsa(number(255), usual_exponent)));
  EXPECT_FALSE(parses(rsa(number(128), usual_exponent)));
  EXPECT_FALSE(parses(rsa(number(513), usual_exponent)));
  auto fewer_bits = number(256);
  fewer_bits.front() = std::byte{0x7F};
  EXPECT_FALSE(parses(rsa(fewer_bits, usual_exponent)));
  auto even = number(256);
  even.back() = std::byte{0xC2};
  EXPECT_FALSE(parses(rsa(even, usual_exponent)));
  auto zero_in_front = number(257);
  zero_in_front.front() = std::byte{0};
  EXPECT_FALSE(parses(rsa(zero_in_front, usual_exponent)));
  for (const auto* exponent : {"01", "00", "02", "010000", "00010001", "0100000001", ""})
    EXPECT_FALSE(parses(rsa(number(256), octets(exponent)))) << exponent;
}

TEST(CoseKey, RefusesMissingAndMoreParameters) {
  CborWriter more;
  more.map(6).integer(1).integer(2).integer(3).integer(-7).integer(-1).integer(1);
  more.integer(-2).bytes(p256_x).integer(-3).bytes(p256_y).integer(4).integer(1);
  EXPECT_FALSE(parses(more));
  CborWriter fewer;
  fewer.map(4).integer(1).integer(2).integer(3).integer(-7).integer(-1).integer(1).integer(-2).bytes(p256_x);
  EXPECT_FALSE(parses(fewer));
  CborWriter compressed;
  compressed.map(5).integer(1).integer(2).integer(3).integer(-7).integer(-1).integer(1);
  compressed.integer(-2).bytes(p256_x).integer(-3).boolean(true);
  EXPECT_FALSE(parses(compressed));
  CborWriter text;
  text.map(5).integer(1).integer(2).integer(3).text("ES256").integer(-1).integer(1);
  text.integer(-2).bytes(p256_x).integer(-3).bytes(p256_y);
  EXPECT_FALSE(parses(text));
  EXPECT_FALSE(parses(CborWriter().map(0)));
  EXPECT_FALSE(parses(CborWriter().array(0)));
  EXPECT_FALSE(parses(CborWriter().integer(3)));
  auto trailing = ec(-7, 1, p256_x, p256_y);
  EXPECT_FALSE(parses(trailing.null()));
}

TEST(PublicKey, VerifiesNothingWithAnotherAlgorithm) {
  const auto key = PublicKey::p256(p256_x, p256_y).value();
  EXPECT_TRUE(key.suits(CoseAlgorithm::es256));
  for (const auto other : {CoseAlgorithm::es384, CoseAlgorithm::eddsa, CoseAlgorithm::rs256}) {
    EXPECT_FALSE(key.suits(other));
    EXPECT_FALSE(key.verify(other, p256_signature, as_bytes("sample")));
  }
  EXPECT_TRUE(key.verify(CoseAlgorithm::es256, p256_signature, as_bytes("sample")));
}

TEST(PublicKey, EqualsItselfOnly) {
  const auto key = PublicKey::p256(p256_x, p256_y).value();
  EXPECT_TRUE(key.equals(PublicKey::p256(p256_x, p256_y).value()));
  EXPECT_FALSE(key.equals(PublicKey::p384(p384_x, p384_y).value()));
  EXPECT_FALSE(key.equals(PublicKey::ed25519(ed25519_point).value()));
}

}  // namespace
}  // namespace rowan::crypto
