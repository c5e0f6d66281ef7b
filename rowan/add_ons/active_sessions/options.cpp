#include <rowan/add_ons/active_sessions/options.hpp>
#include <rowan/engine/parts/room.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& add_ons::active_sessions::options() {
  using O = ActiveSessionsOptions;
  static const std::vector<Option> all{
      option("max_sessions",
             "How many sessions and bearer tokens of an account can work at once; a new sign-in ends those that were "
             "unused for longest. 0: any number.",
             between(0, 1000, "SES-13"), &O::max_sessions),
      option("recent", "How old a sign-in may be by which other sessions are ended; 0s: any session may.",
             between(0s, std::chrono::days(1), "SES-11"), &O::recent),
  };
  return all;
}

namespace rooms {

Room active_sessions() {
  return {.name = "active_sessions",
          .sentence = "People see where they are signed in, and end it.",
          .signs_in = false,
          .defaults = ActiveSessionsOptions{},
          .options = add_ons::active_sessions::options(),
          .declare = declares(rowan::active_sessions)};
}

}  // namespace rooms

}  // namespace rowan
