#include <gtest/gtest.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/hotp.hpp>

namespace rowan::crypto {
namespace {

TEST(Hotp, GivesTheNumbersOfRfc4226) {  // appendix D, "Decimal"
  constexpr std::uint32_t numbers[] = {1284755224, 1094287082, 137359152, 1726969429, 1640338314,
                                       868254676,  1918287922, 82162583,  673399871,  645520489};
  for (std::uint64_t counter = 0; counter < std::size(numbers); ++counter)
    EXPECT_EQ(hotp(HotpHash::sha1, as_bytes("12345678901234567890"), counter), numbers[counter]) << counter;
}

TEST(Hotp, UsesTheHashItIsAskedFor) {  // RFC 6238 appendix B, at 59 seconds
  EXPECT_EQ(hotp(HotpHash::sha1, as_bytes("12345678901234567890"), 1) % 100'000'000, 94287082U);
  EXPECT_EQ(hotp(HotpHash::sha256, as_bytes("12345678901234567890123456789012"), 1) % 100'000'000, 46119246U);
  EXPECT_EQ(hotp(HotpHash::sha512, as_bytes("1234567890123456789012345678901234567890123456789012345678901234"), 1) %
                100'000'000,
            90693936U);
}

}  // namespace
}  // namespace rowan::crypto
