#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/ways_in.hpp>
#include <rowan/strategies/magic_link/actions.hpp>
#include <rowan/strategies/magic_link/options.hpp>

namespace rowan {

namespace {

namespace room = strategies::magic_link;
using Options = std::shared_ptr<const MagicLinkOptions>;

Phase request_phase(const Options& options) {
  return {.name = "request",
          .path = "/request",
          .inputs = {email_input("The address to mail to"), flow_input(false)},
          .limits = {per_client("request", options->requests_per_client),
                     mail_limit("email", "link", 5, options->lifetime)},
          .description = "Mails a link that signs in; the same answer for every address",
          .run = running(options, room::request),
          .happened = std::string(sentence("Sign-in link requested"))};
}

Phase sign_in_phase(const Options& options) {
  return {.name = "sign_in",
          .path = "",
          .inputs = {{.name = "token", .kind = Input::Kind::token, .max_bytes = 256, .description = "The mailed token"},
                     flow_input(false),
                     remember_me_input()},
          .limits = {per_client("sign_in", options->attempts_per_client)},
          .description = "Signs in by a mailed link, once",
          .run = running(options, room::sign_in)};
}

Phase sign_in_with_code_phase(const Options& options) {
  return {.name = "sign_in_with_code",
          .path = "/code",
          .inputs = {email_input("The address to mail to"),
                     {.name = "code", .kind = Input::Kind::token, .max_bytes = 64, .description = "The mailed code"},
                     flow_input(false),
                     remember_me_input()},
          .limits = {per_client("guess", options->attempts_per_client)},
          .page = "magic_link/requested_with_code.html",
          .failed = std::string(sentence("This code is wrong or no longer valid.")),
          .description = "Signs in by the code of a mail that was opened in another browser",
          .run = running(options, room::sign_in_with_code)};
}

}  // namespace

Strategy magic_link(MagicLinkOptions given) {
  const auto options = std::make_shared<const MagicLinkOptions>(std::move(given));
  Strategy strategy{.name = options->name, .proves = {Evidence::mailbox}};
  strategy.phases = {request_phase(options), sign_in_phase(options)};
  if (options->same_browser) {
    strategy.phases.push_back(sign_in_with_code_phase(options));
    strategy.guesses = room::limits_of_guesses(*options);
  }
  strategy.panels = {{.place = Panel::Place::sign_in,
                      .kind = Panel::Kind::link,
                      .template_name = "magic_link/request.html",
                      .phase = "request"}};
  if (options->registration)
    strategy.panels.push_back({.place = Panel::Place::register_,
                               .kind = Panel::Kind::link,
                               .template_name = "magic_link/request.html",
                               .phase = "request"});
  strategy.pages = {{.with = Page::With::magic_sign_in_route,
                     .path = std::string(room::page),
                     .has_token = true,
                     .template_name = "magic_link/sign_in.html",
                     .phase = "sign_in",
                     .look = [options](const PhaseContext& context, std::string_view token) {
                       return room::look(context, token, *options);
                     }}};
  const auto of_link = letter::fields(letter::link_until(room::page), {letter::text("code", "BCDF-GHJK")});
  strategy.letters = {{.name = "magic_link/sign_in",
                       .sentence = "A link was asked for; the address has an account.",
                       .fields = of_link},
                      {.name = "magic_link/register",
                       .sentence = "A link was asked for; the address has no account, and the link makes one.",
                       .fields = of_link},
                      {.name = "magic_link/unknown",
                       .sentence = "A link was asked for; the address has no account, and cannot get one by a link.",
                       .fields = {letter::link_to(PageName::register_)}}};
  strategy.signs_in = by_address;
  strategy.options = {.options = room::options(), .values = *options};
  return strategy;
}

}  // namespace rowan
