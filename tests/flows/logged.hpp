#pragma once
// A logger that remembers, for promises about the log.
#include <mutex>
#include <rowan/base/logger.hpp>
#include <string>
#include <vector>

namespace rowan::flows {

struct Logged {
  LogLevel level{};
  std::string line{};
};

/// Thread-safe.
class RememberingLogger final : public Logger {
 public:
  void write(LogLevel level, std::string_view event, std::initializer_list<LogField> fields) override {
    const std::lock_guard lock(mutex_);
    lines_.push_back({level, format_log_line(event, fields)});
  }
  std::vector<Logged> all() const {
    const std::lock_guard lock(mutex_);
    return lines_;
  }
  /// Lines of this level that have the text.
  std::size_t count(LogLevel level, std::string_view text) const {
    std::size_t found = 0;
    for (const auto& [of, line] : all()) found += of == level && line.contains(text) ? 1 : 0;
    return found;
  }

 private:
  mutable std::mutex mutex_{};
  std::vector<Logged> lines_{};
};

}  // namespace rowan::flows
