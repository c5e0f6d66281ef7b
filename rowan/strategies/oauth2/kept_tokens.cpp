#include <rowan/base/try.hpp>
#include <rowan/base/utf8.hpp>
#include <rowan/strategies/oauth2/kept_tokens.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr Purpose access_purpose = "provider access token", refresh_purpose = "provider refresh token";

constexpr Sql keep{R"sql(
  INSERT INTO rowan_provider_tokens (account_id, provider, uid, access_token, refresh_token, scope, expires_at)
  VALUES (:account, :provider, :uid, :access, :refresh, :scope, :expires_at)
  ON CONFLICT (account_id, provider) DO UPDATE
  SET refresh_token = CASE
        WHEN excluded.refresh_token = '' AND excluded.uid = rowan_provider_tokens.uid
        THEN rowan_provider_tokens.refresh_token
        ELSE excluded.refresh_token END,
      uid = excluded.uid,
      access_token = excluded.access_token,
      scope = excluded.scope,
      expires_at = excluded.expires_at,
      version = rowan_provider_tokens.version + 1,
      refreshing_until = 0
)sql"};
constexpr Sql find_kept{R"sql(
  SELECT uid, access_token, refresh_token, scope, expires_at, version
  FROM rowan_provider_tokens
  WHERE account_id = :account AND provider = :provider
)sql"};
constexpr std::chrono::minutes clocks_differ{5};

constexpr Sql claim{R"sql(
  UPDATE rowan_provider_tokens
  SET refreshing_until = :until
  WHERE account_id = :account
    AND provider = :provider
    AND version = :version
    AND (refreshing_until <= :now OR refreshing_until > :too_late)
)sql"};
constexpr Sql give_up{R"sql(
  UPDATE rowan_provider_tokens
  SET refreshing_until = 0
  WHERE account_id = :account AND provider = :provider AND version = :version
)sql"};
constexpr Sql replace{R"sql(
  UPDATE rowan_provider_tokens
  SET access_token = :access,
      refresh_token = CASE WHEN :refresh = '' THEN refresh_token ELSE :refresh END,
      scope = CASE WHEN :scope = '' THEN scope ELSE :scope END,
      expires_at = :expires_at,
      version = version + 1,
      refreshing_until = 0
  WHERE account_id = :account AND provider = :provider AND version = :version
)sql"};
constexpr Sql reseal{R"sql(
  UPDATE rowan_provider_tokens
  SET access_token = :access, refresh_token = :refresh
  WHERE account_id = :account AND provider = :provider AND version = :version
)sql"};
constexpr Sql drop{R"sql(
  DELETE FROM rowan_provider_tokens
  WHERE account_id = :account AND provider = :provider AND version = :version
)sql"};
// As they are, sealed. Those that waited from before give way.
constexpr storage::Literal to_be_revoked{R"sql(
  INSERT INTO rowan_provider_revocations (account_id, provider, access_token, refresh_token)
  SELECT account_id, provider, access_token, refresh_token
  FROM rowan_provider_tokens
)sql"};
constexpr storage::Literal or_instead{R"sql(
  ON CONFLICT (account_id, provider) DO UPDATE
  SET access_token = excluded.access_token, refresh_token = excluded.refresh_token, tries = 0, next_at = 0
)sql"};
constexpr Sql give_back = sql_of<to_be_revoked, "WHERE account_id = :account AND provider = :provider", or_instead>;
constexpr Sql give_back_every = sql_of<to_be_revoked, "WHERE account_id = :account", or_instead>;
constexpr Sql forget{"DELETE FROM rowan_provider_tokens WHERE account_id = :account AND provider = :provider"};
constexpr Sql forget_every{"DELETE FROM rowan_provider_tokens WHERE account_id = :account"};

std::string row_of(AccountId account, std::string_view provider) {
  return account.text() + "|" + std::string(provider);
}

std::string sealed(const Services& services, Purpose purpose, const std::string& row, const Secret& token) {
  return services.seal_at_rest(purpose, row, token.expose());
}

std::string sealed_if_any(const Services& services, const std::string& row, const std::optional<Secret>& token) {
  return token ? sealed(services, refresh_purpose, row, *token) : std::string();
}

std::string scope_of(const Tokens& tokens) {
  const auto scope = tokens.scope.value_or("");
  return is_storable_text(scope) && !has_control_characters(scope) ? scope : std::string();
}

std::optional<Timestamp> end_of(const Tokens& tokens, Timestamp now) {
  return tokens.expires_in ? std::optional(now + *tokens.expires_in) : std::nullopt;
}

}  // namespace

Result<> keep_tokens(Transaction& transaction, const Services& services, const Person& person, AccountId account) {
  if (!person.tokens) return {};
  const auto row = row_of(account, person.provider);
  ROWAN_CHECK(transaction.execute(keep, {{"account", account},
                                         {"provider", person.provider},
                                         {"uid", person.uid},
                                         {"access", sealed(services, access_purpose, row, person.tokens->access_token)},
                                         {"refresh", sealed_if_any(services, row, person.tokens->refresh_token)},
                                         {"scope", scope_of(*person.tokens)},
                                         {"expires_at", end_of(*person.tokens, services.clock().now())}}));
  return {};
}

Result<> forget_tokens(Transaction& transaction, AccountId account, std::string_view provider) {
  ROWAN_CHECK(transaction.execute(give_back, {{"account", account}, {"provider", provider}}));
  ROWAN_CHECK(transaction.execute(forget, {{"account", account}, {"provider", provider}}));
  return {};
}

Result<> forget_tokens(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(give_back_every, {{"account", account}}));
  ROWAN_CHECK(transaction.execute(forget_every, {{"account", account}}));
  return {};
}

std::optional<KeptTokens> open_tokens(const Services& services, AccountId account, std::string_view provider,
                                      const SqlRow& found) {
  const auto row = row_of(account, provider);
  auto access = services.open_at_rest(access_purpose, row, found.text("access_token"));
  if (!access) return std::nullopt;
  KeptTokens tokens{.access_token = std::move(access->secret), .outdated = access->outdated};
  if (const auto& text = found.text("refresh_token"); !text.empty())
    if (auto refresh = services.open_at_rest(refresh_purpose, row, text)) {
      tokens.outdated = tokens.outdated || refresh->outdated;
      tokens.refresh_token = std::move(refresh->secret);
    }
  return tokens;
}

Result<std::optional<KeptTokens>> find_tokens(SqlConnection& connection, const Services& services, AccountId account,
                                              std::string_view provider) {
  ROWAN_TRY(const auto found, connection.first(find_kept, {{"account", account}, {"provider", provider}}));
  if (!found) return std::optional<KeptTokens>();
  auto tokens = open_tokens(services, account, provider, *found);
  if (!tokens) return tokens;
  tokens->uid = found->text("uid");
  tokens->scope = found->text("scope");
  tokens->expires_at = found->maybe_time("expires_at");
  tokens->version = found->integer("version");
  return tokens;
}

Result<bool> claim_refresh(Transaction& transaction, AccountId account, std::string_view provider, std::int64_t version,
                           Timestamp now, std::chrono::seconds lasts) {
  ROWAN_TRY(const auto claimed, transaction.execute(claim, {{"account", account},
                                                            {"provider", provider},
                                                            {"version", version},
                                                            {"now", now},
                                                            {"until", now + lasts},
                                                            {"too_late", now + lasts + clocks_differ}}));
  return claimed == 1;
}

Result<> give_up_refresh(Transaction& transaction, AccountId account, std::string_view provider, std::int64_t version) {
  ROWAN_CHECK(transaction.execute(give_up, {{"account", account}, {"provider", provider}, {"version", version}}));
  return {};
}

Result<bool> replace_tokens(Transaction& transaction, const Services& services, AccountId account,
                            std::string_view provider, std::int64_t version, const Tokens& tokens, Timestamp now) {
  const auto row = row_of(account, provider);
  ROWAN_TRY(const auto replaced,
            transaction.execute(replace, {{"account", account},
                                          {"provider", provider},
                                          {"version", version},
                                          {"access", sealed(services, access_purpose, row, tokens.access_token)},
                                          {"refresh", sealed_if_any(services, row, tokens.refresh_token)},
                                          {"scope", scope_of(tokens)},
                                          {"expires_at", end_of(tokens, now)}}));
  return replaced == 1;
}

Result<> reseal_tokens(Transaction& transaction, const Services& services, AccountId account, std::string_view provider,
                       const KeptTokens& tokens) {
  const auto row = row_of(account, provider);
  ROWAN_CHECK(transaction.execute(reseal, {{"account", account},
                                           {"provider", provider},
                                           {"version", tokens.version},
                                           {"access", sealed(services, access_purpose, row, tokens.access_token)},
                                           {"refresh", sealed_if_any(services, row, tokens.refresh_token)}}));
  return {};
}

Result<> drop_tokens(Transaction& transaction, AccountId account, std::string_view provider, std::int64_t version) {
  ROWAN_CHECK(transaction.execute(drop, {{"account", account}, {"provider", provider}, {"version", version}}));
  return {};
}

}  // namespace rowan::strategies::oauth2
