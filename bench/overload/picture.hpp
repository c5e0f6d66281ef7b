#pragma once
// The picture of a run as SVG: rates relative to what they are without overload, and memory below.
#include <string>
#include <utility>
#include <vector>

namespace rowan::overload {

struct Line {
  std::string name{}, colour{};
  std::vector<std::pair<double, double>> points{};  // seconds, value
};

struct Panel {
  std::string title{};
  double highest = 1;  // of the axis
  std::vector<double> ticks{};
  std::vector<Line> lines{};
};

struct Picture {
  double seconds = 0;       // of the axis
  double from = 0, to = 0;  // the overload
  std::vector<Panel> panels{};
};

std::string as_svg(const Picture& picture);

}  // namespace rowan::overload
