#include <array>
#include <charconv>
#include <cli/metrics_text.hpp>

namespace rowan::cli {

namespace {

// Not printf: a locale's decimal comma is none of Prometheus's.
template <class Number, class... How>
std::string_view write(std::array<char, 400>& into, Number number, How... how) {
  const auto written = std::to_chars(into.data(), into.data() + into.size(), number, how...);
  return {into.data(), static_cast<std::size_t>(written.ptr - into.data())};
}

}  // namespace

std::string label_text(MetricLabels labels) {
  std::string text;
  for (const auto& [name, value] : labels) {
    text.append(text.empty() ? "" : ",").append(name).append("=\"");
    for (const char c : value) {
      if (c == '\n') {
        text += "\\n";
        continue;
      }
      if (c == '\\' || c == '"') text += '\\';
      text += c;
    }
    text += '"';
  }
  return text;
}

void MetricsText::family(std::string_view name, Type type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name).append(" ").append(help).append("\n# TYPE ").append(name);
  text_.append(type == Type::counter ? " counter\n" : " gauge\n");
}

void MetricsText::sample(std::string_view labels, std::uint64_t value) {
  std::array<char, 400> digits{};
  line(labels, write(digits, value));
}

void MetricsText::sample(std::string_view labels, double value) {
  std::array<char, 400> digits{};
  line(labels, write(digits, value, std::chars_format::fixed, 3));
}

void MetricsText::line(std::string_view labels, std::string_view value) {
  text_ += name_;
  if (!labels.empty()) text_.append("{").append(labels).append("}");
  text_.append(" ").append(value).append("\n");
}

}  // namespace rowan::cli
