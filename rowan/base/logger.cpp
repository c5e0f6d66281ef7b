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
  explicit SpdlogLogger(LogLevel least)
      : logger_("rowan", std::make_shared<spdlog::sinks::stderr_sink_mt>()) {
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

// U+0080 … U+009F (terminals obey U+009B) and U+2028/2029 (some readers break lines there). Their first byte is escaped.
bool starts_control(std::string_view text) {
  if (text.starts_with('\xC2')) return text.size() > 1 && static_cast<unsigned char>(text[1]) < 0xA0;
  return text.starts_with("\xE2\x80\xA8") || text.starts_with("\xE2\x80\xA9");
}

}  // namespace

std::string format_log_line(std::string_view event, std::initializer_list<LogField> fields) {
  static constexpr std::string_view hex = "0123456789abcdef";
  std::string line(event);
  for (const auto& field : fields) {
    line += ' ';
    line += field.key;
    line += "=\"";
    for (std::size_t i = 0; i < field.value.size(); ++i) {
      const char c = field.value[i];
      const auto byte = static_cast<unsigned char>(c);
      if (c == '"' || c == '\\') {
        line += '\\';
        line += c;
      } else if (byte < 0x20 || byte == 0x7F || starts_control(std::string_view(field.value).substr(i))) {
        line += "\\x";
        line += hex[byte >> 4];
        line += hex[byte & 15];
      } else {
        line += c;
      }
    }
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
