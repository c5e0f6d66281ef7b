#include <rowan/add_ons/account/options.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& add_ons::account::options() {
  using O = AccountOptions;
  static const std::vector<Option> all{
      option("recent", "For accounts without a password: how fresh the session must be to close the account.",
             between(1s, std::chrono::days(1)), &O::recent),
  };
  return all;
}

namespace rooms {

Room account() {
  return {.name = "account",
          .sentence = "People can close their account.",
          .signs_in = false,
          .defaults = AccountOptions{},
          .options = add_ons::account::options(),
          .declare = declares(rowan::account)};
}

}  // namespace rooms

}  // namespace rowan
