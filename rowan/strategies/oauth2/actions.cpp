#include <rowan/accounts/accounts.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/ways_in.hpp>
#include <rowan/http/fields.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/oauth2/actions.hpp>
#include <rowan/strategies/oauth2/callback.hpp>
#include <rowan/strategies/oauth2/identities.hpp>
#include <rowan/strategies/oauth2/notices.hpp>
#include <rowan/strategies/oauth2/resolve.hpp>
#include <rowan/strategies/oauth2/waiting.hpp>

namespace rowan::strategies::oauth2 {

namespace {

struct SentAway {
  std::string url{}, key{};
};

Flow flow_for(const PhaseContext& context, const Room& room, const Provider& provider, std::string_view key) {
  auto flow = flow_of(key, context.phase_url({room.name, "callback"}), room.source->wants_nonce());
  if (provider.assurance.max_age > std::chrono::seconds(0)) flow.max_age = provider.assurance.max_age;
  return flow;
}

// The row is there before the provider hears of it.
Result<SentAway> send_away(const PhaseContext& context, const Room& room, const Waiting& waiting) {
  const auto& services = context.services;
  ROWAN_TRY(const auto provider, room.source->provider(services));
  SentAway away{.key = random_value(services.random())};
  const auto flow = flow_for(context, room, *provider, away.key);
  if (flow.redirect_uri.empty())
    return Error{.code = ErrorCode::internal, .reason = room.name + ": its callback is not mounted on the web"};
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) {
    return put_waiting(transaction, context, room.waiting_name(), away.key, waiting, room.limits.lifetime);
  }));
  if (provider->pushed_url.empty()) {
    away.url = authorization_url(*provider, flow);
    return away;
  }
  ROWAN_TRY(away.url, pushed_authorization_url(services.http_client(), *provider, flow, services.clock().now(),
                                               services.random()));
  return away;
}

// The answer's fields as they were sent; each at most once, since repeated ones are refused where they are read.
Result<http::Fields> answer_of(const PhaseContext& context) {
  const http::BodyLimits limits;
  http::FieldCollector collected(limits);
  for (const auto* name : {"state", "code", "iss", "error"})
    if (context.inputs.has(name)) ROWAN_CHECK(collected.add(name, std::string(context.inputs.text(name))));
  return std::move(collected).finish();
}

Result<Outcome> linked_by(const PhaseContext& context, const Room& room, const Person& person, const Waiting& waiting) {
  // Another account may have signed in here meanwhile. link() checks that the credentials are still the same.
  if (!context.claims || context.claims->id() != waiting.account)
    return wrong_credential(room.name + ": the session that links is not there any more");
  ROWAN_CHECK(link(context, room, person, waiting.account, waiting.generation));
  return Outcome(
      Accepted{.words = std::string(sentence("You can sign in that way from now on.")), .leads_to = PageName::account});
}

}  // namespace

Result<Redirect> request(const PhaseContext& context, const Room& room) {
  ROWAN_TRY(auto away, send_away(context, room, {.return_to = std::string(context.return_to)}));
  return Redirect{.url = std::move(away.url), .flow = std::move(away.key)};
}

Result<Presented> ask_to_link(const PhaseContext& context, const Room& room) {
  ROWAN_CHECK(confirm_owner(context, room.limits.recent));
  ROWAN_TRY(auto away, send_away(context, room, {.account = context.account(), .generation = context.generation()}));
  return Presented{.view = "oauth2/leave.html",
                   .fields = {{"location", away.url}},
                   .page = {{"provider_name", room.label}},
                   .flow = std::move(away.key)};
}

Result<Outcome> callback(const PhaseContext& context, const Room& room) {
  const auto& services = context.services;
  ROWAN_TRY(const auto answer, answer_of(context));
  ROWAN_CHECK(state_of(answer));
  const std::string key(context.inputs.text("flow"));
  if (key.empty()) {
    // A form of another site brings no cookie (SameSite=Lax), so this browser sends it once more from a page of ours.
    if (room.response_mode == ResponseMode::form_post && !context.inputs.flag("again"))
      return Outcome(Presented{.view = "oauth2/again.html",
                               .page = {{"state", context.inputs.text("state")},
                                        {"code", context.inputs.text("code")},
                                        {"iss", context.inputs.text("iss")},
                                        {"user", context.inputs.text("user")},
                                        {"error", context.inputs.text("error")}}});
    return wrong_credential(room.name + ": this browser began no such sign-in");
  }
  ROWAN_TRY(const auto waiting, services.database().transact([&](Transaction& transaction) {
    return use_waiting(transaction, context, room.waiting_name(), "callback", key);
  }));
  if (!waiting) return wrong_credential(room.name + ": the sign-in was answered already, or has expired");
  ROWAN_TRY(const auto provider, room.source->provider(services));
  ROWAN_TRY(const auto code, code_of(answer, *provider));
  const auto flow = flow_for(context, room, *provider, key);
  ROWAN_TRY(auto tokens,
            exchange_code(services.http_client(), *provider, flow, code, services.clock().now(), services.random()));
  ROWAN_TRY(auto person, room.source->identify(services, *provider, flow, tokens));
  person.strategy = room.name;
  if (room.accounts.keep_tokens) person.tokens = std::make_shared<const Tokens>(std::move(tokens));
  if (room.name_in_answer) take_name(person, context.inputs.text("user"));
  return waiting->account.is_nil() ? sign_in_as(context, room, person, waiting->return_to)
                                   : linked_by(context, room, person, *waiting);
}

Result<Presented> give_nonce(const PhaseContext& context, const Room& room) {
  const auto& services = context.services;
  const auto key = random_value(services.random());
  ROWAN_CHECK(services.database().transact([&](Transaction& transaction) {
    return put_waiting(transaction, context, room.waiting_name(), key, {.phase = "id_token"}, room.limits.lifetime);
  }));
  return Presented{.fields = {{"nonce", flow_of(key, {}, true).nonce}}, .flow = key};
}

Result<Outcome> sign_in_by_token(const PhaseContext& context, const Room& room) {
  const auto& services = context.services;
  const std::string key(context.inputs.text("flow"));
  ROWAN_TRY(const auto waiting, services.database().transact([&](Transaction& transaction) {
    return use_waiting(transaction, context, room.waiting_name(), "id_token", key);
  }));
  if (!waiting) return wrong_credential(room.name + ": the nonce was used already, or has expired");
  ROWAN_TRY(auto person, room.source->identify_by_token(services, std::string(context.inputs.text("id_token")),
                                                        flow_of(key, {}, true).nonce));
  person.strategy = room.name;
  return sign_in_as(context, room, person, {});
}

Result<SignedIn> unlink(const PhaseContext& context, const Room& room) {
  ROWAN_CHECK(confirm_owner(context, room.limits.recent));
  return SignedIn{
      .method = room.name,
      .apply = [context, room, account = context.account()](Transaction& transaction) -> Result<Applied> {
        ROWAN_TRY(const auto locked, accounts::lock(transaction, account));
        if (!locked) return wrong_credential("the account is gone");
        const Applied done{.account = account, .generation = context.generation(), .end_other_sessions = true};
        ROWAN_TRY(const auto identity, identity_of(transaction.connection(), account, room.source->key()));
        if (!identity) return done;  // it is so already
        ROWAN_TRY(const bool has_other, has_other_way_in(transaction.connection(), context, room.name, locked->user));
        if (!has_other) return wrong_field("current_password", "last_way_in");
        ROWAN_CHECK(remove_identity(transaction, account, room.source->key(), identity->uid));
        ROWAN_CHECK(tell_of_unlink(transaction, context, room.name, room.label, *identity, locked->user));
        return done;
      },
      .renews = true};
}

Json look_at_account(const PhaseContext& context, const Room& room) {
  const auto identity = context.services.database().read(
      [&](SqlConnection& connection) { return identity_of(connection, context.account(), room.source->key()); });
  const bool is_linked = identity && *identity;
  std::vector<std::pair<std::string, Json>> data{
      {"provider_name", room.label}, {"can_link", identity && !*identity}, {"is_linked", is_linked}};
  if (is_linked) {
    data.emplace_back("linked_as", (*identity)->email);
    data.emplace_back("linked_at", context.services.pages().moment((*identity)->created_at, context.visitor.language));
  }
  return Json::object(data);
}

}  // namespace rowan::strategies::oauth2
