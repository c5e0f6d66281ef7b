#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/ways_in.hpp>
#include <rowan/strategies/password/actions.hpp>
#include <rowan/strategies/password/options.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::password;
using Options = std::shared_ptr<const PasswordOptions>;

constexpr std::size_t password_bytes = 4096;  // 256 code points of four bytes, and room for what is refused politely

Input secret(std::string name, std::string description, bool required = true) {
  return {.name = std::move(name),
          .kind = Input::Kind::password,
          .required = required,
          .max_bytes = password_bytes,
          .description = std::move(description)};
}
std::vector<Input> with_confirmation(std::vector<Input> inputs, const PasswordOptions& options) {
  if (options.confirmation_required) inputs.push_back(secret("password_confirmation", "The same again", true));
  return inputs;
}

// Over this limit no mail is sent, and the answer stays the same (THR-09).
RateLimit mails_to_one_recipient() { return mail_limit("email", "reset", 8, 1h); }
RateLimit per_email(std::string phase, std::int64_t max, std::chrono::seconds window) {
  return {
      .name = phase + "/identifier", .per = RateLimit::Per::identifier, .input = "email", .max = max, .window = window};
}

// One count for every place that asks for the password (THR-01, THR-02).
GuessLimits limits_of_guesses(const PasswordOptions& options) {
  return {.name = options.name + "/secret",
          .max = options.attempts_per_account,
          .window = 5min,
          .consecutive = options.consecutive_failures,
          .lock = std::chrono::days(365)};
}

template <class Action>
auto running_with_guesses(const Options& options, Action action) {
  return running(
      options, [action, limits = limits_of_guesses(*options)](const PhaseContext& context, const PasswordOptions& of) {
        return action(context, of, limits);
      });
}

Phase register_phase(const Options& options) {
  std::vector<Input> inputs{email_input("The account's address"), secret("password", "The new password")};
  for (const auto& field : options->register_accepts)
    inputs.push_back({.name = field, .required = false, .description = "An attribute of the account"});
  std::vector<RateLimit> limits{per_client("register", options->attempts_per_address),
                                per_email("register", options->attempts_per_account, 5min)};
  const bool held = options->registration == PasswordOptions::Registration::confirm_first;
  if (held) {
    limits.push_back(mail_limit("email", "registration", 8, 1h));
    inputs.push_back(flow_input(false));
  } else {
    inputs.push_back(remember_me_input());
  }
  return {.name = "register",
          .path = "/register",
          .cost = Cost::hash,
          .inputs = with_confirmation(std::move(inputs), *options),
          .limits = std::move(limits),
          .flow_name = std::string(held ? registration_flow : std::string_view()),
          .description = "Makes an account and signs in",
          .run = running(options, room::register_account)};
}

Phase sign_in_phase(const Options& options) {
  return {.name = "sign_in",
          .path = "/sign_in",
          .cost = Cost::hash,
          .inputs = {email_input("The account's address"), secret("password", "The password"), remember_me_input()},
          .limits = {per_client("sign_in", options->attempts_per_address)},
          .description = "Signs in with address and password",
          .run = running_with_guesses(options, room::sign_in)};
}

Phase sign_in_with_token_phase(const Options& options) {
  return {.name = "sign_in_with_token",
          .path = "/sign_in_with_token",
          .inputs = {token_input("token", "A sign-in token, used once")},
          .limits = {per_client("sign_in_with_token", options->attempts_per_address)},
          .description = "Exchanges a sign-in token",
          .run = running(options, room::sign_in_with_token)};
}

Phase reset_request_phase(const Options& options) {
  return {.name = "reset_request",
          .path = "/reset_request",
          .inputs = {email_input("The account's address")},
          .limits = {per_client("reset_request", options->attempts_per_address), mails_to_one_recipient()},
          .description = "Mails a link that sets a new password; the same answer for every address",
          .run = running(options, room::request_reset),
          .happened = std::string(sentence("Password reset requested"))};
}

Phase reset_phase(const Options& options) {
  return {.name = "reset",
          .path = "/reset",
          .cost = Cost::hash,
          .inputs = with_confirmation(
              {token_input("reset_token", "The mailed token"), secret("password", "The new password")}, *options),
          .limits = {per_client("reset", options->attempts_per_address)},
          .description = "Sets a new password and signs in; every other session ends",
          .run = running(options, room::reset),
          .happened = std::string(sentence("Password reset"))};
}

Phase change_phase(const Options& options) {
  return {.name = "change",
          .path = "/change",
          .cost = Cost::hash,
          .inputs = with_confirmation(
              {secret("current_password", "The current password"), secret("password", "The new password")}, *options),
          .limits = {per_client("change", options->attempts_per_address)},
          .who = Who::session,
          .description = "Changes the password; every other session ends",
          .run = running_with_guesses(options, room::change),
          .happened = std::string(sentence("Password changed"))};
}

Phase verify_phase(const Options& options) {
  return {.name = "verify",
          .path = "/verify",
          .cost = Cost::hash,
          .inputs = {secret("password", "The account's password")},
          .limits = {per_client("verify", options->attempts_per_address)},
          .who = Who::session,
          .description = "Shows the password once more; the session says when",
          .run = running_with_guesses(options, room::verify)};
}

std::vector<std::string> problems_of(const PasswordOptions& options, const SubjectView& subject) {
  std::vector<std::string> problems;
  if (options.minimum_length > options.maximum_length)
    problems.push_back("minimum_length: must not exceed maximum_length");
  if (options.registration == PasswordOptions::Registration::confirm_first && !subject.has("confirmation"))
    problems.push_back("registration: confirm_first needs the add-on confirmation; use immediate, or declare it");
  return problems;
}

}  // namespace

Strategy password(PasswordOptions given) {
  const auto options = std::make_shared<const PasswordOptions>(std::move(given));
  const auto fill = [options](const PhaseContext&) -> Json {
    std::vector<Json> extra;
    for (const auto& field : options->register_accepts) extra.push_back({{"name", field}, {"label", field}});
    return {{"minimum", options->minimum_length},
            {"confirmation", options->confirmation_required},
            {"extra_fields", extra},
            {"signs_in", options->registration == PasswordOptions::Registration::immediate}};
  };
  Strategy strategy{.name = options->name, .proves = {Evidence::known}};
  const bool registers = options->registration != PasswordOptions::Registration::off;
  strategy.phases.push_back(register_phase(options));
  // With `off` it cannot be reached from outside; an administrator's `user create` calls it as a function.
  if (!registers) strategy.phases.back().web = strategy.phases.back().api = false;
  strategy.phases.push_back(sign_in_phase(options));
  if (options->sign_in_tokens) strategy.phases.push_back(sign_in_with_token_phase(options));
  strategy.phases.push_back(reset_request_phase(options));
  strategy.phases.push_back(reset_phase(options));
  strategy.phases.push_back(change_phase(options));
  strategy.phases.push_back(verify_phase(options));
  strategy.panels = {
      {.place = Panel::Place::sign_in, .template_name = "password/sign_in.html", .phase = "sign_in", .fill = fill},
      {.place = Panel::Place::reset,
       .template_name = "password/reset_request.html",
       .phase = "reset_request",
       .fill = fill},
      {.place = Panel::Place::account, .template_name = "password/change.html", .phase = "change", .fill = fill},
      {.place = Panel::Place::second_factor,
       .template_name = "password/verify.html",
       .phase = "verify",
       .title = std::string(sentence("Use your password"))}};
  if (registers)
    strategy.panels.push_back({.place = Panel::Place::register_,
                               .template_name = "password/register.html",
                               .phase = "register",
                               .fill = fill});
  strategy.pages = {{.with = Page::With::reset_route,
                     .path = std::string(room::reset_page),
                     .has_token = true,
                     .template_name = "password/reset.html",
                     .phase = "reset",
                     .look = [options](const PhaseContext& context, std::string_view token) {
                       return room::look_at_reset(context, token, *options);
                     }}};
  strategy.letters = {{.name = "password/reset",
                       .sentence = "A new password was asked for; the address has an account.",
                       .fields = letter::link_until(room::reset_page)},
                      {.name = "password/reset_unknown",
                       .sentence = "A new password was asked for; the address has no account.",
                       .fields = {letter::link_to(PageName::register_)}},
                      {.name = "password/changed",
                       .sentence = "The password was changed or reset.",
                       .fields = fields_of_undo_notice(),
                       .is_notice = true}};
  strategy.migrations = embedded_migrations("strategies/password");
  strategy.adopt = room::adopt;
  strategy.guesses = limits_of_guesses(*options);
  strategy.check_secret = [limits = *strategy.guesses](const PhaseContext& context, AccountId account,
                                                       std::string_view secret) {
    return room::check_secret(context, account, secret, limits);
  };
  strategy.set_secret = [name = options->name](Transaction& transaction, const Services& services, const User& user,
                                               const Json& credentials) {
    return room::set_password(transaction, services, user, credentials, name);
  };
  strategy.undo = room::undo;
  strategy.make_credentials = [options](const Services& services, const EmailKey& address, std::string_view secret) {
    return room::make_credentials(services, address, secret, *options);
  };
  strategy.import_secret = room::import_hash;
  if (options->sign_in_tokens) strategy.issue_sign_in = room::issue_sign_in;
  strategy.sign_in_lifetime = options->sign_in_token_lifetime;
  strategy.hooks.factors = [name = options->name](SqlConnection& connection, const Services&, AccountId account) {
    return room::factors(connection, account, name);
  };
  // Without a password its owner asks for a reset, which sets one.
  strategy.signs_in = by_address;
  strategy.hooks.on_taken_over = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget(transaction, account);
  };
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget(transaction, user.id);
  };
  strategy.options = {.options = room::options(), .values = *options};
  strategy.check = [options](const SubjectView& subject) { return problems_of(*options, subject); };
  return strategy;
}

}  // namespace rowan
