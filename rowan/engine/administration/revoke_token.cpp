// One token ends, from whatever an administrator has of it.
#include <rowan/base/try.hpp>
#include <rowan/engine/administration/administration_parts.hpp>
#include <rowan/engine/guard/current_claims.hpp>
#include <rowan/engine/phases/events.hpp>
#include <rowan/tokens/token_rows.hpp>

namespace rowan {

namespace {

using engine::Core;
using State = tokens::Revocation::State;

constexpr std::size_t max_token_bytes = 4096;  // of a session's cookie

constexpr Sql token_of_jti{R"sql(
  SELECT a.id, t.subject, t.tenant, t.expires_at, t.methods, a.generation
  FROM rowan_tokens t
  JOIN rowan_accounts a ON a.id = t.account_id
  WHERE t.number = :number
)sql"};

Error no_token() {
  return {.code = ErrorCode::not_found, .reason = "not a token of this application, or an expired one"};
}

// Any 22 letters say some numbers. They are a token's when it has a row, and its account's generation is that of the
// account or a dead one.
Result<std::optional<Claims>> claims_of_jti(Core& core, std::string_view jti) {
  // The numbers of a token with a public-key signature are encrypted under its key, which may not have been read yet.
  if (core.signing_keys.is_used() && !core.signing_keys.is_fresh()) ROWAN_CHECK(core.signing_keys.refresh());
  for (const auto& numbers : core.bearers.read_jti(jti)) {
    ROWAN_TRY(const auto row, core.spine.database.read([&](SqlConnection& connection) {
      return connection.first(token_of_jti, {{"number", numbers.token}});
    }));
    if (!row || row->time("expires_at") <= core.clock.now()) continue;
    const auto subject = SubjectName::from(row->text("subject"));
    const auto tenant = TenantName::from(row->text("tenant"));
    if (!subject || !tenant) continue;
    if (numbers.account_generation != row->integer("generation")) {
      ROWAN_TRY(const bool is_dead, core.spine.database.transact([&](Transaction& transaction) {
        return tokens::Revocation::is_published(transaction, numbers.account_generation);
      }));
      if (!is_dead) continue;
    }
    Claims claims;
    claims.id = row->id<AccountId>("id");
    claims.realm = {.tenant = *tenant, .subject = *subject};
    claims.numbers = numbers;
    claims.methods = tokens::methods_from(row->text("methods"));
    claims.expires_at = row->time("expires_at");
    return claims;
  }
  return std::nullopt;
}

// Those who are signed in by this text; `not_found` for none.
Result<std::vector<Claims>> read_token(Core& core, std::string_view text) {
  if (text.empty() || text.size() > max_token_bytes) return no_token();
  const auto now = core.clock.now();
  // Whatever its purpose: the one that it names is then checked with the rest.
  ROWAN_TRY(const auto bearer, core.bearers.check(text, now, tokens::BearerTokens::purpose_named_by(text)));
  if (bearer) return std::vector{bearer->claims};
  if (bearer.error() == tokens::Unfit::not_yet_valid)
    return Error{.code = ErrorCode::unavailable,
                 .reason = "a token from the future: the clocks of the nodes differ",
                 .retry_after = std::chrono::seconds(1)};
  std::vector<Claims> all;
  const auto session = sessions::open_session(core.session_seal, text);
  if (session && session->seen + core.options.session.idle > now)
    for (std::size_t i = 0; i < session->count; ++i)
      if (session->claims[i].expires_at > now) all.push_back(session->claims[i]);
  if (all.empty()) {
    ROWAN_TRY(const auto claims, claims_of_jti(core, text));
    if (claims) all.push_back(*claims);
  }
  if (all.empty()) return no_token();
  return all;
}

User owner_of(const Claims& claims) {
  User user;
  user.id = claims.id;
  user.realm = claims.realm;
  return user;
}

// All of a browser's together, or none.
Result<> end_all(Core& core, const std::vector<Claims>& all) {
  auto ended = core.spine.database.transact([&](Transaction& transaction) -> Result<> {
    for (const auto& claims : all) {
      ROWAN_TRY(const bool is_news,
                tokens::revoke(transaction, core.revocation, tokens::end_of(claims), core.clock.now()));
      if (!is_news) continue;
      auto event = engine::act_on(owner_of(claims), "revoke_token");
      event.ended = {claims.numbers.token};
      ROWAN_CHECK(engine::tell(transaction, core, event));
    }
    return {};
  });
  for (const auto& claims : all) engine::log_outcome(core, "revoke_token", owner_of(claims), ended, true);
  return ended;
}

}  // namespace

Result<> Auth::revoke(std::string_view token) {
  ROWAN_TRY(const auto all, read_token(*core_, token));
  return end_all(*core_, all);
}

Result<> Auth::revoke(const Claims& claims) { return end_all(*core_, {claims}); }

Result<bool> Auth::is_revoked(std::string_view token) const {
  auto& core = *core_;
  ROWAN_TRY(const auto all, read_token(core, token));
  for (const auto& claims : all) {
    ROWAN_TRY(const auto current, engine::current_claims(core, claims, claims.realm));
    if (current) return false;
  }
  return true;
}

}  // namespace rowan
