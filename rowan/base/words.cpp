#include <rowan/base/words.hpp>

namespace rowan {

std::string join(std::span<const std::string> texts, std::string_view between) {
  std::string all;
  for (const auto& text : texts) {
    if (&text != &texts.front()) all += between;
    all += text;
  }
  return all;
}

std::vector<std::string> words_of(std::string_view text) {
  std::vector<std::string> words;
  while (!text.empty()) {
    const auto blank = text.find(' ');
    if (blank != 0) words.emplace_back(text.substr(0, blank));
    text = blank == std::string_view::npos ? std::string_view() : text.substr(blank + 1);
  }
  return words;
}

}  // namespace rowan
