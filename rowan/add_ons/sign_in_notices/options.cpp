#include <rowan/add_ons/sign_in_notices/options.hpp>
#include <rowan/add_ons/sign_in_notices/sign_in_notices.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& add_ons::sign_in_notices::options() {
  using O = SignInNoticesOptions;
  static const std::vector<Option> all{
      option("failures", "After so many failed attempts the owner hears of the sign-in that follows.",
             between(1, 1000, "THR-10"), &O::failures),
      option("window", "How long failed attempts are counted together, since the first of them.",
             between(1h, std::chrono::days(30), "THR-10"), &O::window),
      option("settling_in", "How long after its registration an account's new browsers are not told.",
             between(0s, std::chrono::days(30), "THR-10"), &O::settling_in),
  };
  return all;
}

namespace rooms {

Room sign_in_notices() {
  return {.name = "sign_in_notices",
          .sentence = "Owners hear of sign-ins from new browsers, and of those that follow many failures.",
          .signs_in = false,
          .defaults = SignInNoticesOptions{},
          .options = add_ons::sign_in_notices::options(),
          .declare = declares(rowan::sign_in_notices)};
}

}  // namespace rooms

}  // namespace rowan
