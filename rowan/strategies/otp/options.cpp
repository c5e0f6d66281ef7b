#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/otp/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& strategies::otp::options() {
  using O = OtpOptions;
  static const std::vector<Option> all{
      option("registration", "Whether a code makes an account for an address that has none.", {}, &O::registration),
      option("tell_unknown", "Without registration: whether an address without an account gets a mail that says so.",
             {}, &O::tell_unknown),
      option("lifetime", "How long a mailed code works.", between(1s, 10min, "MFA-05"), &O::lifetime),
      option("length", "How many characters a code has.", between(4, 12), &O::code, &CodeShape::length),
      choice("alphabet", "The characters that codes are made of.",
             Choices<std::string_view>{{"unambiguous_uppercase", CodeShape::unambiguous_uppercase},
                                       {"unambiguous_alphanumeric", CodeShape::unambiguous_alphanumeric},
                                       {"digits", CodeShape::digits},
                                       {"uppercase_letters", CodeShape::uppercase_letters}},
             &O::code, &CodeShape::alphabet),
      option("requests_per_client", "Mails that one client can ask for in five minutes.", between(1, 10000),
             &O::requests_per_client),
      option("attempts_per_client", "Codes that one client can try in five minutes.", between(1, 10000),
             &O::attempts_per_client),
      option("attempts_per_account",
             "Wrong codes for one account in a quarter of an hour; a browser that signed in before has its own count.",
             between(1, 1000, "THR-01"), &O::attempts_per_account),
      option("attempts_per_code", "Wrong codes after which the mailed code stops working.", between(1, 10, "MFA-04"),
             &O::attempts_per_code),
  };
  return all;
}

namespace rooms {

Room otp() {
  return {.name = "otp",
          .sentence = "Sign-in with a code that is mailed.",
          .defaults = OtpOptions{},
          .options = strategies::otp::options(),
          .declare = declares(rowan::otp)};
}

}  // namespace rooms

}  // namespace rowan
