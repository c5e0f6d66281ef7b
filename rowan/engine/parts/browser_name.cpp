#include <array>
#include <rowan/engine/parts/browser_name.hpp>
#include <utility>

namespace rowan {

namespace {

using Names = std::pair<std::string_view, std::string_view>;

// The first that fits: most browsers also claim to be those below them.
constexpr std::array browsers{
    Names{"Edg", "Edge"},           Names{"OPR/", "Opera"},     Names{"SamsungBrowser/", "Samsung Internet"},
    Names{"Firefox/", "Firefox"},   Names{"FxiOS/", "Firefox"}, Names{"CriOS/", "Chrome"},
    Names{"Chromium/", "Chromium"}, Names{"Chrome/", "Chrome"}, Names{"Safari/", "Safari"}};
constexpr std::array systems{Names{"iPhone", "iPhone"},   Names{"iPad", "iPad"},      Names{"Android", "Android"},
                             Names{"Windows", "Windows"}, Names{"Mac OS X", "macOS"}, Names{"CrOS", "ChromeOS"},
                             Names{"Linux", "Linux"}};

template <std::size_t size>
std::string_view first_in(const std::array<Names, size>& known, std::string_view text) {
  for (const auto& [mark, name] : known)
    if (text.find(mark) != std::string_view::npos) return name;
  return {};
}

}  // namespace

std::string browser_name(std::string_view user_agent) {
  const auto browser = first_in(browsers, user_agent);
  if (browser.empty()) return {};
  const auto system = first_in(systems, user_agent);
  return std::string(browser) + (system.empty() ? "" : " on ") + std::string(system);
}

}  // namespace rowan
