// What can be said about passwords in a file, in the documents and in a check.
#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/password/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& strategies::password::options() {
  using O = PasswordOptions;
  using R = O::Registration;
  static const std::vector<Option> all{
      choice("registration",
             "Whether people can register: at once, after they have proven their address (which needs the section "
             "confirmation), or not at all.",
             Choices<R>{{"off", R::off}, {"immediate", R::immediate}, {"confirm_first", R::confirm_first}},
             &O::registration),
      option("register_accepts", "Names of additional fields of the registration form.", {}, &O::register_accepts),
      option("confirmation_required", "A second field must repeat a new password.", {}, &O::confirmation_required),
      option("minimum_length", "The fewest characters of a new password.", between(8, 64, "PWD-01"),
             &O::minimum_length),
      option("maximum_length", "The most characters of a new password; nothing is ever cut off.",
             between(64, 1000, "PWD-02"), &O::maximum_length),
      option("forbidden_words", "Words that no password may be, such as the name of the service.", {},
             &O::forbidden_words),
      option("reset_lifetime", "How long the link in a reset mail works.", between(1min, 24h), &O::reset_lifetime),
      option("sign_in_tokens", "Whether the application can issue tokens that sign in once.", {}, &O::sign_in_tokens),
      option("sign_in_token_lifetime", "How long such a token works, unless the one who issues it says otherwise.",
             between(1s, 1h), &O::sign_in_token_lifetime),
      option("attempts_per_address", "Attempts of one client at each form in five minutes.", between(1, 10000),
             &O::attempts_per_address),
      option("attempts_per_account",
             "Wrong passwords for one account in five minutes, in all places that ask for it; a browser that "
             "signed in before has its own count.",
             between(1, 1000, "THR-01"), &O::attempts_per_account),
      option("consecutive_failures",
             "Wrong passwords in a row that lock the password; other ways to sign in, such as a reset, still work.",
             between(1, 100, "NIST SP 800-63B-4 section 3.2.2"), &O::consecutive_failures),
  };
  return all;
}

namespace rooms {

Room password() {
  return {.name = "password",
          .sentence = "Sign-in with an email address and a password.",
          .defaults = PasswordOptions{},
          .options = strategies::password::options(),
          .declare = declares(rowan::password)};
}

}  // namespace rooms

}  // namespace rowan
