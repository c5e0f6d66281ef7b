#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/remember_me/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

namespace strategies::remember_me {

const std::vector<Option>& options() {
  using O = RememberMeOptions;
  static const std::vector<Option> all{
      option("lifetime", "How long a browser is remembered, since its sign-in.", between(1h, std::chrono::days(60)),
             &O::lifetime),
      option("repeat_within", "How long the secret from before is still answered, for tabs that ask at once.",
             between(5s, 10min, "SES-17"), &O::repeat_within),
      option("browsers", "How many browsers of an account are remembered at once.", between(1, 200), &O::browsers),
  };
  return all;
}

}  // namespace strategies::remember_me

namespace rooms {

Room remember_me() {
  return {.name = "remember_me",
          .sentence = "Browsers whose owner asks for it stay signed in for weeks.",
          .signs_in = false,
          .defaults = RememberMeOptions{},
          .options = strategies::remember_me::options(),
          .declare = declares(rowan::remember_me)};
}

}  // namespace rooms

}  // namespace rowan
