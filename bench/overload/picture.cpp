#include <algorithm>
#include <cstdio>

#include "picture.hpp"

namespace rowan::overload {

namespace {

constexpr double width = 760, left = 60, right = 20, panel_height = 170, panel_gap = 62, top = 56, bottom = 40;

std::string number(double value) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", value);
  std::string shown = text;
  if (shown.ends_with(".0")) shown.resize(shown.size() - 2);
  return shown;
}

class Drawing {
 public:
  explicit Drawing(const Picture& picture) : picture_(picture) {
    const auto height =
        top + static_cast<double>(picture.panels.size()) * (panel_height + panel_gap) - panel_gap + bottom;
    out_ = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 " + number(width) + " " + number(height) +
           "\" font-family=\"system-ui, sans-serif\" font-size=\"12\">\n<rect width=\"100%\" height=\"100%\" "
           "fill=\"#fff\"/>\n";
  }

  std::string draw() {
    double y = top;
    for (const auto& panel : picture_.panels) {
      draw_panel(panel, y);
      y += panel_height + panel_gap;
    }
    draw_seconds(y - panel_gap);
    return out_ + "</svg>\n";
  }

 private:
  double x(double seconds) const { return left + seconds / picture_.seconds * (width - left - right); }
  static double y_of(const Panel& panel, double y, double value) {
    return y + panel_height * (1 - std::min(value, panel.highest) / panel.highest);
  }
  void text(double at_x, double at_y, const std::string& words, const char* anchor, const std::string& colour) {
    out_ += "<text x=\"" + number(at_x) + "\" y=\"" + number(at_y) + "\" text-anchor=\"" + anchor + "\" fill=\"" +
            colour + "\">" + words + "</text>\n";
  }
  void draw_panel(const Panel& panel, double y) {
    out_ += "<rect x=\"" + number(x(picture_.from)) + "\" y=\"" + number(y) + "\" width=\"" +
            number(x(picture_.to) - x(picture_.from)) + "\" height=\"" + number(panel_height) +
            "\" fill=\"#fbeee6\"/>\n";
    text(left, y - 28, panel.title, "start", "#222");
    double legend = left;
    for (const auto& line : panel.lines) {
      text(legend, y - 10, "■ " + line.name, "start", line.colour);
      legend += 30 + 6.6 * static_cast<double>(line.name.size());
    }
    for (const double tick : panel.ticks) {
      const auto at = y_of(panel, y, tick);
      out_ += "<path d=\"M" + number(left) + " " + number(at) + "H" + number(width - right) + "\" stroke=\"#ddd\"/>\n";
      text(left - 8, at + 4, number(tick), "end", "#555");
    }
    for (const auto& line : panel.lines) {
      out_ += "<polyline fill=\"none\" stroke-width=\"2\" stroke=\"" + line.colour + "\" points=\"";
      for (const auto& [seconds, value] : line.points)
        out_ += number(x(seconds)) + "," + number(y_of(panel, y, value)) + " ";
      out_ += "\"/>\n";
    }
  }
  void draw_seconds(double y) {
    for (double second = 0; second <= picture_.seconds; second += 5)
      text(x(second), y + 18, number(second) + " s", "middle", "#555");
  }

  const Picture& picture_;
  std::string out_{};
};

}  // namespace

std::string as_svg(const Picture& picture) { return Drawing(picture).draw(); }

}  // namespace rowan::overload
