#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/argon2_text.hpp>
#include <string>

namespace rowan::crypto {
namespace {

const std::string good =
    "$argon2id$v=19$m=19456,t=2,p=1$c2FsdHNhbHRzYWx0c2FsdA$hgOiTC7kLikp0TJGyIcXT49LOH10RxhkgRQP+SiP7vI";

std::string with(std::string_view old, std::string_view replacement) {
  auto text = good;
  const auto at = text.find(old);
  EXPECT_NE(at, std::string::npos) << old;
  return text.replace(at, old.size(), replacement);
}

bool is_read(std::string_view text) { return read_argon2_text(text).has_value(); }

TEST(Argon2Text, ReadsWhatItWrites) {
  const auto text = read_argon2_text(good);
  ASSERT_TRUE(text);
  EXPECT_EQ(text->memory_kib, 19456U);
  EXPECT_EQ(text->passes, 2U);
  EXPECT_EQ(text->lanes, 1U);
  EXPECT_EQ(as_text(text->salt), "saltsaltsaltsalt");
  EXPECT_EQ(text->hash.size(), 32U);
  EXPECT_EQ(to_text(*text), good);
}

TEST(Argon2Text, ReadsTheLongestForm) {
  const Argon2Text longest{most_argon2_memory_kib, most_argon2_passes, most_argon2_lanes, std::vector<std::byte>(64),
                           std::vector<std::byte>(64, std::byte{0xFF})};
  const auto text = read_argon2_text(to_text(longest));
  ASSERT_TRUE(text);
  EXPECT_EQ(to_text(*text), to_text(longest));
}

TEST(Argon2Text, RejectsEveryTruncation) {
  // A shorter hash may still be one: 16 bytes are 22 characters, 32 bytes are 43.
  const auto shortest = good.size() - 43 + 22;
  for (std::size_t size = 0; size < shortest; ++size) EXPECT_FALSE(is_read(good.substr(0, size))) << size;
  for (std::size_t begin = 1; begin < good.size(); ++begin) EXPECT_FALSE(is_read(good.substr(begin))) << begin;
}

TEST(Argon2Text, RefusesOtherKindsAndVersions) {
  EXPECT_FALSE(is_read(with("argon2id", "argon2i")));
  EXPECT_FALSE(is_read(with("argon2id", "argon2d")));
  EXPECT_FALSE(is_read(with("argon2id", "Argon2id")));
  EXPECT_FALSE(is_read(with("v=19", "v=16")));
  EXPECT_FALSE(is_read(with("v=19$", "")));
}

TEST(Argon2Text, RefusesParametersOutOfBounds) {  // PWD-15
  EXPECT_TRUE(is_read(with("m=19456", "m=262144")));
  EXPECT_FALSE(is_read(with("m=19456", "m=262145")));
  EXPECT_FALSE(is_read(with("m=19456", "m=4294967297")));
  EXPECT_FALSE(is_read(with("m=19456", "m=99999999999999999999999999")));
  EXPECT_TRUE(is_read(with("m=19456", "m=8")));
  EXPECT_FALSE(is_read(with("m=19456", "m=7")));
  EXPECT_TRUE(is_read(with("t=2", "t=16")));
  EXPECT_FALSE(is_read(with("t=2", "t=17")));
  EXPECT_FALSE(is_read(with("t=2", "t=0")));
  EXPECT_TRUE(is_read(with("p=1", "p=16")));
  EXPECT_FALSE(is_read(with("p=1", "p=17")));
  EXPECT_FALSE(is_read(with("p=1", "p=0")));
  EXPECT_FALSE(is_read(with("m=19456,t=2,p=1", "m=15,t=2,p=2")));  // 8 KiB a lane
}

TEST(Argon2Text, RejectsNonCanonicalText) {
  for (const auto* number : {"m=019456", "m=+19456", "m=-19456", "m= 19456", "m=0x4C00", "m=", "m=19456 "})
    EXPECT_FALSE(is_read(with("m=19456", number))) << number;
  EXPECT_FALSE(is_read(with("m=19456,t=2", "t=2,m=19456")));
  EXPECT_FALSE(is_read(with("p=1$", "p=1,keyid=a$")));
  EXPECT_FALSE(is_read(good + "="));
  EXPECT_FALSE(is_read(good + "\n"));
  EXPECT_FALSE(is_read(good + "$"));
  EXPECT_FALSE(is_read(" " + good));
  EXPECT_FALSE(is_read(good + std::string(1, '\0')));
  EXPECT_FALSE(is_read(with("hgOi", "hg i")));
  EXPECT_FALSE(is_read(with("QP+S", "QP-S")));  // the URL alphabet
  EXPECT_FALSE(is_read(with("P7vI", "P7vJ")));  // bits left over
  EXPECT_FALSE(is_read(good + std::string(100, 'A')));
}

TEST(Argon2Text, RefusesSaltsAndHashesOutOfBounds) {
  const auto sized = [](std::size_t salt, std::size_t hash) {
    return to_text({64, 1, 1, std::vector<std::byte>(salt), std::vector<std::byte>(hash)});
  };
  EXPECT_TRUE(is_read(sized(8, 16)));
  EXPECT_FALSE(is_read(sized(7, 16)));
  EXPECT_FALSE(is_read(sized(0, 32)));
  EXPECT_FALSE(is_read(sized(65, 16)));
  EXPECT_FALSE(is_read(sized(8, 15)));
  EXPECT_FALSE(is_read(sized(8, 0)));
  EXPECT_FALSE(is_read(sized(8, 65)));
}

}  // namespace
}  // namespace rowan::crypto
