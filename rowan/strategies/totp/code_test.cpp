// What an authenticator app shows, against RFC 6238, RFC 4648 and oathtool.
#include <gtest/gtest.h>
#include <qrencode.h>

#include <array>
#include <cstdio>
#include <cstdlib>
#include <rowan/base/base64.hpp>
#include <rowan/strategies/totp/code.hpp>
#include <rowan/strategies/totp/qr_code.hpp>
#include <rowan/testing/fake_clock.hpp>
#include <rowan/testing/totp_code.hpp>

namespace rowan::strategies::totp {
namespace {

using Algorithm = TotpOptions::Algorithm;
using namespace std::chrono_literals;

Timestamp at(std::int64_t seconds) { return Timestamp(std::chrono::seconds(seconds)); }

// RFC 6238 appendix B; the seeds are as long as the hash, as in its reference implementation.
constexpr std::string_view seed_of_20 = "12345678901234567890", seed_of_32 = "12345678901234567890123456789012",
                           seed_of_64 = "1234567890123456789012345678901234567890123456789012345678901234";
struct Vector {
  std::int64_t time;
  const char *sha1, *sha256, *sha512;
};
constexpr Vector vectors[] = {
    {59, "94287082", "46119246", "90693936"},         {1111111109, "07081804", "68084774", "25091201"},
    {1111111111, "14050471", "67062674", "99943326"}, {1234567890, "89005924", "91819424", "93441116"},
    {2000000000, "69279037", "90698825", "38618901"}, {20000000000, "65353130", "77737706", "47863826"}};

TEST(TotpCode, IsTheOneOfEveryVectorOfRfc6238) {  // MFA-09
  for (const auto& vector : vectors) {
    const auto step = step_at(at(vector.time), 30s);
    EXPECT_EQ(code_of(seed_of_20, step, {.digits = 8}), vector.sha1) << vector.time;
    EXPECT_EQ(code_of(seed_of_32, step, {.algorithm = Algorithm::sha256, .digits = 8}), vector.sha256) << vector.time;
    EXPECT_EQ(code_of(seed_of_64, step, {.algorithm = Algorithm::sha512, .digits = 8}), vector.sha512) << vector.time;
  }
  EXPECT_EQ(code_of(seed_of_20, step_at(at(1111111109), 30s), {}), "081804") << "a zero in front is a digit";
}

// A second implementation, for random seeds and times.
TEST(TotpCode, IsTheOneThatOathtoolShows) {                     // MFA-09
  if (std::system("command -v oathtool >/dev/null 2>&1") != 0)  // NOLINT(cert-env33-c)
    GTEST_SKIP() << "oathtool is not installed: scripts/setup test";
  int compared = 0;
  for (const auto algorithm : {Algorithm::sha1, Algorithm::sha256, Algorithm::sha512})
    for (const std::int64_t digits : {6, 8})
      for (const auto period : {30s, 60s})
        for (const auto* time : {"2026-11-26 12:34:56 UTC", "2038-01-19 03:14:08 UTC", "2199-12-31 23:59:59 UTC"}) {
          const auto seed = system_random().bytes<20>();
          const auto seconds = std::string(time).starts_with("2026")   ? 1795696496
                               : std::string(time).starts_with("2038") ? 2147483648
                                                                       : 7258118399;
          const auto command = "oathtool --totp=" + std::string(name_of(algorithm)) + " -d " + std::to_string(digits) +
                               " -s " + std::to_string(period.count()) + "s -N '" + time + "' " + to_hex(seed);
          auto* const pipe = ::popen(command.c_str(), "r");  // NOLINT(cert-env33-c): of a test, and its parts are ours
          ASSERT_NE(pipe, nullptr);
          std::array<char, 32> line{};
          const bool read = std::fgets(line.data(), line.size(), pipe) != nullptr;
          ASSERT_EQ(::pclose(pipe), 0) << command;
          ASSERT_TRUE(read);
          EXPECT_EQ(code_of(as_text(seed), step_at(at(seconds), period),
                            {.algorithm = algorithm, .digits = digits, .period = period}) +
                        "\n",
                    line.data())
              << command;
          ++compared;
        }
  EXPECT_EQ(compared, 36);
}

TEST(TotpCode, IsAcceptedInItsStepAndTheNext) {  // MFA-05, MFA-10
  const auto accepted = [](std::int64_t time, std::int64_t last) {
    return step_of(code_of(seed_of_20, 100, {}), seed_of_20, at(time), last, {});
  };
  EXPECT_FALSE(accepted(2999, 0)) << "before its time";
  EXPECT_EQ(accepted(3000, 0), 100);
  EXPECT_EQ(accepted(3059, 0), 100);
  EXPECT_FALSE(accepted(3060, 0)) << "after it";
  EXPECT_EQ(accepted(3000, 99), 100);
  EXPECT_FALSE(accepted(3000, 100)) << "used";
  EXPECT_FALSE(accepted(3000, 101)) << "a later one was used";
  EXPECT_EQ(step_at(at(-1), 30s), -1);
  EXPECT_EQ(step_at(at(-30), 30s), -1);
  EXPECT_EQ(step_at(at(-31), 30s), -2);
}

TEST(TotpCode, MayBeTypedAsAppsShowIt) {
  EXPECT_EQ(normalised("123 456"), "123456");
  EXPECT_EQ(normalised(" 1234-5678 "), "12345678");
  EXPECT_EQ(normalised("１２３\u00A0４５６\n"), "123456");
  for (const auto* other : {"", "12345", "123456789", "12345a", "一二三四五六"})
    EXPECT_EQ(normalised(other), "") << other;
}

TEST(TotpSeed, IsWrittenAsRfc4648Says) {  // MFA-11; section 10, without the padding
  constexpr std::pair<const char*, const char*> pairs[] = {{"", ""},
                                                           {"f", "MY"},
                                                           {"fo", "MZXQ"},
                                                           {"foo", "MZXW6"},
                                                           {"foob", "MZXW6YQ"},
                                                           {"fooba", "MZXW6YTB"},
                                                           {"foobar", "MZXW6YTBOI"}};
  for (const auto& [bytes, text] : pairs) {
    EXPECT_EQ(to_base32(bytes), text);
    EXPECT_EQ(from_base32(text), bytes);
  }
  EXPECT_EQ(from_base32("mzxw 6ytb-oi======"), "foobar");
  for (const auto* other : {"M", "MZ1", "MZXW6Y!", "MZXW6YTBOJ", "MZX=Q"})
    EXPECT_EQ(from_base32(other), std::nullopt) << other;
  for (int i = 0; i < 100; ++i) {
    const auto seed = system_random().bytes<20>();
    EXPECT_EQ(from_base32(to_base32(as_text(seed))), as_text(seed));
  }
}

TEST(TotpAddress, NamesIssuerAndAccountPercentEncoded) {  // MFA-11
  EXPECT_EQ(otpauth_url("My Notes", "ann+x@notes.example", "foobar", {}),
            "otpauth://totp/My%20Notes:ann%2Bx%40notes.example?secret=MZXW6YTBOI&issuer=My%20Notes");
  EXPECT_EQ(otpauth_url("N:1", "ann", "foobar", {.algorithm = Algorithm::sha256, .digits = 8, .period = 60s}),
            "otpauth://totp/N%3A1:ann?secret=MZXW6YTBOI&issuer=N%3A1&algorithm=SHA256&digits=8&period=60");
}

// The rectangles of the path, drawn again, are the modules that libqrencode made.
TEST(TotpQrCode, HasTheModulesOfItsText) {
  const std::string text = otpauth_url("Notes", "ann@notes.example", "12345678901234567890", {});
  const auto code = qr_code(text);
  ASSERT_TRUE(code);
  const std::unique_ptr<QRcode, decltype(&QRcode_free)> made(QRcode_encodeString8bit(text.c_str(), 0, QR_ECLEVEL_M),
                                                             &QRcode_free);
  ASSERT_EQ(code->size, made->width + 8);
  std::vector<std::string> drawn(static_cast<std::size_t>(code->size),
                                 std::string(static_cast<std::size_t>(code->size), ' '));
  for (const auto* at = code->path.c_str(); *at != '\0';) {
    int x = 0, y = 0, length = 0, back = 0, read = 0;
    ASSERT_EQ(std::sscanf(at, "M%d %dh%dv1h-%dz%n", &x, &y, &length, &back, &read), 4) << at;  // NOLINT(cert-err34-c)
    ASSERT_EQ(length, back);
    for (int i = 0; i < length; ++i) drawn.at(static_cast<std::size_t>(y)).at(static_cast<std::size_t>(x + i)) = 'x';
    at += read;
  }
  for (int y = 0; y < code->size; ++y)
    for (int x = 0; x < code->size; ++x) {
      const bool inside = x >= 4 && y >= 4 && x < made->width + 4 && y < made->width + 4;
      const bool dark = inside && (made->data[(y - 4) * made->width + x - 4] & 1) != 0;
      EXPECT_EQ(drawn[static_cast<std::size_t>(y)][static_cast<std::size_t>(x)] == 'x', dark) << x << " " << y;
    }
  EXPECT_FALSE(qr_code(std::string(5000, 'x'))) << "too long for any";
}

TEST(TotpOfTheKit, ShowsWhatAnAppWouldShow) {
  const testing::FakeClock clock(at(59));
  EXPECT_EQ(testing::totp_code("GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ", clock), "287082");
  EXPECT_EQ(testing::totp_code("gezdgnbvgy3tqojqgezdgnbvgy3tqojq", clock, {.digits = 8}), "94287082");
  EXPECT_THROW(testing::totp_code("not base32!", clock), std::invalid_argument);
}

}  // namespace
}  // namespace rowan::strategies::totp
