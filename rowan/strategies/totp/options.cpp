#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/totp/options.hpp>

namespace rowan {

using namespace std::chrono_literals;

const std::vector<Option>& strategies::totp::options() {
  using O = TotpOptions;
  static const std::vector<Option> all{
      choice("algorithm", "The hash that codes are made with. Most authenticator apps know sha1 only.",
             Choices<O::Algorithm>{
                 {"sha1", O::Algorithm::sha1}, {"sha256", O::Algorithm::sha256}, {"sha512", O::Algorithm::sha512}},
             &O::algorithm),
      option("digits", "How many digits a code has: 6 or 8.", between(6, 8, "MFA-04"), &O::digits),
      option("period", "How long an app shows a code. The one before it is accepted too.", between(15s, 2min, "MFA-05"),
             &O::period),
      option("setup_lifetime", "How long people have from the QR code to the first right code.", between(1min, 1h),
             &O::setup_lifetime),
      option("recent", "How old a sign-in may be that counts as a fresh one when an authenticator is added or removed.",
             between(1s, std::chrono::days(1)), &O::recent),
      option("authenticators", "How many authenticators an account can have.", between(1, 20), &O::authenticators),
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

Room totp() {
  return {.name = "totp",
          .sentence = "A second factor: codes of an authenticator app.",
          .signs_in = false,
          .defaults = TotpOptions{},
          .options = strategies::totp::options(),
          .declare = declares(rowan::totp)};
}

}  // namespace rooms

}  // namespace rowan
