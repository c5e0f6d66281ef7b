#include <algorithm>
#include <rowan/engine/parts/room.hpp>

namespace rowan {

const Option* Room::find(std::string_view option) const {
  const auto found = std::ranges::find(options, option, &Option::name);
  return found == options.end() ? nullptr : &*found;
}

}  // namespace rowan
