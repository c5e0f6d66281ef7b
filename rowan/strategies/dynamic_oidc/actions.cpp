#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/dynamic_oidc/actions.hpp>
#include <rowan/strategies/oauth2/actions.hpp>
#include <rowan/strategies/oauth2/match.hpp>
#include <rowan/strategies/oidc/sign_out.hpp>

namespace rowan::strategies::dynamic_oidc {

namespace {

Place place_of(const PhaseContext& context, const DynamicRoom& room) {
  return {.strategy = room.options.name, .realm = context.realm};
}

// Where the provider is not known, what is asked of it fails before it is missed.
oauth2::Room empty_room(const DynamicRoom& room) {
  return {.name = room.options.name,
          .response_mode = room.options.request.response_mode,
          .limits = room.options.limits,
          .waits_as = provider_name(room.options.name, "none")};
}

Result<oauth2::Room> room_of(const PhaseContext& context, const DynamicRoom& room, const Stored& stored) {
  const auto& connection = stored.connection;
  ROWAN_TRY(auto source, room.sources->source_of(context.services, stored));
  return oauth2::Room{.name = room.options.name,
                      .label = connection.display_name,
                      .response_mode = room.options.request.response_mode,
                      .accounts = {.registration = connection.registration,
                                   .trust_email_verified = connection.trust_email_verified,
                                   .keep = room.options.keep,
                                   .on_untrusted_email_match = connection.on_untrusted_email_match},
                      .limits = room.options.limits,
                      .source = source,
                      .waits_as = provider_name(connection.strategy, connection.id),
                      .confirm_page = std::string(confirm_page)};
}

Result<std::optional<Stored>> find_usable(const PhaseContext& context, const DynamicRoom& room, std::string_view id) {
  ROWAN_TRY(auto stored, context.services.database().read([&](SqlConnection& connection) {
    return find_stored(connection, place_of(context, room), id);
  }));
  if (stored && stored->connection.disabled_at) return std::optional<Stored>();
  return stored;
}

}  // namespace

Result<Presented> find(const PhaseContext& context, const DynamicRoom& room) {
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  ROWAN_TRY(const auto stored, context.services.database().read([&](SqlConnection& connection) {
    return find_by_domain(connection, place_of(context, room), email.domain());
  }));
  if (!stored) return wrong_credential(room.options.name + ": no connection has the domain of this address");
  ROWAN_TRY(const auto of_connection, room_of(context, room, *stored));
  ROWAN_TRY(auto away, oauth2::request(context, of_connection));
  return Presented{.view = "dynamic_oidc/leave.html",
                   .fields = {{"location", away.url}},
                   .page = {{"provider_name", of_connection.label}},
                   .flow = std::move(away.flow),
                   .leads_on = away.url};
}

Result<Redirect> request_by_connection(const PhaseContext& context, const DynamicRoom& room) {
  ROWAN_TRY(const auto stored, find_usable(context, room, context.inputs.text("connection_id")));
  if (!stored) return wrong_credential(room.options.name + ": no such connection, or a disabled one");
  ROWAN_TRY(const auto of_connection, room_of(context, room, *stored));
  return oauth2::request(context, of_connection);
}

Result<Outcome> callback_of_connection(const PhaseContext& context, const DynamicRoom& room) {
  ROWAN_TRY(const auto id, context.services.database().read([&](SqlConnection& connection) {
    return connection_of_flow(connection, place_of(context, room), context.inputs.text("flow"));
  }));
  ROWAN_TRY(const auto stored, find_usable(context, room, id));
  // An answer that belongs to nothing is answered as every provider's is.
  if (!stored) return oauth2::callback(context, empty_room(room));
  ROWAN_TRY(const auto of_connection, room_of(context, room, *stored));
  return oauth2::callback(context, of_connection);
}

Result<SignedIn> confirm_of_connection(const PhaseContext& context, const DynamicRoom& room) {
  return oauth2::confirm_match_of(
      context, empty_room(room), [&](const std::string& provider) -> Result<std::optional<oauth2::Room>> {
        ROWAN_TRY(const auto stored, find_usable(context, room, id_in(room.options.name, provider)));
        // What an administrator has changed since the mail holds.
        if (!stored || stored->connection.on_untrusted_email_match != UntrustedMatch::confirm)
          return std::optional<oauth2::Room>();
        ROWAN_TRY(auto of_connection, room_of(context, room, *stored));
        return std::optional(std::move(of_connection));
      });
}

Result<Outcome> end_by_connection(const PhaseContext& context, const DynamicRoom& room, const std::string& token) {
  const std::string id(context.inputs.text("connection_id"));
  ROWAN_TRY(const auto stored, context.services.database().read([&](SqlConnection& connection) {
    return find_stored(connection, place_of(context, room), id);
  }));
  const auto provider = provider_name(room.options.name, id);
  const oidc::OfProvider of{.subject = context.subject(), .strategy = room.options.name, .provider = provider};
  // Also of a disabled one, whose sessions go on until they end.
  Result<crypto::jose::LogoutToken> verified = wrong_credential("no such connection");
  if (stored) {
    ROWAN_TRY(const auto source, room.sources->source_of(context.services, *stored));
    verified = source->verify_logout(context.services, token);
  }
  ROWAN_TRY(auto answer, oidc::end_by_provider(context, of, verified));
  return Outcome(std::move(answer));
}

std::vector<Finding> examine_connection(const Services& services, const Realm& realm, const DynamicRoom& room,
                                        std::string_view id) {
  const auto wrong = [](const Error& error) {
    return std::vector{Finding{.about = "connection", .says = error.reason, .is_well = false}};
  };
  const auto stored = services.database().read([&](SqlConnection& connection) {
    return find_stored(connection, {.strategy = room.options.name, .realm = realm}, id);
  });
  if (!stored) return wrong(stored.error());
  if (!*stored) return wrong({.code = ErrorCode::not_found, .reason = "there is no connection with this id"});
  const auto& connection = (*stored)->connection;
  std::vector<Finding> findings{
      {.about = "connection",
       .says = connection.display_name + (connection.disabled_at ? ", which is disabled" : ""),
       .is_well = !connection.disabled_at}};
  const auto source = room.sources->source_of(services, **stored);
  if (!source) return wrong(source.error());
  auto more = (*source)->examine(services, services.phase_url(realm, {room.options.name, "callback"}));
  findings.insert(findings.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
  return findings;
}

}  // namespace rowan::strategies::dynamic_oidc
