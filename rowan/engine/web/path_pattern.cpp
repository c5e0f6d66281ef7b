#include <rowan/engine/web/path_pattern.hpp>
#include <rowan/http/url.hpp>

namespace rowan::engine {

namespace {

std::vector<std::string_view> split(std::string_view path) {
  std::vector<std::string_view> segments;
  while (path.starts_with('/')) {
    path.remove_prefix(1);
    const auto slash = path.find('/');
    segments.push_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  return segments;
}

}  // namespace

PathPattern::PathPattern(std::string_view text) : text_(text) {
  for (const auto segment : split(text)) {
    if (segment.starts_with(':')) plain_ = false;
    segments_.emplace_back(segment);
  }
}

std::optional<std::map<std::string, std::string, std::less<>>> PathPattern::match(std::string_view path) const {
  std::map<std::string, std::string, std::less<>> parameters;
  if (plain_) return path == text_ ? std::optional(parameters) : std::nullopt;
  const auto segments = split(path);
  if (segments.size() != segments_.size()) return std::nullopt;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    if (!segments_[i].starts_with(':')) {
      if (segments[i] != segments_[i]) return std::nullopt;
      continue;
    }
    auto value = http::decode_path_segment(segments[i]);
    if (!value || value->empty()) return std::nullopt;
    parameters.emplace(segments_[i].substr(1), *std::move(value));
  }
  return parameters;
}

}  // namespace rowan::engine
