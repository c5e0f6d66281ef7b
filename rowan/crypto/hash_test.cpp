#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/fingerprint.hpp>
#include <rowan/crypto/hash.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace rowan::crypto {
namespace {

std::vector<std::byte> octets_of(std::string_view hex) { return from_hex(hex).value(); }

TEST(Sha256, GivesTheDigestsOfFips180) {
  EXPECT_EQ(to_hex(sha256({})), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  EXPECT_EQ(to_hex(sha256(as_bytes("abc"))), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

struct MacVector {
  std::string key, data;  // hex
  std::string_view tag;
};

std::string repeated(std::string_view hex, int times) {
  std::string text;
  while (times-- > 0) text += hex;
  return text;
}

std::string hex_of(std::string_view text) { return to_hex(as_bytes(text)); }

// RFC 4231 sections 4.2 to 4.8
const MacVector rfc_4231[] = {
    {repeated("0b", 20), hex_of("Hi There"), "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7"},
    {hex_of("Jefe"), hex_of("what do ya want for nothing?"),
     "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843"},
    {repeated("aa", 20), repeated("dd", 50), "773ea91e36800e46854db8ebd09181a72959098b3ef8c122d9635514ced565fe"},
    {"0102030405060708090a0b0c0d0e0f10111213141516171819", repeated("cd", 50),
     "82558a389a443c0ea4cc819899f2083a85f0faa3e578f8077a2e3ff46729665b"},
    {repeated("0c", 20), hex_of("Test With Truncation"), "a3b6167473100ee06e0c796c2955552b"},
    {repeated("aa", 131), hex_of("Test Using Larger Than Block-Size Key - Hash Key First"),
     "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54"},
    {repeated("aa", 131),
     hex_of("This is a test using a larger than block-size key and a larger than block-size data. The key needs to be "
            "hashed before being used by the HMAC algorithm."),
     "9b09ffa71b942fcb27635fbcd5b0e944bfdc63644f0713938a7f51535c3a35e2"},
};

TEST(HmacSha256, GivesTheTagsOfRfc4231) {
  for (const auto& [key, data, tag] : rfc_4231)
    EXPECT_EQ(to_hex(HmacSha256(octets_of(key))(octets_of(data))).substr(0, tag.size()), tag);
}

TEST(HmacSha512, GivesTheTagsOfRfc4231) {
  const struct {
    std::string key, data;
    std::string_view tag_384, tag_512;
  } vectors[] = {
      {repeated("0b", 20), hex_of("Hi There"),
       "afd03944d84895626b0825f4ab46907f15f9dadbe4101ec682aa034c7cebc59cfaea9ea9076ede7f4af152e8b2fa9cb6",
       "87aa7cdea5ef619d4ff0b4241a1d6cb02379f4e2ce4ec2787ad0b30545e17cdedaa833b7d6b8a702038b274eaea3f4e4"
       "be9d914eeb61f1702e696c203a126854"},
      {hex_of("Jefe"), hex_of("what do ya want for nothing?"),
       "af45d2e376484031617f78d2b58a6b1b9c7ef464f5a01b47e42ec3736322445e8e2240ca5e69e2c78b3239ecfab21649",
       "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fd"
       "caeab1a34d4a6b4b636e070a38bce737"},
      {repeated("aa", 131), hex_of("Test Using Larger Than Block-Size Key - Hash Key First"),
       "4ece084485813e9088d2c63a041bc5b44f9ef1012a2b588f3cd11f05033ac4c60c2ef6ab4030fe8296248df163f44952",
       "80b24263c7c1a3ebb71493c1dd7be8b49b46d1f41b4aeec1121b013783f8f3526b56d037e05f2598bd0fd2215d6a1e52"
       "95e64f73f63f0aec8b915a985d786598"},
  };
  using Hash = HmacSha512::Hash;
  for (const auto& [key, data, tag_384, tag_512] : vectors) {
    const HmacSha512 shorter(Hash::sha384, octets_of(key)), longer(Hash::sha512, octets_of(key));
    EXPECT_EQ(to_hex(shorter(octets_of(data))).substr(0, 2 * shorter.tag_size()), tag_384);
    EXPECT_EQ(to_hex(longer(octets_of(data))).substr(0, 2 * longer.tag_size()), tag_512);
  }
}

TEST(HmacSha512, KeepsItsKeyWhenMoved) {
  HmacSha512 first(HmacSha512::Hash::sha384, as_bytes("key"));
  const auto tag = first(as_bytes("data"));
  HmacSha512 second(std::move(first));
  EXPECT_EQ(second(as_bytes("data")), tag);
  EXPECT_EQ(second.tag_size(), 48U);
}

TEST(Fingerprint, DependsOnKeyAndEveryBit) {
  Key256 key, other;
  key.writable()[0] = std::byte{1};
  other.writable()[0] = std::byte{2};
  key.writable()[20] = other.writable()[20] = std::byte{7};
  const Fingerprint of(key);
  std::string text(600, 't');
  const auto value = of(as_bytes(text));
  EXPECT_EQ(of(as_bytes(text)), value);
  EXPECT_NE(Fingerprint(other)(as_bytes(text)), value);
  for (std::size_t i = 0; i < text.size(); ++i) {
    text[i] = static_cast<char>(text[i] ^ 1);
    EXPECT_NE(of(as_bytes(text)), value) << i;
    text[i] = static_cast<char>(text[i] ^ 1);
  }
  EXPECT_NE(of(as_bytes(text + "t")), value);
}

TEST(HmacSha256, IsIndependentOfChunking) {
  const HmacSha256 mac(as_bytes("key"));
  const std::string data(200, 'd');
  const auto whole = mac(as_bytes(data));
  for (std::size_t cut = 0; cut <= data.size(); ++cut)
    EXPECT_EQ(mac(as_bytes(data).first(cut), as_bytes(data).subspan(cut)), whole) << cut;
}

TEST(HmacSha256, GivesTheSameTagEveryTime) {
  const HmacSha256 mac(as_bytes("key"));
  const auto first = mac(as_bytes("data"));
  EXPECT_NE(mac(as_bytes("other data")), first);
  EXPECT_EQ(mac(as_bytes("data")), first);
}

TEST(HmacSha256, KeepsItsKeyWhenMoved) {
  HmacSha256 mac(as_bytes("key"));
  const auto tag = mac(as_bytes("data"));
  HmacSha256 moved(std::move(mac));
  EXPECT_EQ(moved(as_bytes("data")), tag);
  HmacSha256 assigned(as_bytes("another key"));
  assigned = std::move(moved);
  EXPECT_EQ(assigned(as_bytes("data")), tag);
}

TEST(HmacSha256, WipesItsStatesOnDestruction) {
  alignas(HmacSha256) std::array<std::byte, sizeof(HmacSha256)> place{};
  auto* const mac = new (place.data()) HmacSha256(as_bytes("key"));
  ASSERT_NE(place, decltype(place){});
  mac->~HmacSha256();
  EXPECT_EQ(place, decltype(place){});
}

struct DerivationVector {
  std::string secret, salt, info, out;  // hex
};

// RFC 5869 appendix A.1 to A.3
const DerivationVector rfc_5869[] = {
    {repeated("0b", 22), "000102030405060708090a0b0c", "f0f1f2f3f4f5f6f7f8f9",
     "3cb25f25faacd57a90434f64d0362f2a2d2d0a90cf1a5a4c5db02d56ecc4c5bf34007208d5b887185865"},
    {"000102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f202122232425262728292a2b2c2d2e2f30313233343536373"
     "8"
     "393a3b3c3d3e3f404142434445464748494a4b4c4d4e4f",
     "606162636465666768696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f808182838485868788898a8b8c8d8e8f90919293949596979"
     "8"
     "999a9b9c9d9e9fa0a1a2a3a4a5a6a7a8a9aaabacadaeaf",
     "b0b1b2b3b4b5b6b7b8b9babbbcbdbebfc0c1c2c3c4c5c6c7c8c9cacbcccdcecfd0d1d2d3d4d5d6d7d8d9dadbdcdddedfe0e1e2e3e4e5e6e7e"
     "8"
     "e9eaebecedeeeff0f1f2f3f4f5f6f7f8f9fafbfcfdfeff",
     "b11e398dc80327a1c8e7f78c596a49344f012eda2d4efad8a050cc4c19afa97c59045a99cac7827271cb41c65e590e09da3275600c2f09b83"
     "6"
     "7793a9aca3db71cc30c58179ec3e87c14c01d5c1f3434f1d87"},
    {repeated("0b", 22), "", "",
     "8da4e775a563c18f715f802a063c5a31b8a11f5c5ee1879ec3454e5f3c738d2d9d201395faa4b61a96c8"},
};

TEST(Hkdf, GivesTheKeysOfRfc5869) {
  for (const auto& [secret, salt, info, expected] : rfc_5869) {
    std::vector<std::byte> out(expected.size() / 2);
    hkdf_sha256(octets_of(secret), octets_of(salt), as_text(octets_of(info)), out);
    EXPECT_EQ(to_hex(out), expected);
  }
}

TEST(Hkdf, GivesAtMost255Blocks) {
  std::vector<std::byte> longest(255 * 32), too_long(255 * 32 + 1);
  hkdf_sha256(as_bytes("secret"), {}, "info", longest);
  EXPECT_NE(to_hex(std::span(longest).last(32)), repeated("00", 32));
  EXPECT_THROW(hkdf_sha256(as_bytes("secret"), {}, "info", too_long), std::length_error);
}

TEST(EqualInConstantTime, MeansTheSameLengthAndBytes) {  // CRY-04
  EXPECT_TRUE(equal_in_constant_time(as_bytes("same"), as_bytes(std::string("same"))));
  EXPECT_TRUE(equal_in_constant_time({}, as_bytes("")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("samE")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("Same")));
  EXPECT_FALSE(equal_in_constant_time(as_bytes("same"), as_bytes("sam")));
  EXPECT_FALSE(equal_in_constant_time({}, as_bytes("same")));
}

}  // namespace
}  // namespace rowan::crypto
