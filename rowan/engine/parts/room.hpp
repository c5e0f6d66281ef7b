#pragma once
// Rooms: the library's strategies and add-ons, each as one value, for programs that enable them by a configuration
// file.
#include <any>
#include <rowan/engine/auth.hpp>
#include <rowan/engine/parts/option.hpp>

namespace rowan {

/// A strategy or add-on of the library, as a section of a program's file enables it.
struct Room {
  std::string name{};      // its folder, and its section in a file: "magic_link"
  std::string sentence{};  // what it does
  bool signs_in = true;    // false: useless without another room that signs in
  std::any defaults{};     // its options struct
  std::any development{};  // the options in development (`--dev`); empty: the defaults
  std::vector<Option> options{};
  std::string named_by{};  // of a provider: the option that is its name when it is given none; empty: the room's name
  std::function<void(const std::any& options, SubjectOptions&)> declare{};

  const Option* find(std::string_view option) const;
};

/// All rooms, in the order of rowan/rooms.cmake, which is the order in which a subject declares them. The function
/// rowan::rooms::NAME() in its folder makes each. Thread-safe.
const std::vector<Room>& all_rooms();

/// Rooms that a subject may have any number of, as a file has [[oidc]]. Each has the option `name`, which is the
/// strategy's and must differ; the other options have no use without a value. Thread-safe.
const std::vector<Room>& all_providers();

/// Makes a Room's `declare` from the function that makes its strategy or add-on.
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
