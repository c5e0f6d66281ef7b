#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/identities/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& strategies::identities::options() {
  using O = IdentitiesOptions;
  static const std::vector<Option> all{
      option("recent", "For accounts without a password: how fresh the session must be to take a provider away.",
             between(1s, std::chrono::days(1)), &O::recent),
  };
  return all;
}

namespace rooms {

Room identities() {
  return {.name = "identities",
          .sentence = "Programs list what providers know the account by, and take it away.",
          .signs_in = false,
          .defaults = IdentitiesOptions{},
          .options = strategies::identities::options(),
          .declare = declares(rowan::identities)};
}

}  // namespace rooms

}  // namespace rowan
