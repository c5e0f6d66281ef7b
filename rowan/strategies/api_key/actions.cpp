#include <algorithm>
#include <charconv>
#include <rowan/base/try.hpp>
#include <rowan/base/words.hpp>
#include <rowan/engine/parts/assurance.hpp>
#include <rowan/engine/parts/factors.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/pages/pages.hpp>
#include <rowan/strategies/api_key/actions.hpp>

namespace rowan::strategies::api_key {

namespace {

// Who makes a key has just shown who they are (REC-08): with the second factor, where the account has one. An account
// whose only factors are of one kind shows as much as it can.
Result<> be_recent(const PhaseContext& context, std::chrono::seconds recent) {
  ROWAN_TRY(const auto factors, factors_of(context, context.account()));
  const auto& shown = context.claims->methods();
  Assurance needed{.second_factor = has_second_factor(factors), .within = recent};
  if (needed.second_factor && engine::factors_to_step_up(factors, shown, needed).empty()) needed.second_factor = false;
  if (is_enough(shown, needed, context.services.clock().now())) return {};
  return Error{.code = ErrorCode::insufficient_user_authentication,
               .reason = "what this session has shown is too old or too little for making a key",
               .needs = needed};
}

std::string trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(' ');
  if (begin == std::string_view::npos) return {};
  return std::string(text.substr(begin, text.find_last_not_of(' ') - begin + 1));
}

// "2026-12-27", as a form sends it: to the end of that day.
std::optional<Timestamp> end_of_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  const auto day = parse_rfc3339(std::string(text) + "T00:00:00Z");
  if (!day) return std::nullopt;
  return *day + std::chrono::days(1);
}

Result<std::vector<std::string>> scopes_in(const PhaseContext& context, const ApiKeyOptions& options) {
  std::vector<std::string> scopes;
  for (const auto& scope : options.scopes)
    if (context.inputs.flag(flag_of_scope(scope))) scopes.push_back(scope);
  const auto* sent = context.inputs.json("scopes");
  if (sent == nullptr) return scopes;
  if (const auto text = sent->as_text()) {
    for (auto& word : words_of(*text)) scopes.push_back(std::move(word));
    return scopes;
  }
  if (sent->kind() != Json::Kind::array) return wrong_field("scopes", "invalid");
  for (const auto& one : sent->items()) {
    const auto word = one.as_text();
    if (!word) return wrong_field("scopes", "invalid");
    scopes.emplace_back(*word);
  }
  return scopes;
}

Result<KeyWish> wish_in(const PhaseContext& context, const ApiKeyOptions& options) {
  KeyWish wish{.name = trimmed(context.inputs.text("name")),
               .expires_at = {},
               .never_expires = context.inputs.flag("never_expires"),
               .scopes = {}};
  if (const auto text = context.inputs.text("expires_at"); !text.empty()) {
    wish.expires_at = end_of_day(text);
    if (!wish.expires_at) wish.expires_at = parse_rfc3339(text);
    if (!wish.expires_at) return wrong_field("expires_at", "invalid");
  }
  ROWAN_TRY(wish.scopes, scopes_in(context, options));
  return wish;
}

Json or_null(const std::optional<Timestamp>& time) { return time ? Json(to_rfc3339(*time)) : Json(nullptr); }

Json scopes_json(const std::vector<std::string>& scopes) {
  std::vector<Json> all(scopes.begin(), scopes.end());
  return Json(all);
}

std::vector<std::pair<std::string, Json>> document(const KeyRecord& key) {
  return {{"id", key.id},
          {"name", key.name},
          {"hint", key.hint},
          {"scopes", scopes_json(key.scopes)},
          {"created_at", to_rfc3339(key.created_at)},
          {"expires_at", or_null(key.expires_at)}};
}

Result<std::vector<KeyRecord>> keys_in(const PhaseContext& context, const ApiKeyOptions& options) {
  return context.services.database().read(
      [&](SqlConnection& connection) { return keys_of(connection, context.services, context.account(), options); });
}

}  // namespace

std::string flag_of_scope(std::string_view scope) { return "scope_" + std::string(scope); }

Result<Presented> list(const PhaseContext& context, const ApiKeyOptions& options) {
  ROWAN_TRY(const auto keys, keys_in(context, options));
  std::vector<Json> all;
  for (const auto& key : keys) {
    auto fields = document(key);
    fields.emplace_back("last_used_at", or_null(key.last_used_at));
    fields.emplace_back("ended", key.ended);
    all.push_back(Json::object(fields));
  }
  return Presented{.view = {}, .fields = {{"api_keys", all}}};
}

Result<Presented> create(const PhaseContext& context, const ApiKeyOptions& options) {
  ROWAN_CHECK(be_recent(context, options.recent));
  ROWAN_TRY(const auto wish, wish_in(context, options));
  const Requester requester(context);
  ROWAN_TRY(const auto made,
            make_key({.requester = requester, .account = context.account(), .generation = context.generation()}, wish,
                     options));
  auto fields = document(made.record);
  fields.emplace_back("api_key", made.text);
  const auto& pages = context.services.pages();
  return Presented{
      .view = "api_key/created.html",
      .fields = Json::object(fields),
      .page = {{"until", made.record.expires_at ? pages.moment(*made.record.expires_at, context.visitor.language)
                                                : std::string()},
               {"may", join(made.record.scopes, ", ")}},
      .status = 201};
}

Result<Accepted> revoke(const PhaseContext& context, const ApiKeyOptions&) {
  ROWAN_CHECK(context.services.database().transact([&](Transaction& transaction) -> Result<> {
    auto revoked = revoke_key(transaction, context.services, context.account(), context.inputs.text("id"));
    return revoked ? Result<>() : Result<>(std::move(revoked).error());
  }));
  return Accepted{.words = std::string(sentence("The API key no longer works.")), .leads_to = PageName::account};
}

Result<Json> look_at_keys(const PhaseContext& context, const ApiKeyOptions& options) {
  ROWAN_TRY(const auto keys, keys_in(context, options));
  const auto& pages = context.services.pages();
  const auto& language = context.visitor.language;
  const auto moment = [&](const std::optional<Timestamp>& time) {
    return time ? pages.moment(*time, language) : std::string();
  };
  std::vector<Json> all, scopes;
  for (const auto& key : keys)
    all.push_back({{"id", key.id},
                   {"name", key.name},
                   {"key_hint", key.hint},
                   {"may", join(key.scopes, ", ")},
                   {"created_at", moment(key.created_at)},
                   {"until", key.ended ? std::string() : moment(key.expires_at)},
                   {"used_at", moment(key.last_used_at)},
                   {"ended", key.ended}});
  for (const auto& scope : options.scopes) scopes.push_back({{"scope", scope}, {"flag", flag_of_scope(scope)}});
  const auto now = context.services.clock().now();
  const auto working = std::ranges::count(keys, false, &KeyRecord::ended);
  return Json({{"keys", all},
               {"none", all.empty()},
               {"scopes", scopes},
               {"can_create", working < options.keys},
               {"can_be_endless", options.never_expires},
               {"usual", pages.duration(options.lifetime, language)},
               {"longest", pages.duration(options.longest_lifetime, language)},
               {"first_day", to_rfc3339(now).substr(0, 10)},
               {"last_day", to_rfc3339(now + options.longest_lifetime - std::chrono::days(1)).substr(0, 10)}});
}

}  // namespace rowan::strategies::api_key
