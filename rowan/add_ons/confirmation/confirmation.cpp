#include <rowan/add_ons/confirmation/actions.hpp>
#include <rowan/add_ons/confirmation/change_of_address.hpp>
#include <rowan/add_ons/confirmation/options.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/letters.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = add_ons::confirmation;
using Options = std::shared_ptr<const ConfirmationOptions>;

Phase confirm_phase(const Options& options) {
  return {
      .name = "confirm",
      .path = "",
      .cost = Cost::hash,
      .inputs = {{.name = "confirm", .kind = Input::Kind::token, .max_bytes = 256, .description = "The mailed token"},
                 {.name = "current_password",
                  .kind = Input::Kind::password,
                  .required = false,
                  .max_bytes = 4096,
                  .description = "Keeps the credentials of an account that was made somewhere else"},
                 flow_input(false)},
      .limits = {per_client("confirm", options->attempts_per_client)},
      .done = std::string(sentence("Your email address is confirmed.")),
      .flow_name = std::string(registration_flow),
      .description = "Confirms an address, a registration or a change of address, once",
      .run = running(options, room::confirm),
      .happened = std::string(sentence("Email address confirmed"))};
}

Phase resend_phase(const Options& options) {
  return {.name = "resend",
          .path = "/resend",
          .inputs = {email_input("The address to mail to"), flow_input(false)},
          .limits = {per_client("resend", options->requests_per_client), mail_limit("email", "confirmation", 8, 1h)},
          .flow_name = std::string(registration_flow),
          .description = "Mails the confirmation again; the same answer for every address",
          .run = running(options, room::resend)};
}

Phase change_phase(const Options& options) {
  return {.name = "change",
          .path = "/change",
          .cost = Cost::hash,
          .inputs = {email_input("The new address"), current_password_input()},
          .limits = {{.name = "change/account", .per = RateLimit::Per::account, .max = 10, .window = 5min},
                     mail_limit("email", "change", 8, 1h)},
          .who = Who::session,
          .description = "Asks for another address; it changes when the new one is proven",
          .run = running(options, room::ask_for_change),
          .happened = std::string(sentence("Change of email address requested"))};
}

Strategy confirming_part(const Options& options) {
  Strategy part{.name = options->name, .proves = {Evidence::mailbox}};
  part.phases = {confirm_phase(options), resend_phase(options)};
  part.panels = {
      {.place = Panel::Place::reset, .order = 9, .template_name = "confirmation/resend.html", .phase = "resend"}};
  part.pages = {
      {.with = Page::With::confirm_route,
       .path = std::string(room::page),
       .has_token = true,
       .template_name = "confirmation/confirm.html",
       .phase = "confirm",
       .look = [](const PhaseContext& context, std::string_view token) { return room::look(context, token); }}};
  part.letters = {{.name = "confirmation/confirm",
                   .sentence = "An account was made with this address.",
                   .fields = letter::fields(letter::link_until(room::page), {letter::moment("registered_at")})},
                  {.name = "confirmation/register",
                   .sentence = "Someone registered with this address (confirm_first).",
                   .fields = letter::link_until(room::page)},
                  {.name = "confirmation/taken",
                   .sentence = "Someone registered with this address (confirm_first), and it has an account.",
                   .fields = {letter::link_to(PageName::reset)}},
                  {.name = "confirmation/nothing",
                   .sentence = "The mail was asked for again, and there is nothing to confirm.",
                   .fields = {letter::link_to(PageName::reset)}}};
  part.confirming.hold = [options](Transaction& transaction, const PhaseContext& context,
                                   const HeldRegistration& registration) {
    return room::hold(transaction, context, registration, *options);
  };
  part.hooks.on_register = [options](Transaction& transaction, const Services& services, const User& user,
                                     const AuthEvent& event) {
    return room::on_register(transaction, services, user, event, *options);
  };
  part.hooks.on_taken_over = room::on_taken_over;
  if (options->required_to_sign_in)
    part.hooks.before_sign_in = [](Transaction&, const Services&, const User& user,
                                   const AuthEvent& event) -> Result<> {
      if (user.confirmed_at || event.registered) return {};
      return Error{.code = ErrorCode::confirmation_required, .reason = "the address is not confirmed"};
    };
  part.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget(transaction, user);
  };
  part.options = {.options = room::options(), .values = *options};
  part.check = [options](const SubjectView&) {
    std::vector<std::string> problems;
    if (options->monitor != std::vector<std::string>{"email"})
      problems.push_back("monitor: only {\"email\"} is supported");
    return problems;
  };
  return part;
}

Strategy changing_part(const Options& options) {
  Strategy part{.name = "email", .proves = {Evidence::mailbox}};
  part.phases = {change_phase(options)};
  const auto of_link = letter::link_until(room::page);
  const std::vector<LetterField> to_reset{letter::link_to(PageName::reset)};
  const auto new_email = letter::text("new_email", "ada@new.example");
  part.letters = {
      {.name = "confirmation/change", .sentence = "To the new address: is it theirs?", .fields = of_link},
      {.name = "confirmation/change_taken",
       .sentence = "To the new address of a change: it has an account already.",
       .fields = to_reset},
      {.name = "confirmation/change_asked",
       .sentence = "To the old address: another one was asked for.",
       .fields = letter::fields(to_reset, {new_email})},
      {.name = "confirmation/changed",
       .sentence = "To the new address: it is the account's now.",
       .fields = letter::fields({letter::link_home()}, {new_email}),
       .is_notice = true},
      {.name = "confirmation/revert",
       .sentence = "To the old address: how to take the account back.",
       .fields = letter::fields(of_link, {new_email}),
       .is_notice = true},
      {.name = "confirmation/reverted", .sentence = "To the address that lost the account again.", .fields = to_reset}};
  part.panels = {{.place = Panel::Place::account,
                  .order = 1,
                  .template_name = "confirmation/change_email.html",
                  .phase = "change"}};
  return part;
}

}  // namespace

AddOn confirmation(ConfirmationOptions given) {
  const auto options = std::make_shared<const ConfirmationOptions>(std::move(given));
  AddOn add_on{.name = "confirmation", .parts = {confirming_part(options)}};
  if (options->change_of_address) add_on.parts.push_back(changing_part(options));
  return add_on;
}

}  // namespace rowan
