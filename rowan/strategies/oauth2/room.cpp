#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/confirm_identity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/letters.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/oauth2/actions.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/match.hpp>
#include <rowan/strategies/oauth2/notices.hpp>
#include <rowan/strategies/oauth2/provider_token.hpp>
#include <rowan/strategies/oauth2/revocations.hpp>

namespace rowan::strategies::oauth2 {

namespace {

using Shared = std::shared_ptr<const Room>;

Input answered(std::string name, std::size_t max_bytes, std::string description) {
  return {.name = std::move(name),
          .kind = Input::Kind::token,
          .required = false,
          .top_level = true,
          .max_bytes = max_bytes,
          .description = std::move(description)};
}

Phase request_phase(const Shared& room) {
  return {.name = "request",
          .path = "",
          .methods = {http::Method::get},
          .cost = Cost::outgoing,
          .limits = {per_client("request", room->limits.per_client)},
          .api = false,
          .begun_here = true,
          .description = "Sends the visitor to the provider",
          .run = running(room, request)};
}

Phase callback_phase(const Shared& room) {
  auto flow = flow_input(false);
  flow.flow_id = "state";
  return {.name = "callback",
          .path = "/callback",
          .methods = {http::Method::get, http::Method::post},
          .cost = Cost::outgoing,
          .inputs = {answered("state", 128, "Which sign-in it answers"),
                     answered("code", 4096, "For the tokens"),
                     answered("iss", 2048, "Who answers (RFC 9207)"),
                     answered("error", 256, "Instead of a code"),
                     {.name = "user",
                      .required = false,
                      .top_level = true,
                      .max_bytes = 2048,
                      .description = "The person's name, where the provider sends it this way"},
                     {.name = "again",
                      .kind = Input::Kind::flag,
                      .required = false,
                      .top_level = true,
                      .max_bytes = 8,
                      .description = "A form sent once more by this site"},
                     std::move(flow)},
          .limits = {per_client("callback", room->limits.per_client)},
          .api = false,
          .cross_site = true,
          .page = "oauth2/failed.html",
          .failed = std::string(sentence("If you have an account here, sign in another way and connect this one on "
                                         "your account page.")),
          .description = "Takes the visitor back from the provider",
          .run = running(room, callback)};
}

Phase nonce_phase(const Shared& room) {
  return {.name = "nonce",
          .path = "/nonce",
          .limits = {per_client("nonce", room->limits.per_client)},
          .web = false,
          .description = "Answers the nonce that a native app asks the provider for an ID token with",
          .run = running(room, give_nonce)};
}

Phase id_token_phase(const Shared& room) {
  auto token = token_input("id_token", "What the provider gave the app", 32 * 1024);
  token.top_level = true;
  return {.name = "id_token",
          .path = "/id_token",
          .cost = Cost::outgoing,
          .inputs = {std::move(token), flow_input(true)},
          .limits = {per_client("id_token", room->limits.per_client)},
          .web = false,
          .description = "Signs a native app in with its ID token",
          .run = running(room, sign_in_by_token)};
}

Phase confirm_phase(const Shared& room) {
  auto flow = flow_input(true);
  flow.flow_id = "match";
  return {.name = "confirm",
          .path = "/confirm",
          .inputs = {email_input("The address that the account has"),
                     {.name = "code",
                      .kind = Input::Kind::token,
                      .max_bytes = 64,
                      .description = "The mailed code; case, blanks and dashes do not matter"},
                     {.name = "match",
                      .required = false,
                      .top_level = true,
                      .max_bytes = 64,
                      .description = "Which sign-in it belongs to, in a browser that has several"},
                     std::move(flow)},
          .limits = {per_client("confirm", room->limits.per_client)},
          .api = room->source->takes_id_tokens(),
          .page = room->confirm_page,
          .failed = std::string(sentence("This code is wrong or no longer valid.")),
          .description = "Connects the provider with the account that has the address, by a mailed code, once",
          .run = running(room, confirm_match)};
}

Phase link_phase(const Shared& room) {
  return {.name = "link",
          .path = "/link",
          .cost = Cost::outgoing,
          .inputs = {current_password_input()},
          .limits = {per_client("link", room->limits.per_client)},
          .who = Who::session,
          .api = false,
          .description = "Begins to put the provider on the account",
          .run = running(room, ask_to_link)};
}

Phase unlink_phase(const Shared& room) {
  return {.name = "unlink",
          .path = "/unlink",
          .cost = Cost::hash,
          .inputs = {current_password_input()},
          .limits = {per_client("unlink", room->limits.per_client)},
          .who = Who::session,
          .done = std::string(sentence("That way to sign in was removed. All other devices were signed out.")),
          .description = "Takes the provider off the account; every other session ends",
          .run = running(room, unlink),
          .happened = std::string(sentence("Way to sign in removed"))};
}

std::vector<Panel> panels_of(const Shared& room) {
  const auto named = [room](const PhaseContext&) -> Json {
    return {{"provider_name", room->label}, {"icon", room->icon}};
  };
  std::vector<Panel> panels;
  for (const auto place : {Panel::Place::sign_in, Panel::Place::register_})
    panels.push_back({.place = place,
                      .kind = Panel::Kind::button,
                      .template_name = "oauth2/button.html",
                      .phase = "request",
                      .fill = named});
  const auto look = [room](const PhaseContext& context) { return look_at_account(context, *room); };
  for (const auto* phase : {"link", "unlink"})
    panels.push_back({.place = Panel::Place::account,
                      .order = 60,
                      .template_name = std::string("oauth2/") + phase + ".html",
                      .phase = phase,
                      .fill = look});
  return panels;
}

std::vector<std::string> problems_of_room(const Room& room) {
  auto problems = room.source->problems();
  // It stands in a page as it is.
  if (room.icon.size() > 4096 || room.icon.find_first_not_of("MmZzLlHhVvCcSsQqTtAa0123456789 .,-") != std::string::npos)
    problems.push_back(room.name + ": icon is the path of an SVG, what stands in its d, in 4096 bytes");
  if (room.limits.per_client < 1) problems.push_back(room.name + ": limits.per_client is at least 1");
  if (room.limits.lifetime < std::chrono::minutes(1) || room.limits.lifetime > std::chrono::hours(1))
    problems.push_back(room.name + ": limits.lifetime is from 1m to 1h");
  if (room.limits.recent < std::chrono::seconds(1) || room.limits.recent > std::chrono::hours(24))
    problems.push_back(room.name + ": limits.recent is from 1s to 1d");
  return problems;
}

}  // namespace

Strategy strategy_of(Room given) {
  if (given.label.empty()) given.label = given.name;
  const auto room = std::make_shared<const Room>(std::move(given));
  // What a provider asked for is not known, so it is one secret.
  Strategy strategy{.name = room->name, .proves = {Evidence::known}};
  strategy.phases = {request_phase(room), callback_phase(room), link_phase(room), unlink_phase(room)};
  if (room->source->takes_id_tokens()) {
    strategy.phases.push_back(nonce_phase(room));
    strategy.phases.push_back(id_token_phase(room));
  }
  const bool by_code = room->accounts.on_untrusted_email_match == UntrustedMatch::confirm;
  if (by_code) strategy.phases.push_back(confirm_phase(room));
  strategy.panels = panels_of(room);
  strategy.letters = {linked_letter(), unlinked_letter()};
  if (by_code) {
    strategy.letters.push_back(
        {.name = "oauth2/confirm",
         .sentence = "Someone signed in with a provider, and an account has their address: a code that connects both.",
         .fields = {letter::text("code", "BCDF-GHJK"), letter::moment("expires_at"),
                    letter::text("provider_name", "Forge")}});
    strategy.guesses = limits_of_match(*room);
  }
  strategy.migrations = embedded_migrations("strategies/oauth2");
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return forget_identities(transaction, user.id);
  };
  strategy.hooks.on_taken_over = [](Transaction& transaction, const Services&, AccountId account) {
    return forget_identities(transaction, account);
  };
  strategy.undo = undo_change;
  strategy.signs_in = [key = room->source->key()](SqlConnection& connection, const Services&,
                                                  const User& user) -> Result<bool> {
    ROWAN_TRY(const auto identity, identity_of(connection, user.id, key));
    return identity.has_value();
  };
  // Also of a time when tokens were kept.
  strategy.expire = [](const Services&, Sweep& sweep) { return expire_revocations(sweep); };
  if (room->accounts.keep_tokens) {
    strategy.tend = revoking(room);
    strategy.provider_token = [room](const Services& services, AccountId account) {
      return provider_token(services, *room, account);
    };
  }
  strategy.examine = [room](const Services& services, const Realm& realm, std::string_view) {
    return room->source->examine(services, services.phase_url(realm, {room->name, "callback"}));
  };
  strategy.check = [room](const SubjectView&) { return problems_of_room(*room); };
  return strategy;
}

}  // namespace rowan::strategies::oauth2
