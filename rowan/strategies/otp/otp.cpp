#include <rowan/engine/phase_parts.hpp>
#include <rowan/strategies/otp/actions.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::otp;
using Options = std::shared_ptr<const OtpOptions>;

Phase request_phase(const Options& options) {
  return {.name = "request",
          .path = "/request",
          .inputs = {email_input("The address to mail to"), flow_input(false)},
          .limits = {per_client("request", options->requests_per_client),
                     mail_limit("email", "code", 5, options->lifetime)},
          .description = "Mails a code; the same answer for every address",
          .run = running(options, room::request)};
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

std::vector<std::string> problems_in(const OtpOptions& options) {
  std::vector<std::string> problems;
  for (auto& problem : problems_of(options.code)) problems.push_back("code." + problem);
  if (options.lifetime > 10min || options.lifetime <= 0s)
    problems.push_back("lifetime: more than nothing and at most 10 minutes (MFA-05)");
  if (options.attempts_per_code < 1 || options.attempts_per_code > 10) problems.push_back("attempts_per_code: 1 to 10");
  return problems;
}

}  // namespace

Strategy otp(OtpOptions given) {
  const auto options = std::make_shared<const OtpOptions>(std::move(given));
  Strategy strategy{.name = options->name};
  strategy.phases = {request_phase(options), sign_in_phase(options)};
  strategy.panels = {
      {.place = Panel::Place::sign_in, .order = 1, .template_name = "otp/request.html", .phase = "request"}};
  if (options->registration)
    strategy.panels.push_back(
        {.place = Panel::Place::register_, .order = 1, .template_name = "otp/request.html", .phase = "request"});
  strategy.guesses = room::limits_of_guesses(*options);
  strategy.check = [options](const SubjectView&) { return problems_in(*options); };
  return strategy;
}

}  // namespace rowan
