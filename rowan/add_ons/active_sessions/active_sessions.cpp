#include <rowan/add_ons/active_sessions/actions.hpp>
#include <rowan/add_ons/active_sessions/options.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/words.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = add_ons::active_sessions;
using Options = std::shared_ptr<const ActiveSessionsOptions>;

// In the owner's list of recent activity.
constexpr std::string_view session_ended = sentence("Session ended");

std::vector<RateLimit> limits_of(const std::string& phase, std::int64_t max) {
  return {{.name = phase + "/account", .per = RateLimit::Per::account, .max = max, .window = 5min}};
}

Input id_of_session_input() {
  return {.name = "id", .max_bytes = 64, .description = "Which one, as the list names it"};
}

Phase list_phase(const Options& options) {
  return {.name = "list",
          .path = "",
          .methods = {http::Method::get},
          .limits = limits_of("list", 300),
          .who = Who::session,
          .web = false,
          .description = "The sessions and bearer tokens of the account that work, the one used last first",
          .run = running(options, room::list)};
}

Phase delete_phase(const Options& options) {
  auto id = id_of_session_input();
  id.in_path = true;
  return {.name = "delete",
          .path = "/:id",
          .methods = {http::Method::delete_},
          .inputs = {std::move(id)},
          .limits = limits_of("end", 100),
          .who = Who::session,
          .web = false,
          .description = "Ends one of them",
          .run = running(options, room::end),
          .happened = std::string(session_ended)};
}

// What a form can send.
Phase end_phase(const Options& options) {
  return {.name = "end",
          .path = "/end",
          .inputs = {id_of_session_input()},
          .limits = limits_of("end", 100),
          .who = Who::session,
          .api = false,
          .description = "Ends one of them",
          .run = running(options, room::end),
          .happened = std::string(session_ended)};
}

Phase log_out_everywhere_phase(const Options& options) {
  return {.name = "log_out_everywhere",
          .path = "/log_out_everywhere",
          .inputs = {{.name = "keep_this",
                      .kind = Input::Kind::flag,
                      .required = false,
                      .max_bytes = 8,
                      .description = "This session goes on, as a new one"}},
          .limits = limits_of("log_out_everywhere", 30),
          .who = Who::session,
          .done = std::string(sentence("All other devices were signed out.")),
          .description = "Ends every session and token of the account",
          .run = running(options, room::log_out_everywhere),
          .happened = std::string(sentence("Signed out on all other devices"))};
}

}  // namespace

AddOn active_sessions(ActiveSessionsOptions given) {
  const auto options = std::make_shared<const ActiveSessionsOptions>(given);
  Strategy part{.name = "sessions"};
  part.phases = {list_phase(options), delete_phase(options), end_phase(options), log_out_everywhere_phase(options)};
  part.panels = {{.place = Panel::Place::account,
                  .order = 70,
                  .template_name = "active_sessions/account.html",
                  .phase = "end",
                  .fill = room::look_at_sessions},
                 {.place = Panel::Place::account,
                  .order = 71,
                  .template_name = "active_sessions/everywhere.html",
                  .phase = "log_out_everywhere"}};
  if (options->max_sessions > 0) {
    part.hooks.events = {AuthEvent::Kind::signed_in};
    part.hooks.on_event = [options](Transaction& transaction, const Services& services, const AuthEvent& event) {
      return room::keep_to_limit(transaction, services, event, options->max_sessions);
    };
  }
  part.options = {.options = room::options(), .values = *options};
  return {.name = "active_sessions", .parts = {std::move(part)}};
}

}  // namespace rowan
