#include <rowan/base/try.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/remember_me/actions.hpp>
#include <rowan/strategies/remember_me/browsers.hpp>
#include <rowan/strategies/remember_me/options.hpp>
#include <rowan/strategies/remember_me/queries.hpp>
#include <rowan/strategies/remember_me/theft.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::remember_me;
using Options = std::shared_ptr<const RememberMeOptions>;

std::vector<RateLimit> per_account(std::int64_t max) {
  return {{.name = "browsers/account", .per = RateLimit::Per::account, .max = max, .window = 5min}};
}

Input id_input() { return {.name = "id", .max_bytes = 64, .description = "Which one, as the list names it"}; }

std::vector<Phase> phases_of(const Options& options) {
  auto in_path = id_input();
  in_path.in_path = true;
  return {{.name = "list",
           .path = "",
           .methods = {http::Method::get},
           .limits = per_account(300),
           .who = Who::session,
           .web = false,
           .description = "The browsers that are remembered",
           .run = running(options, room::list)},
          {.name = "delete",
           .path = "/:id",
           .methods = {http::Method::delete_},
           .inputs = {in_path},
           .limits = per_account(100),
           .who = Who::session,
           .web = false,
           .description = "Remembers a browser no longer, and ends its session",
           .run = running(options, room::forget_browser)},
          // What a form can send.
          {.name = "forget",
           .path = "/forget",
           .inputs = {id_input()},
           .limits = per_account(100),
           .who = Who::session,
           .api = false,
           .description = "Remembers a browser no longer, and ends its session",
           .run = running(options, room::forget_browser)}};
}

RemembersBrowsers remembers(const Options& options) {
  return {
      .remember =
          [options](Transaction& transaction, const Services& services, const Claims& session, const Visitor& visitor) {
            return room::remember(transaction, services, session, visitor, *options);
          },
      .recognise = [options](
                       const Services& services, const Realm& realm, std::string_view text,
                       const Visitor& visitor) { return room::recognise(services, realm, text, visitor, *options); },
      .goes_on = room::goes_on,
      .forget = [options](
                    Transaction& transaction, const Services& services, std::string_view text,
                    const Visitor& visitor) { return room::forget(transaction, services, text, visitor, *options); }};
}

}  // namespace

Strategy remember_me(RememberMeOptions given) {
  const auto options = std::make_shared<const RememberMeOptions>(given);
  Strategy strategy{.name = "remember_me"};
  strategy.phases = phases_of(options);
  // The panels of the strategies that sign in have the checkbox.
  strategy.panels = {{.place = Panel::Place::account,
                      .order = 45,
                      .template_name = "remember_me/account.html",
                      .phase = "forget",
                      .fill = room::shown_browsers}};
  strategy.letters = {room::copied_letter()};
  strategy.migrations = embedded_migrations("strategies/remember_me");
  strategy.hooks.on_taken_over = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget_all(transaction, account);
  };
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget_all(transaction, user.id);
  };
  // Whoever ends a session does not want its browser back.
  strategy.hooks.on_event = [](Transaction& transaction, const Services&, const AuthEvent& event) -> Result<> {
    for (const auto session : event.ended) ROWAN_CHECK(room::forget_session(transaction, session));
    return {};
  };
  strategy.hooks.events = {AuthEvent::Kind::signed_out, AuthEvent::Kind::administered};
  strategy.options = {.options = room::options(), .values = *options};
  strategy.expire = [](const Services&, Sweep& sweep) -> Result<> {
    ROWAN_CHECK(sweep.remove(room::sql::expire_ended, std::chrono::seconds(0)));
    return sweep.remove(room::sql::expire, std::chrono::days(1));
  };
  strategy.remembers = remembers(options);
  return strategy;
}

}  // namespace rowan
