#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/strategies/totp/actions.hpp>
#include <rowan/strategies/totp/options.hpp>
#include <rowan/strategies/totp/queries.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::totp;
using Options = std::shared_ptr<const TotpOptions>;

Input code_input(std::string description, bool required) {
  return {.name = "code",
          .kind = Input::Kind::token,
          .required = required,
          .max_bytes = 32,
          .description = std::move(description)};
}

RateLimit per_account(const std::string& phase) {
  return {.name = phase + "/account", .per = RateLimit::Per::account, .max = 20, .window = 5min};
}

Phase setup_phase(const Options& options) {
  return {.name = "setup",
          .path = "/setup",
          .cost = Cost::hash,
          .inputs = {current_password_input(), code_input("Of an authenticator that the account has", false)},
          .limits = {per_account("setup")},
          .who = Who::session_or_enrolling,
          .description = "Answers a fresh seed to set an authenticator up with",
          .run = running(options, room::set_up)};
}

Phase confirm_setup_phase(const Options& options) {
  return {.name = "confirm_setup",
          .path = "/confirm_setup",
          .inputs = {code_input("What the new authenticator shows", true),
                     {.name = "label", .required = false, .max_bytes = 200, .description = "The owner's name for it"},
                     flow_input(true)},
          .limits = {per_account("confirm_setup")},
          .who = Who::session_or_enrolling,
          .done = std::string(sentence("Your authenticator app is set up. All other devices were signed out.")),
          .description = "Puts the authenticator on the account; every other session ends",
          .run = running(options, room::confirm_setup),
          .happened = std::string(sentence("Authenticator app added"))};
}

// The form of both, and one count for both.
Phase verifying(const Options& options, const std::string& name, Who who, std::string description) {
  return {.name = name,
          .path = "/" + name,
          .inputs = {code_input("What an authenticator shows; blanks and dashes do not matter", true)},
          .limits = {per_client("verify", options->attempts_per_client)},
          .who = who,
          .failed = std::string(words::wrong_code),
          .description = std::move(description),
          .run = running(options, room::verify)};
}

Phase remove_phase(const Options& options) {
  return {.name = "remove",
          .path = "/remove",
          .cost = Cost::hash,
          .inputs = {{.name = "authenticator",
                      .required = false,
                      .max_bytes = 64,
                      .description = "Which one; without it the one whose code is given"},
                     current_password_input(),
                     code_input("Of any of the account's authenticators", false)},
          .limits = {per_account("remove")},
          .who = Who::session,
          .done = std::string(sentence("The authenticator app was removed. All other devices were signed out.")),
          .description = "Removes an authenticator; every other session ends",
          .run = running(options, room::remove),
          .happened = std::string(sentence("Authenticator app removed"))};
}

}  // namespace

Strategy totp(TotpOptions given) {
  const auto options = std::make_shared<const TotpOptions>(std::move(given));
  Strategy strategy{.name = options->name, .proves = {Evidence::held, Evidence::one_time_code}};
  strategy.phases = {
      setup_phase(options), confirm_setup_phase(options),
      verifying(options, "sign_in", Who::pending, "Ends a sign-in that waits for its second factor"),
      verifying(options, "verify", Who::session_or_pending, "The same, or renews the session with a second factor"),
      remove_phase(options)};
  const auto fill = [options](const PhaseContext& context) { return room::look_at_account(context, *options); };
  strategy.panels = {{.place = Panel::Place::account,
                      .order = 20,
                      .template_name = "totp/account.html",
                      .phase = "setup",
                      .fill = fill},
                     {.place = Panel::Place::account,
                      .order = 21,
                      .template_name = "totp/remove.html",
                      .phase = "remove",
                      .fill = fill},
                     {.place = Panel::Place::second_factor,
                      .template_name = "totp/second_factor.html",
                      .phase = "verify",
                      .title = std::string(sentence("Use your authenticator app"))},
                     {.place = Panel::Place::set_up,
                      .kind = Panel::Kind::link,
                      .order = 20,
                      .template_name = "link.html",
                      .title = std::string(sentence("Set up an authenticator app")),
                      .page = "/totp-setup"}};
  strategy.pages = {{.with = Page::With::auth_routes,
                     .path = "/totp-setup",
                     .who = Who::session_or_enrolling,
                     .description = "Page: set up an authenticator app",
                     .template_name = "totp/setup.html",
                     .phase = "confirm_setup",
                     .look = [options](const PhaseContext& context,
                                       std::string_view) { return room::look_at_setup(context, *options); }},
                    {.with = Page::With::auth_routes,
                     .path = "/totp-verify",
                     .who = Who::session_or_pending,
                     .description = "Page: leads to the code of an authenticator app",
                     .leads_to = "/second-factor"}};
  strategy.letters = {{.name = "totp/added",
                       .sentence = "An authenticator app was set up.",
                       .fields = fields_of_undo_notice(),
                       .is_notice = true},
                      {.name = "totp/removed",
                       .sentence = "An authenticator app was removed.",
                       .fields = fields_of_undo_notice(),
                       .is_notice = true}};
  strategy.migrations = embedded_migrations("strategies/totp");
  strategy.guesses = room::limits_of_guesses(*options);
  strategy.hooks.factors = [name = options->name](SqlConnection& connection, const Services&, AccountId account) {
    return room::factors(connection, account, name);
  };
  strategy.hooks.drop_factors = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget(transaction, account);
  };
  strategy.undo = [](Transaction& transaction, const Services& services, const User& user, const Json& data) {
    return room::undo(transaction, services, user.id, data);
  };
  strategy.hooks.on_taken_over = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget(transaction, account);
  };
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget(transaction, user.id);
  };
  strategy.expire = [](const Services&, Sweep& sweep) {
    return sweep.remove(room::sql::expire_setups, std::chrono::microseconds(0));
  };
  strategy.options = {.options = room::options(), .values = *options};
  strategy.check = [options](const SubjectView&) -> std::vector<std::string> {
    if (options->digits == 7) return {"digits: authenticator apps show 6 or 8; use one of these"};
    return {};
  };
  return strategy;
}

}  // namespace rowan
