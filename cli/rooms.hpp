#pragma once
// Rooms: what can be switched on by a section of the file. A new one is one entry of the table in rooms.cpp.
#include <any>
#include <cli/option.hpp>
#include <functional>
#include <rowan/engine/auth.hpp>

namespace rowan::cli {

/// An option of a room. `options` holds the library's own struct (PasswordOptions …), whose defaults are ours.
struct RoomOption {
  Option option{};  // its path begins behind the section: "lifetime"
  std::function<void(std::any& options, const SettingValue&)> set{};
  std::function<SettingValue(const std::any& options)> get{};
};

struct Room {
  std::string section{};  // "magic_link"
  bool signs_in = true;   // false: of no use alone
  std::any defaults{};
  std::any development{};  // where --dev switches every room on; empty: the defaults
  std::vector<RoomOption> options{};
  std::function<void(const std::any& options, SubjectOptions&)> declare{};

  const RoomOption* find(std::string_view name) const;
};

/// In the order in which a subject declares them.
const std::vector<Room>& rooms();
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
