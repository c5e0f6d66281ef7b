#include <gtest/gtest.h>

#include <rowan/base/base62.hpp>
#include <rowan/base/crc32.hpp>
#include <rowan/strategies/api_key/key_text.hpp>
#include <rowan/testing/fake_random.hpp>
#include <set>

namespace rowan::strategies::api_key {
namespace {

constexpr std::string_view vector_prefix = "rowan";
// The bytes 00 01 … 2f; made by whole-number division and zlib's crc32 in another language.
constexpr std::string_view vector_key =
    "rowan_000RxY9kz6ouWMJLgFtBDiUPCkeK8fsOOHCGbYdCUyWx6xd2ivh2DOxR816N56NAd_4PnOD8";

class Counting final : public Random {
 public:
  void fill(std::span<std::byte> bytes) override {
    for (auto& byte : bytes) byte = static_cast<std::byte>(next_++);
  }

 private:
  unsigned next_ = 0;
};

Uuid vector_id() {
  Uuid id;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) id.bytes[i] = static_cast<std::byte>(32 + i);
  return id;
}

// As an attacker writes it who knows the format.
std::string with_right_sum(std::string before) {
  const auto sum = crc32(before);
  const std::array<std::byte, 4> bytes{static_cast<std::byte>(sum >> 24U), static_cast<std::byte>(sum >> 16U & 255U),
                                       static_cast<std::byte>(sum >> 8U & 255U), static_cast<std::byte>(sum & 255U)};
  before += "_" + to_base62(bytes);
  return before;
}

TEST(KeyText, WritesAndReadsTheVector) {  // KEY-01
  Counting random;
  EXPECT_EQ(write_key(vector_prefix, vector_id(), random), vector_key);
  EXPECT_EQ(fault_of_key(vector_prefix, vector_key), "");
  EXPECT_EQ(id_of_key(vector_prefix, vector_key), vector_id());
  EXPECT_EQ(hint_of_key(vector_prefix, vector_key), "rowan_…4PnOD8");
}

TEST(KeyText, RefusesEveryOtherCharacterInEveryPlace) {
  const std::string alphabet = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz_-. ";
  for (std::size_t at = 0; at < vector_key.size(); ++at)
    for (const char c : alphabet) {
      std::string text(vector_key);
      if (text[at] == c) continue;
      text[at] = c;
      EXPECT_FALSE(id_of_key(vector_prefix, text)) << text;
    }
}

TEST(KeyText, RefusesWhatARightChecksumDoesNotSave) {
  const std::string body(65, 'z');
  EXPECT_FALSE(id_of_key(vector_prefix, with_right_sum("rowan_" + body))) << "a number that does not fit";
  EXPECT_FALSE(id_of_key(vector_prefix, with_right_sum("rowan_" + std::string(64, '0'))));
  EXPECT_FALSE(id_of_key(vector_prefix, with_right_sum("rowan_" + std::string(66, '0'))));
  EXPECT_FALSE(id_of_key(vector_prefix, with_right_sum("other_" + std::string(65, '0'))));
  EXPECT_TRUE(id_of_key(vector_prefix, with_right_sum("rowan_" + std::string(65, '0'))));
}

TEST(KeyText, SaysWhatIsWrong) {
  const std::string key(vector_key);
  EXPECT_EQ(fault_of_key("other", key), "an API key of another prefix");
  EXPECT_EQ(fault_of_key(vector_prefix, key + "0"), "an API key of a wrong length");
  EXPECT_EQ(fault_of_key(vector_prefix, "rowan_"), "an API key of a wrong length");
  auto changed = key;
  changed.back() = '9';
  EXPECT_EQ(fault_of_key(vector_prefix, changed), "an API key with a wrong checksum");
  EXPECT_EQ(fault_of_key(vector_prefix, with_right_sum("rowan_" + std::string(64, '0') + "-")),
            "an API key that is not base62");
}

TEST(KeyText, IsToldFromABearerToken) {
  EXPECT_TRUE(looks_like_key(vector_prefix, vector_key));
  EXPECT_TRUE(looks_like_key(vector_prefix, "rowan_"));
  for (const auto* text : {"", "rowan", "rowanx_0", "eyJhbGciOiJIUzI1NiJ9.e30.c2ln", "_rowan_"})
    EXPECT_FALSE(looks_like_key(vector_prefix, text)) << text;
}

TEST(KeyText, IsNeverTheSameTwice) {
  testing::FakeRandom random;
  std::set<std::string> seen;
  for (int i = 0; i < 1000; ++i) EXPECT_TRUE(seen.insert(write_key(vector_prefix, vector_id(), random)).second);
}

}  // namespace
}  // namespace rowan::strategies::api_key
