#pragma once
// Internal. The text format of Prometheus, version 0.0.4: what a page of metrics is made of.
#include <cstdint>
#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace rowan::cli {

using MetricLabels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

/// `name="value",…` with backslash, quote and line feed escaped; names are ours.
std::string label_text(MetricLabels labels);

/// Writes one family behind the other.
class MetricsText {
 public:
  enum class Type { counter, gauge };
  /// Samples that follow are of this one.
  void family(std::string_view name, Type type, std::string_view help);
  void sample(std::string_view labels, std::uint64_t value);
  void sample(std::string_view labels, double value);
  std::string take() { return std::move(text_); }

 private:
  void line(std::string_view labels, std::string_view value);
  std::string text_{}, name_{};
};

}  // namespace rowan::cli
