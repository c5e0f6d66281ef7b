#include <rowan/base/try.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/strategies/webauthn/actions.hpp>
#include <rowan/strategies/webauthn/inputs.hpp>
#include <rowan/strategies/webauthn/options.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::webauthn;
using Options = std::shared_ptr<const WebauthnOptions>;

RateLimit per_account(const std::string& phase) {
  return {.name = phase + "/account", .per = RateLimit::Per::account, .max = 30, .window = 5min};
}

Input id_input() {
  return {.name = "id",
          .max_bytes = 1400,  // a credential's own id has up to 1023 bytes
          .description = "Which one, as the account page lists it or as the authenticator calls it"};
}

std::vector<Input> answered(std::vector<Input> more) {
  auto inputs = room::credential_inputs();
  inputs.insert(inputs.end(), more.begin(), more.end());
  return inputs;
}

std::string did_not_work() { return std::string(sentence("That passkey didn't work. Please try again.")); }

// A registration that waits has the flow of all that wait.
std::string flow_of_registration(const WebauthnOptions& options) {
  const bool held = options.registration == WebauthnOptions::Registration::confirm_first;
  return std::string(held ? registration_flow : std::string_view());
}

Phase registration_challenge_phase(const Options& options) {
  std::vector<RateLimit> limits{per_client("challenge", options->challenges_per_client)};
  if (options->registration == WebauthnOptions::Registration::confirm_first)
    limits.push_back(mail_limit("email", "registration", 8, 1h));
  return {.name = "registration_challenge",
          .path = "/registration_challenge",
          .inputs = {email_input("The account's address")},
          .limits = std::move(limits),
          .page = "webauthn/begin_registration.html",
          .flow_name = flow_of_registration(*options),
          .description = "Answers what a browser makes a passkey for a new account with",
          .run = running(options, room::ask_to_register)};
}

Phase register_phase(const Options& options) {
  const bool held = options->registration == WebauthnOptions::Registration::confirm_first;
  return {.name = "register",
          .path = "/register",
          .inputs = answered({room::label_input(), flow_input(true)}),
          .limits = {per_client("register", options->attempts_per_client)},
          .flow_name = flow_of_registration(*options),
          .failed = did_not_work(),
          .description = held ? "Mails a link that makes an account with this passkey"
                              : "Makes an account with this passkey and signs in",
          .run = running(options, room::register_account)};
}

Phase authentication_challenge_phase(const Options& options) {
  auto email = email_input("Whose passkey it has to be; the answer is the same for every address");
  email.required = false;
  return {.name = "authentication_challenge",
          .path = "/authentication_challenge",
          .inputs = {std::move(email)},
          .limits = {per_client("challenge", options->challenges_per_client)},
          .description = "Answers what a browser asks for a passkey with",
          .run = running(options, room::ask_to_sign_in)};
}

Phase sign_in_phase(const Options& options) {
  return {.name = "sign_in",
          .path = "/sign_in",
          .inputs = answered({remember_me_input(), flow_input(true)}),
          .limits = {per_client("sign_in", options->attempts_per_client)},
          .failed = did_not_work(),
          .description = "Signs in with a passkey",
          .run = running(options, room::sign_in)};
}

Phase verify_challenge_phase(const Options& options) {
  return {.name = "verify_challenge",
          .path = "/verify_challenge",
          .inputs = {flow_input(false)},
          .limits = {per_client("challenge", options->challenges_per_client)},
          .who = Who::session_or_pending,
          .description = "Answers what a browser asks for one of the account's passkeys with",
          .run = running(options, room::ask_to_verify)};
}

Phase verify_phase(const Options& options) {
  return {.name = "verify",
          .path = "/verify",
          .inputs = answered({flow_input(true)}),
          .limits = {per_client("verify", options->attempts_per_client)},
          .who = Who::session_or_pending,
          .failed = did_not_work(),
          .description = "Ends a sign-in that waits for its second factor, or renews the session with a passkey",
          .run = running(options, room::verify)};
}

Phase add_credential_challenge_phase(const Options& options) {
  return {.name = "add_credential_challenge",
          .path = "/add_credential_challenge",
          .cost = Cost::hash,
          .inputs = {room::label_input(), current_password_input(), flow_input(false)},
          .limits = {per_account("add_credential_challenge")},
          .who = Who::session_or_enrolling,
          .description = "Answers what a browser makes one more passkey with",
          .run = running(options, room::ask_to_add)};
}

Phase add_credential_phase(const Options& options) {
  return {.name = "add_credential",
          .path = "/add_credential",
          .inputs = answered({room::label_input(), flow_input(true)}),
          .limits = {per_account("add_credential")},
          .who = Who::session_or_enrolling,
          .done = std::string(sentence("Your passkey is ready.")),
          .description = "Puts a passkey on the account; every other session ends when it is the first second factor",
          .run = running(options, room::add),
          .happened = std::string(sentence("Passkey added"))};
}

Phase rename_credential_phase(const Options& options) {
  return {.name = "rename_credential",
          .path = "/rename_credential",
          .inputs = {id_input(), room::label_input()},
          .limits = {per_account("rename_credential")},
          .who = Who::session,
          .description = "Gives a passkey another name; without one, that of its model",
          .run = running(options, room::rename),
          .happened = std::string(sentence("Passkey renamed"))};
}

Phase delete_credential_phase(const Options& options) {
  return {.name = "delete_credential",
          .path = "/delete_credential",
          .cost = Cost::hash,
          .inputs = {id_input(), current_password_input()},
          .limits = {per_account("delete_credential")},
          .who = Who::session,
          .done = std::string(sentence("The passkey was removed. All other devices were signed out.")),
          .description = "Removes a passkey; every other session ends",
          .run = running(options, room::remove),
          .happened = std::string(sentence("Passkey removed"))};
}

std::vector<Phase> phases_of(const Options& options) {
  std::vector<Phase> phases;
  if (options->registration != WebauthnOptions::Registration::off) {
    phases.push_back(registration_challenge_phase(options));
    phases.push_back(register_phase(options));
  }
  if (options->sign_in) {
    phases.push_back(authentication_challenge_phase(options));
    phases.push_back(sign_in_phase(options));
  }
  if (options->second_factor) {
    phases.push_back(verify_challenge_phase(options));
    phases.push_back(verify_phase(options));
  }
  phases.push_back(add_credential_challenge_phase(options));
  phases.push_back(add_credential_phase(options));
  phases.push_back(rename_credential_phase(options));
  phases.push_back(delete_credential_phase(options));
  return phases;
}

Panel account_panel(const Options& options, int order, std::string template_name, std::string phase) {
  return {.place = Panel::Place::account,
          .order = order,
          .template_name = std::move(template_name),
          .phase = std::move(phase),
          .fill = [options](const PhaseContext& context) {
            // When they cannot be read now, the forms say so when they are sent.
            return !context.account().is_nil() ? room::look_at_passkeys(context, *options).value_or(Json({}))
                                               : Json({});
          }};
}

std::vector<Panel> panels_of(const Options& options) {
  std::vector<Panel> panels;
  if (options->sign_in)
    panels.push_back({.place = Panel::Place::sign_in,
                      .kind = Panel::Kind::button,
                      .order = -10,
                      .template_name = "webauthn/sign_in.html",
                      .phase = "sign_in",
                      .for_all = {{"passkey_autofill", true}}});
  if (options->registration != WebauthnOptions::Registration::off)
    panels.push_back({.place = Panel::Place::register_,
                      .kind = Panel::Kind::link,
                      .order = -10,
                      .template_name = "webauthn/register.html",
                      .phase = "register"});
  if (options->second_factor)
    panels.push_back({.place = Panel::Place::second_factor,
                      .template_name = "webauthn/second_factor.html",
                      .phase = "verify",
                      .title = std::string(sentence("Use a passkey"))});
  panels.push_back({.place = Panel::Place::set_up,
                    .kind = Panel::Kind::link,
                    .order = 10,
                    .template_name = "link.html",
                    .title = std::string(sentence("Set up a passkey")),
                    .page = "/webauthn-setup"});
  panels.push_back(account_panel(options, 10, "webauthn/account.html", "add_credential_challenge"));
  panels.push_back(account_panel(options, 11, "webauthn/rename.html", "rename_credential"));
  panels.push_back(account_panel(options, 12, "webauthn/remove.html", "delete_credential"));
  return panels;
}

// Every relying party has one list, whatever the tenant (WebAuthn section 5.11).
std::vector<WellKnown> documents_of(const Options& options) {
  if (options->origins.empty()) return {};
  return {{.name = "webauthn",
           .description = "Other origins whose pages may use the passkeys of this host",
           .document = [options](const Services& services, const TenantName& tenant) -> std::optional<Json> {
             return Json({{"origins", room::party_of(services, tenant, *options).origins}});
           }}};
}

}  // namespace

Strategy webauthn(WebauthnOptions given) {
  const auto options = std::make_shared<const WebauthnOptions>(std::move(given));
  Strategy strategy{.name = options->name, .proves = room::proven_by(false, false)};
  strategy.phases = phases_of(options);
  strategy.panels = panels_of(options);
  strategy.pages = {{.with = Page::With::auth_routes,
                     .path = "/webauthn-setup",
                     .who = Who::session_or_enrolling,
                     .description = "Page: passkeys",
                     .template_name = "webauthn/setup.html",
                     .phase = "add_credential",
                     .look = [options](const PhaseContext& context, std::string_view) {
                       return room::look_at_passkeys(context, *options);
                     }}};
  if (options->second_factor)
    strategy.pages.push_back({.with = Page::With::auth_routes,
                              .path = "/webauthn-verify",
                              .who = Who::session_or_pending,
                              .description = "Page: leads to the use of a passkey",
                              .leads_to = "/second-factor"});
  strategy.well_known = documents_of(options);
  strategy.letters = {{.name = "webauthn/added",
                       .sentence = "A passkey was added.",
                       .fields = fields_of_undo_notice(),
                       .is_notice = true},
                      {.name = "webauthn/removed",
                       .sentence = "A passkey was removed.",
                       .fields = fields_of_undo_notice(),
                       .is_notice = true}};
  strategy.undo = [](Transaction& transaction, const Services& services, const User& user, const Json& data) {
    return room::undo(transaction, services, user.id, data);
  };
  strategy.migrations = embedded_migrations("strategies/webauthn");
  strategy.adopt = room::adopt;
  strategy.signs_in = [options](SqlConnection& connection, const Services&, const User& user) -> Result<bool> {
    ROWAN_TRY(const auto passkeys, room::passkeys_of(connection, user.id));
    return std::ranges::any_of(passkeys, [&](const room::Passkey& one) { return room::signs_in(one, *options); });
  };
  if (options->second_factor)
    strategy.hooks.factors = [options](SqlConnection& connection, const Services&, AccountId account) {
      return room::factors(connection, account, *options);
    };
  strategy.hooks.drop_factors = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget(transaction, account);
  };
  strategy.hooks.on_taken_over = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget(transaction, account);
  };
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget(transaction, user.id);
  };
  strategy.expire = [](const Services&, Sweep& sweep) { return room::sweep_challenges(sweep); };
  strategy.options = {.options = room::options(), .values = *options};
  strategy.check = [options](const SubjectView& subject) { return room::problems_of(*options, subject); };
  return strategy;
}

}  // namespace rowan
