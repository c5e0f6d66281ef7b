#pragma once
// What a benchmark found: rounds of ours beside the bare thing, as a line to read or as JSON to draw (bench/draw).
#include <algorithm>
#include <cstdio>
#include <string_view>
#include <vector>

namespace bench {

inline double median(std::vector<double> values) {
  const auto middle = values.begin() + static_cast<long>(values.size() / 2);
  std::nth_element(values.begin(), middle, values.end());
  return *middle;
}

/// Every round measures both within a moment, so a neighbour of the machine disturbs both: the median of the rounds'
/// ratios is what counts.
struct Comparison {
  const char* name;
  const char* bare_name;
  const char* unit;
  const char* aim;   // "1.3"
  bool aim_is_most;  // a cost; else the aim is the least, of a rate
  std::vector<double> ours{}, bare{};

  std::vector<double> ratios() const {
    std::vector<double> all;
    for (std::size_t i = 0; i < ours.size(); ++i) all.push_back(ours[i] / bare[i]);
    return all;
  }
};

inline void print(const Comparison& found) {
  std::printf("%s: %.4g %s, %s: %.4g %s, ratio %.3f (aim: at %s %s)\n", found.name, median(found.ours), found.unit,
              found.bare_name, median(found.bare), found.unit, median(found.ratios()),
              found.aim_is_most ? "most" : "least", found.aim);
}

/// One comparison a line, which bench/draw relies on.
inline void print_json(const char* bench, const std::vector<Comparison>& all) {
  std::printf("{\"bench\": \"%s\", \"comparisons\": [\n", bench);
  for (const auto& found : all) {
    std::printf(
        "  {\"name\": \"%s\", \"bare\": \"%s\", \"unit\": \"%s\", \"aim\": %s, \"aim_is\": \"%s\", \"ours_median\": "
        "%.4g, "
        "\"bare_median\": %.4g, \"ratio\": %.3f, \"ratios\": [",
        found.name, found.bare_name, found.unit, found.aim, found.aim_is_most ? "most" : "least", median(found.ours),
        median(found.bare), median(found.ratios()));
    const auto ratios = found.ratios();
    for (std::size_t i = 0; i < ratios.size(); ++i) std::printf("%s%.3f", i == 0 ? "" : ", ", ratios[i]);
    std::printf("]}%s\n", &found == &all.back() ? "" : ",");
  }
  std::printf("]}\n");
}

/// True when the program was called with --json.
inline bool wants_json(int argc, char** argv) { return argc > 1 && std::string_view(argv[1]) == "--json"; }

}  // namespace bench
