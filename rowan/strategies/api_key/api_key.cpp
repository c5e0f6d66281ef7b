#include <rowan/base/try.hpp>
#include <rowan/engine/parts/notices.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/words.hpp>
#include <rowan/strategies/api_key/actions.hpp>
#include <rowan/strategies/api_key/key_text.hpp>
#include <rowan/strategies/api_key/options.hpp>

namespace rowan {

namespace {

using namespace std::chrono_literals;
namespace room = strategies::api_key;
using Options = std::shared_ptr<const ApiKeyOptions>;

std::vector<RateLimit> limits_of(const std::string& phase, std::int64_t max, std::chrono::seconds window) {
  return {{.name = phase + "/account", .per = RateLimit::Per::account, .max = max, .window = window}};
}

Input id_of_key_input() { return {.name = "id", .max_bytes = 64, .description = "Which one, as the list names it"}; }

std::vector<Input> inputs_of_create(const Options& options) {
  std::vector<Input> inputs{
      {.name = "name", .max_bytes = 200, .description = "What its owner calls it"},
      {.name = "expires_at",
       .required = false,
       .max_bytes = 40,
       .description = "When it ends: RFC 3339, or a date, which counts to its end (UTC); the usual lifetime if absent"},
      {.name = "scopes",
       .kind = Input::Kind::json,
       .required = false,
       .max_bytes = 2048,
       .description = "What it may do: a list of words, or a text of words with blanks between them"}};
  if (options->never_expires)
    inputs.push_back({.name = "never_expires",
                      .kind = Input::Kind::flag,
                      .required = false,
                      .max_bytes = 8,
                      .description = "It has no end"});
  for (const auto& scope : options->scopes)
    inputs.push_back({.name = room::flag_of_scope(scope),
                      .kind = Input::Kind::flag,
                      .required = false,
                      .max_bytes = 8,
                      .description = "The scope " + scope + ", as the form says it"});
  return inputs;
}

Phase list_phase(const Options& options) {
  return {.name = "list",
          .path = "",
          .methods = {http::Method::get},
          .limits = limits_of("list", 300, 5min),
          .who = Who::session,
          .web = false,
          .description = "The account's keys, without their secrets",
          .run = running(options, room::list)};
}

Phase create_phase(const Options& options) {
  return {.name = "create",
          .path = "",
          .inputs = inputs_of_create(options),
          .limits = limits_of("create", 30, 1h),
          .who = Who::session,
          .description = "Makes a key and answers it, this once",
          .run = running(options, room::create)};
}

Phase delete_phase(const Options& options) {
  auto id = id_of_key_input();
  id.in_path = true;
  return {.name = "delete",
          .path = "/:id",
          .methods = {http::Method::delete_},
          .inputs = {std::move(id)},
          .limits = limits_of("delete", 100, 5min),
          .who = Who::session,
          .web = false,
          .description = "Revokes a key",
          .run = running(options, room::revoke)};
}

// What a form can send.
Phase revoke_phase(const Options& options) {
  return {.name = "revoke",
          .path = "/revoke",
          .inputs = {id_of_key_input()},
          .limits = limits_of("delete", 100, 5min),
          .who = Who::session,
          .api = false,
          .description = "Revokes a key",
          .run = running(options, room::revoke)};
}

RequestCredential credential_of(const Options& options) {
  return {.is_ours = [options](std::string_view text) { return room::looks_like_key(options->prefix, text); },
          .fault_of = [options](std::string_view text) { return room::fault_of_key(options->prefix, text); },
          .look_up = [options](const Services& services, const Realm& realm,
                               std::string_view text) { return room::look_up_key(services, realm, text, *options); },
          .query_parameter = options->query_parameter ? "api_key" : "",
          .used = room::tell_of_uses};
}

KeysOfAccounts keys_for_administrators(const Options& options) {
  return {.make =
              [options](const Services& services, const User& user, const KeyWish& wish, const Services::With& with) {
                const Visitor nobody;
                const Requester requester(services, user.realm, nobody);
                return room::make_key({.requester = requester, .account = user.id}, wish, *options, with);
              },
          .list = [options](SqlConnection& connection, const Services& services,
                            AccountId account) { return room::keys_of(connection, services, account, *options); },
          .revoke = room::revoke_key};
}

}  // namespace

Strategy api_key(ApiKeyOptions given) {
  const auto options = std::make_shared<const ApiKeyOptions>(std::move(given));
  Strategy strategy{.name = options->name};
  strategy.phases = {list_phase(options), create_phase(options), delete_phase(options), revoke_phase(options)};
  strategy.panels = {{.place = Panel::Place::account,
                      .order = 60,
                      .template_name = "api_key/account.html",
                      .phase = "create",
                      .fill = [options](const PhaseContext& context) {
                        // The form says what is wrong when it is sent.
                        return context.account().is_nil() ? Json({})
                                                          : room::look_at_keys(context, *options).value_or(Json({}));
                      }}};
  strategy.letters = {{.name = "api_key/created",
                       .sentence = "An API key was made for the account.",
                       .fields = letter::fields(fields_of_undo_notice(), {letter::text("hint", "rowan_…4PnOD8")}),
                       .is_notice = true}};
  strategy.migrations = embedded_migrations("strategies/api_key");
  // The generation that both give the account makes every node read a key's row again, which is gone then.
  strategy.hooks.on_taken_over = [](Transaction& transaction, const Services&, AccountId account) {
    return room::forget_keys(transaction, account);
  };
  strategy.undo = [](Transaction& transaction, const Services& services, const User& user,
                     const Json& data) -> Result<> {
    // It may be gone already.
    const auto revoked = room::revoke_key(transaction, services, user.id, text_of(data, "id"));
    if (!revoked && revoked.error().code != ErrorCode::not_found) return revoked.error();
    return {};
  };
  strategy.hooks.on_close = [](Transaction& transaction, const Services&, const User& user) {
    return room::forget_keys(transaction, user.id);
  };
  strategy.options = {.options = room::options(), .values = *options};
  strategy.check = [options](const SubjectView&) { return room::problems_of(*options); };
  strategy.expire = [](const Services&, Sweep& sweep) { return room::expire_keys(sweep); };
  strategy.request_credential = credential_of(options);
  strategy.keys = keys_for_administrators(options);
  return strategy;
}

}  // namespace rowan
