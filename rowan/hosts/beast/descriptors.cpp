#include <sys/resource.h>

#include <algorithm>
#include <filesystem>
#include <rowan/hosts/beast/descriptors.hpp>
#include <rowan/hosts/beast/places.hpp>

namespace rowan::hosts::beast {

namespace {

// For mail, files and what else comes, and for connections that are given up and still there. What the database needs
// is part of what the caller wants.
constexpr std::size_t kept_back = 96 + Places::lent;

// Of the soft limit, for the rest of the application: it is raised by so much more than is needed here.
constexpr rlim_t beyond = 1024;

// Without /proc: what a small program has.
std::size_t open_now() {
  std::error_code error;
  std::size_t count = 0;
  for (std::filesystem::directory_iterator at("/proc/self/fd", error), end; !error && at != end; at.increment(error))
    ++count;
  return error || count == 0 ? 32 : count;
}

}  // namespace

DescriptorRoom make_room_for_connections(std::size_t wanted) {
  const auto others = open_now() + kept_back;
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return {.connections = std::clamp<std::size_t>(wanted, 1, 512)};
  const auto needed = static_cast<rlim_t>(wanted + others);
  if (limit.rlim_cur < needed) {
    const rlimit raised{.rlim_cur = std::min(needed + beyond, limit.rlim_max), .rlim_max = limit.rlim_max};
    if (::setrlimit(RLIMIT_NOFILE, &raised) == 0) limit = raised;
  }
  const auto all = static_cast<std::size_t>(limit.rlim_cur);
  // With very few descriptors neither side can work well, so each gets half of them.
  const auto room = all > 2 * others ? all - others : all / 2;
  return {.connections = std::clamp<std::size_t>(wanted, 1, std::max<std::size_t>(room, 1)), .limit = all};
}

}  // namespace rowan::hosts::beast
