#pragma once
// Sections of the file: which rooms are on, and with which options. The rooms declare both themselves.
#include <any>
#include <cli/option.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan::cli {

/// Null: there is none of that section.
const Room* find_room(std::string_view section);

/// "password" for users, "subjects.admin.password" for the others.
std::string section_of(std::string_view subject, std::string_view room);

/// A section's subject and room: "password" and "subjects.user.password" are the same. Nullopt for any other section.
struct RoomSection {
  std::string subject{};
  const Room* room = nullptr;
};
std::optional<RoomSection> read_section(std::string_view section);

/// A room that is on, with its options in effect.
struct RoomSettings {
  const Room* room = nullptr;
  std::any options{};
};

struct SubjectSettings {
  std::string name = "user";
  std::vector<RoomSettings> rooms{};
};

}  // namespace rowan::cli
