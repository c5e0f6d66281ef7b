#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/magic_link/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& strategies::magic_link::options() {
  using O = MagicLinkOptions;
  static const std::vector<Option> all{
      option("registration", "Whether a link makes an account for an address that has none.", {}, &O::registration),
      option("tell_unknown", "Without registration: whether an address without an account gets a mail that says so.",
             {}, &O::tell_unknown),
      option("lifetime", "How long a mailed link works.", between(1s, 10min, "MFA-05"), &O::lifetime),
      option(
          "same_browser",
          "Whether a link works only in the browser that asked for it; that browser also takes the code in the mail.",
          {}, &O::same_browser),
      option("requests_per_client", "Mails that one client can ask for in five minutes.", between(1, 10000),
             &O::requests_per_client),
      option("attempts_per_client", "Links and codes that one client can try in five minutes.", between(1, 10000),
             &O::attempts_per_client),
      option("guesses_per_account", "Wrong codes for one account in a quarter of an hour.", between(1, 1000, "THR-01"),
             &O::guesses_per_account),
  };
  return all;
}

namespace rooms {

Room magic_link() {
  return {.name = "magic_link",
          .sentence = "Sign-in with a link that is mailed.",
          .defaults = MagicLinkOptions{},
          .development = MagicLinkOptions{.registration = true},
          .options = strategies::magic_link::options(),
          .declare = declares(rowan::magic_link)};
}

}  // namespace rooms

}  // namespace rowan
