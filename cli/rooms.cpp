#include <algorithm>
#include <cli/rooms.hpp>

namespace rowan::cli {

const Room* find_room(std::string_view section) {
  const auto& all = all_rooms();
  const auto found = std::ranges::find(all, section, &Room::name);
  return found == all.end() ? nullptr : &*found;
}

std::string section_of(std::string_view subject, std::string_view room) {
  return (subject == "user" ? "" : "subjects." + std::string(subject) + ".") + std::string(room);
}

std::optional<RoomSection> read_section(std::string_view section) {
  constexpr std::string_view prefix = "subjects.";
  std::string subject = "user";
  if (section.starts_with(prefix)) {
    section.remove_prefix(prefix.size());
    const auto dot = section.find('.');
    subject = section.substr(0, dot);
    section = dot == std::string_view::npos ? std::string_view() : section.substr(dot + 1);
  }
  const auto* room = find_room(section);
  return room == nullptr ? std::nullopt : std::optional(RoomSection{.subject = std::move(subject), .room = room});
}

}  // namespace rowan::cli
