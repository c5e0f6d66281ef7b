#include <rowan/add_ons/confirmation/actions.hpp>
#include <rowan/add_ons/confirmation/change_of_address.hpp>
#include <rowan/engine/confirm_identity.hpp>
#include <rowan/engine/letters.hpp>

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
      .run = running(options, room::confirm)};
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
          .needs_session = true,
          .description = "Asks for another address; it changes when the new one is proven",
          .run = running(options, room::ask_for_change)};
}

Strategy confirming_part(const Options& options) {
  Strategy part{.name = options->name};
  part.phases = {confirm_phase(options), resend_phase(options)};
  part.panels = {
      {.place = Panel::Place::reset, .order = 9, .template_name = "confirmation/resend.html", .phase = "resend"}};
  part.token_pages = {
      {.with = TokenPage::With::confirm_route,
       .path = std::string(room::page),
       .template_name = "confirmation/confirm.html",
       .phase = "confirm",
       .look = [](const PhaseContext& context, std::string_view token) { return room::look(context, token); }}};
  part.confirming.hold = [options](Transaction& transaction, const PhaseContext& context,
                                   const HeldRegistration& registration) {
    return room::hold(transaction, context, registration, *options);
  };
  part.hooks.on_register = [options](Transaction& transaction, const Spine& spine, const User& user,
                                     const AuthEvent& event) {
    return room::on_register(transaction, spine, user, event, *options);
  };
  part.hooks.on_taken_over = room::on_taken_over;
  if (options->required_to_sign_in)
    part.hooks.before_sign_in = [](Transaction&, const Spine&, const User& user, const AuthEvent& event) -> Result<> {
      if (user.confirmed_at || event.registered) return {};
      return Error{.code = ErrorCode::confirmation_required, .reason = "the address is not confirmed"};
    };
  part.hooks.on_close = [](Transaction& transaction, const Spine&, const User& user) {
    return room::forget(transaction, user);
  };
  part.check = [options](const SubjectView&) {
    std::vector<std::string> problems;
    if (options->monitor != std::vector<std::string>{"email"})
      problems.push_back("monitor: {\"email\"} is what can be confirmed");
    if (options->lifetime <= 0s || options->lifetime > std::chrono::days(30))
      problems.push_back("lifetime: more than nothing and at most 30 days");
    if (options->revert_lifetime < 0s || options->revert_lifetime > std::chrono::days(30))
      problems.push_back("revert_lifetime: at most 30 days; 0 switches it off");
    return problems;
  };
  return part;
}

Strategy changing_part(const Options& options) {
  Strategy part{.name = "email"};
  part.phases = {change_phase(options)};
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
