#include <gtest/gtest.h>
#include <sodium.h>

#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/aead.hpp>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

namespace rowan::crypto {
namespace {

using Bytes = std::vector<std::byte>;

Bytes bytes_of(std::string_view hex) { return from_hex(hex).value(); }

Key256 key_of(std::string_view hex) {
  Key256 key;
  std::ranges::copy(bytes_of(hex), key.writable().begin());
  return key;
}

Key256 numbered_key(unsigned number) {
  Key256 key;
  key.writable()[0] = static_cast<std::byte>(number);
  key.writable()[1] = static_cast<std::byte>(number >> 8);
  return key;
}

struct Sealed {
  std::array<std::byte, nonce_size> nonce{};
  Bytes associated{};
  Bytes bytes{};
};

Sealed seal(const AeadKey& key, std::string_view plain, std::string_view associated = "header") {
  Sealed sealed{
      {std::byte{7}}, {as_bytes(associated).begin(), as_bytes(associated).end()}, Bytes(plain.size() + tag_size)};
  key.seal(sealed.nonce, sealed.associated, as_bytes(plain), sealed.bytes);
  return sealed;
}

std::string opened(const AeadKey& key, const Sealed& sealed) {
  Bytes out(sealed.bytes.size());
  const auto size = key.open(sealed.nonce, sealed.associated, sealed.bytes, out);
  return size ? std::string(as_text(std::span(out).first(*size))) : "refused";
}

struct GcmVector {
  std::string_view key, nonce, associated, plain, sealed;
};

// McGrew and Viega, "The Galois/Counter Mode of Operation", appendix B, test cases 13 to 16 (NIST's modes development
// page)
constexpr std::string_view zeros = "0000000000000000000000000000000000000000000000000000000000000000";
constexpr std::string_view case_15_key = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
constexpr GcmVector nist[] = {
    {zeros, "000000000000000000000000", "", "", "530f8afbc74536b9a963b4f1c4cb738b"},
    {zeros, "000000000000000000000000", "", "00000000000000000000000000000000",
     "cea7403d4d606b6e074ec5d3baf39d18d0d1c8a799996bf0265b98b5d48ab919"},
    {case_15_key, "cafebabefacedbaddecaf888", "",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657b"
     "a637b"
     "391aafd255",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0ab"
     "cc9f6"
     "62898015adb094dac5d93471bdec1a502270e3cc6c"},
    {case_15_key, "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
     "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a721c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657b"
     "a637b"
     "39",
     "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0ab"
     "cc9f6"
     "6276fc6ece0f4e1768cddf8853bb2d551b"},
};

/// Every promise holds for both engines.
class Aead : public ::testing::TestWithParam<AeadEngine> {
 protected:
  static AeadKey numbered(unsigned number) { return AeadKey(numbered_key(number), GetParam()); }
};

INSTANTIATE_TEST_SUITE_P(By, Aead, ::testing::Values(AeadEngine::fastest, AeadEngine::openssl), [](const auto& engine) {
  return engine.param == AeadEngine::openssl ? "OpenSsl" : "TheFastest";
});

TEST(AeadEngines, UseCpuInstructionsWhereAvailable) {
  const AeadKey key(numbered_key(1));  // libsodium knows the CPU only after this
  EXPECT_EQ(key.expanded(), crypto_aead_aes256gcm_is_available() == 1);
  EXPECT_FALSE(AeadKey(numbered_key(1), AeadEngine::openssl).expanded());
}

TEST(AeadEngines, AreInteroperable) {
  const AeadKey fastest(numbered_key(1)), openssl(numbered_key(1), AeadEngine::openssl);
  for (std::size_t size = 0; size < 300; ++size) {
    const std::string plain(size, 's'), header(size % 50, 'h');
    const auto sealed = seal(fastest, plain, header);
    EXPECT_EQ(sealed.bytes, seal(openssl, plain, header).bytes) << size;
    EXPECT_EQ(opened(openssl, sealed), plain);
    EXPECT_EQ(opened(fastest, sealed), plain);
  }
}

TEST_P(Aead, SealsAndOpensTheVectorsOfNist) {
  for (const auto& vector : nist) {
    const AeadKey key(key_of(vector.key), GetParam());
    const auto plain = bytes_of(vector.plain);
    Sealed sealed{{}, bytes_of(vector.associated), Bytes(plain.size() + tag_size)};
    std::ranges::copy(bytes_of(vector.nonce), sealed.nonce.begin());
    key.seal(sealed.nonce, sealed.associated, plain, sealed.bytes);
    EXPECT_EQ(to_hex(sealed.bytes), vector.sealed);
    EXPECT_EQ(opened(key, sealed), as_text(plain));
  }
}

TEST_P(Aead, RefusesEveryFlippedBit) {
  const auto key = numbered(1);
  const auto good = seal(key, "a session");
  const auto refuses_flips = [&](auto member) {
    for (std::size_t bit = 0; bit < (good.*member).size() * 8; ++bit) {
      auto bad = good;
      (bad.*member)[bit / 8] ^= static_cast<std::byte>(1U << bit % 8);
      EXPECT_EQ(opened(key, bad), "refused") << bit;
    }
  };
  refuses_flips(&Sealed::nonce);
  refuses_flips(&Sealed::associated);
  refuses_flips(&Sealed::bytes);
  EXPECT_EQ(opened(key, good), "a session");  // a refusal leaves nothing behind
}

TEST_P(Aead, RejectsTruncatedOrExtendedInput) {
  const auto key = numbered(1);
  const auto good = seal(key, "a session");
  for (std::size_t size = 0; size < good.bytes.size(); ++size) {
    auto bad = good;
    bad.bytes.resize(size);
    EXPECT_EQ(opened(key, bad), "refused") << size;
  }
  auto longer = good;
  longer.bytes.push_back({});
  EXPECT_EQ(opened(key, longer), "refused");
}

TEST_P(Aead, RefusesAnotherKey) {
  const auto sealed = seal(numbered(1), "a session");
  EXPECT_EQ(opened(numbered(2), sealed), "refused");
  EXPECT_EQ(opened(numbered(1), sealed), "a session");
}

TEST_P(Aead, LeaksNoPlaintextOnFailure) {
  const auto key = numbered(1);
  auto sealed = seal(key, std::string(100, 's'));
  sealed.bytes.back() ^= std::byte{1};
  Bytes out(100, std::byte{0xEE});
  EXPECT_FALSE(key.open(sealed.nonce, sealed.associated, sealed.bytes, out));
  EXPECT_EQ(out, Bytes(100));
}

TEST_P(Aead, WritesNothingIntoATooSmallBuffer) {
  const auto key = numbered(1);
  const auto sealed = seal(key, "a session");
  Bytes out(8, std::byte{0xEE});
  EXPECT_FALSE(key.open(sealed.nonce, sealed.associated, sealed.bytes, out));
  EXPECT_EQ(out, Bytes(8, std::byte{0xEE}));
  EXPECT_THROW(key.seal(sealed.nonce, {}, as_bytes("nine byte"), out), std::length_error);
}

TEST_P(Aead, SurvivesMoreKeysThanAThreadKeeps) {
  std::vector<AeadKey> keys;
  std::vector<Sealed> sealed;
  for (unsigned i = 0; i < 200; ++i) sealed.push_back(seal(keys.emplace_back(numbered(i)), std::to_string(i)));
  for (int round = 0; round < 2; ++round)
    for (unsigned i = 0; i < keys.size(); ++i) {
      EXPECT_EQ(opened(keys[i], sealed[i]), std::to_string(i));
      EXPECT_EQ(opened(keys[(i + 1) % keys.size()], sealed[i]), "refused");
    }
}

TEST_P(Aead, IsTheSameKeyWhenCopied) {
  const auto key = numbered(1);
  const AeadKey copy = key;
  EXPECT_EQ(opened(copy, seal(key, "a session")), "a session");
}

TEST_P(Aead, ServesManyThreadsAtOnce) {
  const auto first = numbered(1), second = numbered(2);
  std::array<int, 8> good{};
  {
    std::vector<std::jthread> threads;
    for (auto& count : good)
      threads.emplace_back([&] {
        for (int i = 0; i < 500; ++i) {
          const auto& key = i % 2 == 0 ? first : second;
          count += opened(key, seal(key, std::to_string(i))) == std::to_string(i);
        }
      });
  }
  for (const int count : good) EXPECT_EQ(count, 500);
}

}  // namespace
}  // namespace rowan::crypto
