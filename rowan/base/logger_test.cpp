#include <gtest/gtest.h>

#include <rowan/base/logger.hpp>

namespace rowan {
namespace {

TEST(LogLine, IsTheEventAndItsFields) {
  EXPECT_EQ(format_log_line("sign_in.refused", {{"account", "a1"}, {"attempts", 3}}),
            "sign_in.refused account=\"a1\" attempts=\"3\"");
  EXPECT_EQ(format_log_line("started", {}), "started");
}

TEST(LogLine, LetsNoValueForgeALineOrField) {  // LOG-03
  const auto line = format_log_line("event", {{"agent", "x\" admin=\"yes\r\nevent forged\x1B[31m\x7F\\"}});
  EXPECT_EQ(line, "event agent=\"x\\\" admin=\\\"yes\\x0d\\x0aevent forged\\x1b[31m\\x7f\\\\\"");
  EXPECT_EQ(line.find_first_of("\r\n\x1B"), std::string::npos);
}

TEST(LogLine, EscapesControlsBeyondAscii) {  // LOG-03
  const auto line = format_log_line("e", {{"k",
                                           "\xC2\x9B"
                                           "31m\xE2\x80\xA8x\xC3\xA9"}});
  EXPECT_EQ(line.find("\xC2\x9B"), std::string::npos);
  EXPECT_EQ(line.find("\xE2\x80\xA8"), std::string::npos);
  EXPECT_NE(line.find("x\xC3\xA9"), std::string::npos);
}

TEST(LogLine, EscapesBidirectionalControls) {  // LOG-03
  for (const std::string turn :
       {"\xE2\x80\xAE", "\xE2\x80\xAA", "\xE2\x80\x8F", "\xE2\x81\xA6", "\xE2\x81\xA9", "\xD8\x9C"})
    EXPECT_EQ(format_log_line("e", {{"k", turn + "x"}}).find(turn), std::string::npos) << turn;
  EXPECT_EQ(format_log_line("e", {{"k", "\xE2\x80\xA6"}}), "e k=\"\xE2\x80\xA6\"");  // an ellipsis is none
}

TEST(LogLine, BoundsEveryValue) {
  const auto line = format_log_line("e", {{"path", std::string(100'000, 'x')}, {"id", "7"}});
  EXPECT_LT(line.size(), 1100u);
  EXPECT_TRUE(line.ends_with("x…\" id=\"7\"")) << line;
  const auto cut = format_log_line("e", {{"k", "x" + std::string(2000, '\xC3')}});  // whatever the bytes are
  EXPECT_LT(cut.size(), 1100u);
  std::string umlauts = "x";
  for (int i = 0; i < 1000; ++i) umlauts += "ü";
  EXPECT_EQ(format_log_line("e", {{"k", umlauts}}).find("\xC3…"), std::string::npos);  // no character cut in two
  EXPECT_EQ(format_log_line("e", {{"k", std::string(1024, 'x')}}), "e k=\"" + std::string(1024, 'x') + "\"");
}

TEST(LogLine, KeepsNulVisible) { EXPECT_EQ(format_log_line("e", {{"k", std::string("a\0b", 3)}}), "e k=\"a\\x00b\""); }

TEST(StderrLogger, WritesOneLinePerEventFromItsLevelUp) {
  const auto logger = make_stderr_logger(LogLevel::warning);
  ::testing::internal::CaptureStderr();
  logger->info("quiet");
  logger->warning("loud", {{"k", "{} %s\n"}});
  const auto written = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(written.find("quiet"), std::string::npos);
  EXPECT_NE(written.find("warning loud k=\"{} %s\\x0a\""), std::string::npos) << written;
  EXPECT_EQ(std::count(written.begin(), written.end(), '\n'), 1);
}

TEST(SilentLogger, WritesNothing) {
  ::testing::internal::CaptureStderr();
  silent_logger().error("event", {{"k", "v"}});
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

}  // namespace
}  // namespace rowan
