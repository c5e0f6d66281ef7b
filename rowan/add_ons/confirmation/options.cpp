#include <rowan/add_ons/confirmation/options.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& add_ons::confirmation::options() {
  using O = ConfirmationOptions;
  static const std::vector<Option> all{
      option("lifetime", "How long the link in a confirmation mail works.", between(1min, std::chrono::days(30)),
             &O::lifetime),
      option("required_to_sign_in",
             "Whether an account must be confirmed before its password signs in; registering signs in once.", {},
             &O::required_to_sign_in),
      option("change_of_address", "Whether people can change their address.", {}, &O::change_of_address),
      option("revert_lifetime", "How long the old address can take the account back; 0s switches that off.",
             between(0s, std::chrono::days(30)), &O::revert_lifetime),
      option("recent", "For accounts without a password: how fresh the session must be to ask for another address.",
             between(1s, std::chrono::days(1)), &O::recent),
      option("requests_per_client", "Mails that one client can ask for in five minutes.", between(1, 10000),
             &O::requests_per_client),
      option("attempts_per_client", "Links that one client can try in five minutes.", between(1, 10000),
             &O::attempts_per_client),
  };
  return all;
}

namespace rooms {

Room confirmation() {
  return {.name = "confirmation",
          .sentence = "Proof that an address is its owner's, and change of address.",
          .signs_in = false,
          .defaults = ConfirmationOptions{},
          .options = add_ons::confirmation::options(),
          .declare = declares(rowan::confirmation)};
}

}  // namespace rooms

}  // namespace rowan
