#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/recovery_code/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& strategies::recovery_code::options() {
  using O = RecoveryCodeOptions;
  static const std::vector<Option> all{
      option("codes", "How many codes an account gets.", between(5, 20), &O::codes),
      option("length", "How many characters a code has, without dashes.", between(22, 64, "MFA-02"), &O::code,
             &CodeShape::length),
      choice("alphabet", "The characters that codes are made of. With digits alone a code needs 34 of them.",
             Choices<std::string_view>{{"unambiguous_alphanumeric", CodeShape::unambiguous_alphanumeric},
                                       {"unambiguous_uppercase", CodeShape::unambiguous_uppercase},
                                       {"digits", CodeShape::digits},
                                       {"uppercase_letters", CodeShape::uppercase_letters}},
             &O::code, &CodeShape::alphabet),
      option("recent", "How long ago the second factor of a session may have been shown when new codes are made.",
             between(1s, std::chrono::days(1)), &O::recent),
      option("attempts_per_client", "Codes that one client can try in five minutes.", between(1, 10000),
             &O::attempts_per_client),
      option("attempts_per_account",
             "Wrong codes for one account in a quarter of an hour; a browser that signed in before has its own count.",
             between(1, 1000, "THR-01"), &O::attempts_per_account),
      option("attempts_per_flow", "Wrong codes after which a sign-in has to begin again.", between(1, 10, "MFA-07"),
             &O::attempts_per_flow),
  };
  return all;
}

namespace rooms {

Room recovery_code() {
  return {.name = "recovery_code",
          .sentence = "Codes on paper, for when the other second factors are out of reach.",
          .signs_in = false,
          .defaults = RecoveryCodeOptions{},
          .options = strategies::recovery_code::options(),
          .declare = declares(rowan::recovery_code)};
}

}  // namespace rooms

}  // namespace rowan
