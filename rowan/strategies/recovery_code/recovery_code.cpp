#include <rowan/base/try.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/strategies/recovery_code/actions.hpp>
#include <rowan/strategies/recovery_code/options.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::recovery_code;
using Options = std::shared_ptr<const RecoveryCodeOptions>;

Phase generate_phase(const Options& options) {
  return {.name = "generate",
          .path = "/generate",
          .limits = {{.name = "generate/account", .per = RateLimit::Per::account, .max = 10, .window = 5min}},
          .who = Who::session,
          .description = "Answers a new set of codes, once; the old set is void",
          .run = running(options, room::generate),
          .happened = std::string(sentence("Recovery codes made"))};
}

Phase verify_phase(const Options& options) {
  return {.name = "verify",
          .path = "/verify",
          .inputs = {token_input("code", "One of the codes; case, blanks and dashes do not matter")},
          .limits = {per_client("verify", options->attempts_per_client)},
          .who = Who::session_or_pending,
          .failed = std::string(sentence("This recovery code is wrong or was used already.")),
          .description = "Ends a sign-in that waits, or renews the session with a second factor",
          .run = running(options, room::verify)};
}

Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const std::string& name,
                                    Proves proves) {
  ROWAN_TRY(const auto codes, room::codes_of(connection, account));
  if (codes.left == 0) return std::vector<Factor>();
  return std::vector{Factor{.strategy = name,
                            .use = Factor::Use::backup,
                            .proves = proves,
                            .created_at = codes.created_at,
                            .last_used_at = codes.used_at,
                            .uses_left = codes.left}};
}

}  // namespace

Strategy recovery_code(RecoveryCodeOptions given) {
  const auto options = std::make_shared<const RecoveryCodeOptions>(std::move(given));
  // A list that its owner has (NIST SP 800-63B-4 section 3.1.2).
  constexpr Proves proves{Evidence::held, Evidence::one_time_code};
  Strategy strategy{.name = options->name, .proves = proves};
  strategy.phases = {generate_phase(options), verify_phase(options)};
  strategy.panels = {{.place = Panel::Place::account,
                      .order = 30,
                      .template_name = "recovery_code/account.html",
                      .phase = "generate",
                      .fill =
                          [](const PhaseContext& context) {
                            // The form says what is wrong when it is sent.
                            return room::look_at_codes(context).value_or(Json({}));
                          }},
                     {.place = Panel::Place::second_factor,
                      .order = 30,
                      .template_name = "recovery_code/second_factor.html",
                      .phase = "verify",
                      .title = std::string(sentence("Use a recovery code"))}};
  strategy.pages = {
      {.with = Page::With::auth_routes,
       .path = "/recovery-codes",
       .who = Who::session,
       .description = "Page: make recovery codes",
       .template_name = "recovery_code/make.html",
       .phase = "generate",
       .after_first_factor = true,
       .look = [](const PhaseContext& context, std::string_view) { return room::look_at_codes(context); }},
      {.with = Page::With::auth_routes,
       .path = "/recovery-code-verify",
       .who = Who::session_or_pending,
       .description = "Page: leads to the one that asks for a second factor",
       .leads_to = "/second-factor"}};
  strategy.letters = {
      {.name = "recovery_code/generated",
       .sentence = "New recovery codes were made.",
       .fields = fields_of_undo_notice(),
       .is_notice = true},
      {.name = "recovery_code/used",
       .sentence = "A recovery code was used.",
       .fields = {letter::text("left", "2"), letter::text("few", "2"), letter::link_to(PageName::reset)},
       .is_notice = true}};
  strategy.migrations = embedded_migrations("strategies/recovery_code");
  strategy.guesses = room::limits_of_guesses(*options);
  strategy.hooks.factors = [name = options->name, proves](SqlConnection& connection, const Services&,
                                                          AccountId account) {
    return factors(connection, account, name, proves);
  };
  const auto forget = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget(transaction, account);
  };
  strategy.undo = [](Transaction& transaction, const Services&, const User& user, const Json& data) {
    return room::undo(transaction, user.id, data);
  };
  strategy.hooks.drop_factors = forget;
  strategy.hooks.on_taken_over = forget;
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget(transaction, user.id);
  };
  strategy.options = {.options = room::options(), .values = *options};
  strategy.check = [options](const SubjectView&) { return room::problems_of(*options); };
  return strategy;
}

}  // namespace rowan
