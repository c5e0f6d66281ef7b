#pragma once
// Logger: events with fields, never free text with values in it. The library itself never prints.
#include <initializer_list>
#include <memory>
#include <string>
#include <string_view>

namespace rowan {

enum class LogLevel { debug, info, warning, error };

struct LogField {
  LogField(std::string_view key, std::string_view value) : key(key), value(value) {}
  LogField(std::string_view key, const std::string& value) : key(key), value(value) {}
  LogField(std::string_view key, const char* value) : key(key), value(value) {}
  LogField(std::string_view key, std::int64_t value) : key(key), value(std::to_string(value)) {}
  LogField(std::string_view key, int value) : key(key), value(std::to_string(value)) {}
  LogField(std::string_view key, std::size_t value) : key(key), value(std::to_string(value)) {}
  std::string_view key;
  std::string value;
};

/// Thread-safe. A Secret does not convert to a field. Shorten email addresses yourself before you log them.
class Logger {
 public:
  virtual ~Logger() = default;
  virtual void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) = 0;

  void debug(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::debug, event, fields);
  }
  void info(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::info, event, fields);
  }
  void warning(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::warning, event, fields);
  }
  void error(std::string_view event, std::initializer_list<LogField> fields = {}) {
    write(LogLevel::error, event, fields);
  }
};

/// `event key="value"` as one line. Quotes, backslashes, control characters and characters that change the text
/// direction are escaped (LOG-03). A value longer than 1 KiB is cut and ends in "…".
std::string format_log_line(std::string_view event, std::initializer_list<LogField> fields);

Logger& silent_logger();
/// Writes to standard error through spdlog, one line for each event.
std::unique_ptr<Logger> make_stderr_logger(LogLevel least = LogLevel::info);

}  // namespace rowan
