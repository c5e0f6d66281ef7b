// Tokens of the application's own, what was added to a bearer token, and the keys that sign them.
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/guard/presented.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/engine/phases/token_content.hpp>
#include <rowan/tokens/end_account.hpp>
#include <rowan/tokens/extra_claims.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

namespace {

using engine::Core;

constexpr std::size_t longest_purpose = 31;

bool is_purpose(std::string_view text) {
  return !text.empty() && text.size() <= longest_purpose && text.front() >= 'a' && text.front() <= 'z' &&
         std::ranges::all_of(text,
                             [](char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '_'; }) &&
         // What Rowan calls its own: in rows, in tokens and as types of theirs.
         text != tokens::session_purpose.view() && text != tokens::bearer_purpose.view() && text != "jwt";
}

Error invalid(std::string_view field, std::string reason) {
  return {.code = ErrorCode::invalid_input,
          .reason = std::string(field) + ": " + reason,
          .fields = {{.field = std::string(field), .code = "invalid"}}};
}

Error refused(std::string_view why) {
  return {.code = ErrorCode::authentication_failed, .reason = "token: " + std::string(why)};
}

// The registered claims belong to Rowan; what is left was added.
Json added_to(std::string_view token) {
  const auto all = tokens::BearerTokens::claims_of(token);
  std::vector<std::pair<std::string, Json>> added;
  if (all)
    for (const auto& [name, value] : all->fields_view())
      if (!tokens::is_reserved_claim(name)) added.emplace_back(name, value);
  return Json::object(added);
}

std::string_view words_of(tokens::Unfit unfit) {
  switch (unfit) {
    case tokens::Unfit::expired: return "expired";
    case tokens::Unfit::not_yet_valid: return "not valid yet";
    case tokens::Unfit::unchecked:
    case tokens::Unfit::malformed: break;
  }
  return "not one of this application for this purpose";
}

Error no_keys() {
  return {.code = ErrorCode::not_found, .reason = "tokens are signed by the secrets, and there are no keys"};
}

}  // namespace

Result<std::string> Auth::issue(AccountId id, const TokenWish& wish) {
  auto& core = *core_;
  if (!is_purpose(wish.purpose))
    return invalid("purpose", "1 to 31 lower-case letters, digits and _, and none of Rowan's own");
  if (wish.lifetime < std::chrono::seconds(1) || wish.lifetime > tokens::longest_lifetime)
    return invalid("lifetime", "one second to 60 days");
  ROWAN_CHECK(tokens::extra_claims_text(std::span(&wish.claims, 1)));
  ROWAN_CHECK(core.bearers.prepare());
  ROWAN_TRY(auto number, tokens::NumberLease::take(core.numbers));
  const auto now = core.clock.now();
  tokens::TokenContent content{.purpose = wish.purpose};
  auto made = core.spine.database.transact([&](Transaction& transaction) -> Result<Claims> {
    ROWAN_TRY(const auto account, engine::lock_open(transaction, id));
    if (!account.usable()) return Error{.code = ErrorCode::forbidden, .reason = "the account is disabled"};
    ROWAN_TRY(content.extra, engine::extra_claims_of(core, account.user, wish.claims));
    Claims claims;
    claims.id = id;
    claims.realm = account.user.realm;
    claims.numbers = {number.number(), account.generation, account.tenant_generation};
    claims.expires_at = now + wish.lifetime;
    ROWAN_CHECK(tokens::insert(transaction, claims, wish.purpose, {}, now));
    ROWAN_CHECK(engine::tell(transaction, core, engine::act_on(account.user, "issue_token")));
    return claims;
  });
  number.settle(made);
  if (!made) return std::move(made).error();
  User user;
  user.id = id;
  user.realm = made->realm;
  engine::log_act(core, "issue_token", user);
  return core.bearers.issue(*made, now, content);
}

Result<CheckedToken> Auth::check(std::string_view token, std::string_view purpose, const Realm& realm) const {
  auto& core = *core_;
  if (!is_purpose(purpose)) return invalid("purpose", "not one that a token can be issued for");
  ROWAN_TRY(const auto checked, core.bearers.check(token, core.clock.now(), purpose));
  if (!checked) return refused(words_of(checked.error()));
  ROWAN_TRY(const auto current, engine::current_claims(core, checked->claims, realm));
  if (!current || (checked->key != 0 && core.revocation.is_dead(checked->key)))
    return refused("revoked, or of another subject or tenant");
  return CheckedToken{.claims = *current, .extra = added_to(token)};
}

Result<Json> Auth::token_claims(const http::RequestView& request, const Realm& realm) const {
  const auto presented = engine::presented_by(*core_, request, realm.subject);
  if (presented.kind != engine::Presented::Kind::token) return Json({});
  ROWAN_TRY(const auto verdict, decide(request, GuardKind::bearer, realm));
  if (!std::holds_alternative<GuardAccepted>(verdict)) return refused("not accepted");
  return added_to(presented.text);
}

Result<std::vector<SigningKeyRecord>> Auth::signing_keys() const {
  auto& keys = core_->signing_keys;
  if (!keys.is_used()) return no_keys();
  ROWAN_CHECK(keys.refresh());
  std::shared_ptr<const tokens::KnownKey> signs;
  if (!is_symmetric(keys.rules().algorithm)) {
    ROWAN_TRY(signs, keys.to_sign());
  }
  std::vector<SigningKeyRecord> all;
  for (const auto& key : keys.known()->all)
    if (key->parts)
      all.push_back({.kid = key->kid,
                     .algorithm = std::string(name_of(key->algorithm)),
                     .public_jwk = key->public_jwk,
                     .created_at = key->created_at,
                     .active_from = key->active_from,
                     .retires_at = key->retires_at,
                     .signs = signs && signs->kid == key->kid});
  return all;
}

Result<std::string> Auth::rotate_signing_key(bool at_once) {
  if (!core_->signing_keys.is_used()) return no_keys();
  ROWAN_TRY(auto kid, core_->signing_keys.rotate(at_once));
  core_->logger.info("administration", {{"act", "rotate_signing_key"}, {"kid", kid}});
  return kid;
}

Result<> Auth::retire_signing_key(std::string_view kid) {
  if (!core_->signing_keys.is_used()) return no_keys();
  ROWAN_CHECK(core_->signing_keys.retire(kid));
  core_->logger.info("administration", {{"act", "retire_signing_key"}, {"kid", kid}});
  return {};
}

}  // namespace rowan
