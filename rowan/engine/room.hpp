#pragma once
// Rooms: the strategies and add-ons of the library, each as one value, for programs that switch them on by a file.
#include <any>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/option.hpp>

namespace rowan {

/// A strategy or add-on of the library as a program sees it: what a section of its file switches on.
struct Room {
  std::string name{};      // its folder and its section in a file: "magic_link"
  std::string sentence{};  // what it does
  bool signs_in = true;    // false: of no use alone
  std::any defaults{};     // its options struct
  std::any development{};  // where everything is switched on to be tried; empty: the defaults
  std::vector<Option> options{};
  std::function<void(const std::any& options, SubjectOptions&)> declare{};

  const Option* find(std::string_view option) const;
};

/// All of them, in the order in which a subject declares them: that of rowan/rooms.cmake. Each is made by a function of
/// its folder, rowan::rooms::NAME(). Thread-safe.
const std::vector<Room>& all_rooms();

/// `.declare` of a room whose function makes a strategy, or an add-on.
template <class Options>
auto declares(Strategy (*make)(Options)) {
  return [make](const std::any& options, SubjectOptions& subject) {
    subject.strategies.push_back(make(std::any_cast<const Options&>(options)));
  };
}
template <class Options>
auto declares(AddOn (*make)(Options)) {
  return [make](const std::any& options, SubjectOptions& subject) {
    subject.add_ons.push_back(make(std::any_cast<const Options&>(options)));
  };
}

}  // namespace rowan
