#include <rowan/strategies/otp/actions.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::otp;
using Options = std::shared_ptr<const OtpOptions>;

Input email() {
  return {.name = "email", .kind = Input::Kind::email, .max_bytes = 320, .description = "The address to mail to"};
}
Input flow(bool required) {
  return {.name = "flow",
          .kind = Input::Kind::flow,
          .required = required,
          .max_bytes = 64,
          .description = "What the request answered"};
}

template <class Action>
auto running(Options options, Action action) {
  return [options, action](const PhaseContext& context) -> Result<Outcome> {
    auto outcome = action(context, *options);
    if (!outcome) return std::move(outcome).error();
    return Outcome(*std::move(outcome));
  };
}

Phase request_phase(const Options& options) {
  return {.name = "request",
          .path = "/request",
          .inputs = {email(), flow(false)},
          .limits = {{.name = "request/client",
                      .per = RateLimit::Per::client,
                      .max = options->requests_per_client,
                      .window = 5min},
                     mail_limit("email", "code", 5, options->lifetime)},
          .description = "Mails a code; the same answer for every address",
          .run = running(options, room::request)};
}

Phase sign_in_phase(const Options& options) {
  return {.name = "sign_in",
          .path = "/sign_in",
          .inputs = {email(),
                     {.name = "otp",
                      .kind = Input::Kind::token,
                      .max_bytes = 64,
                      .description = "The mailed code; case, blanks and dashes do not matter"},
                     flow(true),
                     {.name = "remember_me",
                      .kind = Input::Kind::flag,
                      .required = false,
                      .max_bytes = 8,
                      .description = "Stay signed in on this device"}},
          .limits = guess_limits(options->attempts_per_client, options->attempts_per_account),
          .page = "otp/enter_code.html",
          .failed = std::string(sentence("This code is wrong or no longer valid.")),
          .description = "Signs in by a mailed code, once",
          .run = running(options, room::sign_in)};
}

std::vector<std::string> problems_in(const OtpOptions& options) {
  std::vector<std::string> problems;
  for (auto& problem : problems_of(options.code)) problems.push_back("code." + problem);
  if (options.lifetime > 10min || options.lifetime <= 0s)
    problems.push_back("lifetime: more than nothing and at most 10 minutes (SECURITY MFA-05)");
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
  strategy.check = [options](const SubjectView&) { return problems_in(*options); };
  return strategy;
}

}  // namespace rowan
