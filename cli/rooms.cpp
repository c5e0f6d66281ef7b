#include <algorithm>
#include <cli/rooms.hpp>

namespace rowan::cli {

const Room* find_room(std::string_view section) {
  const auto& all = all_rooms();
  const auto found = std::ranges::find(all, section, &Room::name);
  return found == all.end() ? nullptr : &*found;
}

const Room* find_provider(std::string_view section) {
  const auto& all = all_providers();
  const auto found = std::ranges::find(all, section, &Room::name);
  return found == all.end() ? nullptr : &*found;
}

std::string section_of(std::string_view subject, std::string_view room) {
  return (subject == "user" ? "" : "subjects." + std::string(subject) + ".") + std::string(room);
}

namespace {

// Takes "subjects.admin." away; the subject.
std::string take_subject(std::string_view& section) {
  constexpr std::string_view prefix = "subjects.";
  if (!section.starts_with(prefix)) return "user";
  section.remove_prefix(prefix.size());
  const auto dot = section.find('.');
  std::string subject(section.substr(0, dot));
  section = dot == std::string_view::npos ? std::string_view() : section.substr(dot + 1);
  return subject;
}

}  // namespace

std::optional<ProviderSection> read_provider_section(std::string_view section) {
  auto subject = take_subject(section);
  const auto dot = section.find('.');
  const auto* room = find_provider(section.substr(0, dot));
  if (room == nullptr || dot == std::string_view::npos || section.find('.', dot + 1) != std::string_view::npos)
    return std::nullopt;
  return ProviderSection{.subject = std::move(subject), .name = std::string(section.substr(dot + 1)), .room = room};
}

std::optional<RoomSection> read_section(std::string_view section) {
  auto subject = take_subject(section);
  const auto* room = find_room(section);
  return room == nullptr ? std::nullopt : std::optional(RoomSection{.subject = std::move(subject), .room = room});
}

}  // namespace rowan::cli
