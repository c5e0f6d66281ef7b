#include <rowan/base/logger.hpp>

#include <spdlog/sinks/stdout_sinks.h>
#include <spdlog/spdlog.h>

namespace rowan {

namespace {

class SilentLogger final : public Logger {
 public:
  void write(LogLevel, std::string_view, std::initializer_list<LogField>) override {}
};

spdlog::level::level_enum level_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug: return spdlog::level::debug;
    case LogLevel::info: return spdlog::level::info;
    case LogLevel::warning: return spdlog::level::warn;
    case LogLevel::error: return spdlog::level::err;
  }
  return spdlog::level::info;
}

class SpdlogLogger final : public Logger {
 public:
  explicit SpdlogLogger(LogLevel least) : logger_("rowan", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
    logger_.set_pattern("%Y-%m-%dT%H:%M:%S.%e%z %l %v");
    logger_.set_level(level_of(least));
    logger_.flush_on(spdlog::level::warn);
  }
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    if (logger_.should_log(level_of(level))) logger_.log(level_of(level), "{}", format_log_line(event, fields));
  }

 private:
  spdlog::logger logger_;
};

// A value may be a stranger's: one of 8 KiB (a path) must not be able to fill the disk a hundred times faster.
constexpr std::size_t max_value = 1024;

// U+0080 … U+009F (terminals obey U+009B), U+2028/2029 (some readers break lines there), and what turns the direction
// of writing, so that a line is read as something else: U+061C, U+200E/F, U+202A … E, U+2066 … 9. Their first byte is
// escaped.
bool starts_control(std::string_view text) {
  const auto byte = [&](std::size_t i) { return i < text.size() ? static_cast<unsigned char>(text[i]) : 0U; };
  if (byte(0) == 0xC2) return byte(1) >= 0x80 && byte(1) < 0xA0;
  if (byte(0) == 0xD8) return byte(1) == 0x9C;
  if (byte(0) != 0xE2) return false;
  if (byte(1) == 0x80) return byte(2) == 0x8E || byte(2) == 0x8F || (byte(2) >= 0xA8 && byte(2) <= 0xAE);
  return byte(1) == 0x81 && byte(2) >= 0xA6 && byte(2) <= 0xA9;
}

// Up to the limit, and no character of UTF-8 cut in two.
std::string_view beginning_of(std::string_view value) {
  if (value.size() <= max_value) return value;
  auto end = max_value;
  while (end > max_value - 4 && (static_cast<unsigned char>(value[end]) & 0xC0) == 0x80) --end;
  return value.substr(0, end);
}

}  // namespace

std::string format_log_line(std::string_view event, std::initializer_list<LogField> fields) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string line(event);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += "=\"";
    const auto value = beginning_of(field.value);
    for (std::size_t i = 0; i < value.size(); ++i) {
      const char c = value[i];
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        line += '\\';
        line += c;
      } else if (byte < 0x20 || byte == 0x7F || starts_control(value.substr(i))) {
        line += "\\x";
        line += hex[byte >> 4];
        line += hex[byte & 15];
      } else {
        line += c;
      }
    }
    if (value.size() < field.value.size()) line += "…";
    line += '"';
  }
  return line;
}

Logger& silent_logger() {
  static SilentLogger logger;  // stateless
  return logger;
}

std::unique_ptr<Logger> make_stderr_logger(LogLevel least) { return std::make_unique<SpdlogLogger>(least); }

}  // namespace rowan
