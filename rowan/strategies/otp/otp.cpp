#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/ways_in.hpp>
#include <rowan/strategies/otp/actions.hpp>
#include <rowan/strategies/otp/options.hpp>

namespace rowan {

namespace {

namespace room = strategies::otp;
using Options = std::shared_ptr<const OtpOptions>;

Phase request_phase(const Options& options) {
  return {.name = "request",
          .path = "/request",
          .inputs = {email_input("The address to mail to"), flow_input(false)},
          .limits = {per_client("request", options->requests_per_client),
                     mail_limit("email", "code", 5, options->lifetime)},
          .description = "Mails a code; the same answer for every address",
          .run = running(options, room::request),
          .happened = std::string(sentence("Sign-in code requested"))};
}

Phase sign_in_phase(const Options& options) {
  return {.name = "sign_in",
          .path = "/sign_in",
          .inputs = {email_input("The address to mail to"),
                     {.name = "otp",
                      .kind = Input::Kind::token,
                      .max_bytes = 64,
                      .description = "The mailed code; case, blanks and dashes do not matter"},
                     flow_input(true),
                     remember_me_input()},
          .limits = {per_client("guess", options->attempts_per_client)},
          .page = "otp/enter_code.html",
          .failed = std::string(sentence("This code is wrong or no longer valid.")),
          .description = "Signs in by a mailed code, once",
          .run = running(options, room::sign_in)};
}

}  // namespace

Strategy otp(OtpOptions given) {
  const auto options = std::make_shared<const OtpOptions>(std::move(given));
  Strategy strategy{.name = options->name, .proves = {Evidence::mailbox, Evidence::one_time_code}};
  strategy.phases = {request_phase(options), sign_in_phase(options)};
  strategy.panels = {
      {.place = Panel::Place::sign_in, .order = 1, .template_name = "otp/request.html", .phase = "request"}};
  if (options->registration)
    strategy.panels.push_back(
        {.place = Panel::Place::register_, .order = 1, .template_name = "otp/request.html", .phase = "request"});
  const std::vector<LetterField> of_code{letter::text("code", "BCDF-GHJK"), letter::moment("expires_at")};
  strategy.letters = {
      {.name = "otp/sign_in", .sentence = "A code was asked for; the address has an account.", .fields = of_code},
      {.name = "otp/take_over",
       .sentence = "A code was asked for; the address has an account, and was never proven.",
       .fields = letter::fields(of_code, {letter::moment("registered_at")})},
      {.name = "otp/register",
       .sentence = "A code was asked for; the address has no account, and the code makes one.",
       .fields = of_code},
      {.name = "otp/unknown",
       .sentence = "A code was asked for; the address has no account, and cannot get one by a code.",
       .fields = {letter::link_to(PageName::register_)}}};
  strategy.guesses = room::limits_of_guesses(*options);
  strategy.signs_in = by_address;
  strategy.options = {.options = room::options(), .values = *options};
  strategy.check = [shape = options->code](const SubjectView&) { return problems_of(shape); };
  return strategy;
}

}  // namespace rowan
