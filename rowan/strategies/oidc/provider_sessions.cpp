#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/strategies/oidc/provider_sessions.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan::strategies::oidc {

namespace {

constexpr Sql insert_session{R"sql(
  INSERT INTO rowan_provider_sessions (number, account_id, tenant, subject, strategy, provider, uid, sid, kept,
      issued_at, expires_at)
  VALUES (:number, :account, :tenant, :subject, :strategy, :provider, :uid, :sid, :kept, :issued_at, :expires_at)
)sql"};
constexpr Sql find_session{R"sql(
  SELECT provider, uid, sid, kept, issued_at
  FROM rowan_provider_sessions
  WHERE number = :number AND strategy = :strategy
)sql"};
constexpr Sql take_session{R"sql(
  DELETE FROM rowan_provider_sessions
  WHERE number = :number AND strategy = :strategy
  RETURNING provider, uid, kept
)sql"};
constexpr Sql end_of_sid{R"sql(
  DELETE FROM rowan_provider_sessions
  WHERE sid = :sid AND provider = :provider AND strategy = :strategy AND subject = :subject
    AND (uid = :uid OR CAST(:uid AS TEXT) = '')
  RETURNING number, account_id, tenant, subject, expires_at
)sql"};
constexpr Sql end_of_uid{R"sql(
  DELETE FROM rowan_provider_sessions
  WHERE uid = :uid AND provider = :provider AND strategy = :strategy AND subject = :subject
  RETURNING number, account_id, tenant, subject, expires_at
)sql"};
constexpr Sql forget_all{"DELETE FROM rowan_provider_sessions WHERE account_id = :account"};

// Whoever comes second waits for the first to commit, and sees what it wrote.
constexpr Sql touch{R"sql(
  INSERT INTO rowan_provider_logouts (key, ended_at, expires_at)
  VALUES (:key, -1, :expires_at)
  ON CONFLICT (key) DO UPDATE
  SET expires_at = CASE WHEN rowan_provider_logouts.expires_at < excluded.expires_at THEN excluded.expires_at
      ELSE rowan_provider_logouts.expires_at END
  RETURNING ended_at
)sql"};
constexpr Sql mark_ended{R"sql(
  INSERT INTO rowan_provider_logouts (key, ended_at, expires_at)
  VALUES (:key, :ended_at, :expires_at)
  ON CONFLICT (key) DO UPDATE
  SET ended_at = CASE WHEN rowan_provider_logouts.ended_at < excluded.ended_at THEN excluded.ended_at
        ELSE rowan_provider_logouts.ended_at END,
      expires_at = excluded.expires_at
)sql"};
constexpr Sql take_token{R"sql(
  INSERT INTO rowan_provider_logouts (key, ended_at, expires_at)
  VALUES (:key, :now, :expires_at)
  ON CONFLICT DO NOTHING
)sql"};

constexpr Sql expire_sessions_sql = row_locking<R"sql(
  DELETE FROM rowan_provider_sessions
  WHERE number IN (
    SELECT number
    FROM rowan_provider_sessions
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;
constexpr Sql expire_logouts = row_locking<R"sql(
  DELETE FROM rowan_provider_logouts
  WHERE key IN (
    SELECT key
    FROM rowan_provider_logouts
    WHERE expires_at < :before
    ORDER BY expires_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

// Longer than a sign-in can be on its way (an hour at the provider, ten minutes at the second factor), and than a
// logout token is taken.
constexpr std::chrono::hours remembered{24};

std::string key_of(std::string_view kind, const OfProvider& of, std::string_view value) {
  std::string all(kind);
  for (const auto part : {of.subject, of.strategy, of.provider, value}) all.append("\n").append(part);
  return to_base64url(crypto::sha256(as_bytes(all)));
}

/// When this was ended at the provider; nullopt: it was not.
Result<std::optional<Timestamp>> ended_at(Transaction& transaction, const std::string& key, Timestamp now) {
  ROWAN_TRY(const auto row, transaction.first(touch, {{"key", key}, {"expires_at", now + remembered}}));
  if (!row || row->integer("ended_at") < 0) return std::optional<Timestamp>();
  return std::optional(row->time("ended_at"));
}

Error ended_there(const OfProvider& of) {
  return wrong_credential(std::string(of.strategy) + ": the provider ended this session meanwhile");
}

}  // namespace

Result<> remember(Transaction& transaction, const OfProvider& of, const ProviderSession& from, const Claims& claims,
                  Timestamp now) {
  if (!from.sid.empty()) {
    ROWAN_TRY(const auto session, ended_at(transaction, key_of("sid", of, from.sid), now));
    if (session) return ended_there(of);
  }
  ROWAN_TRY(const auto person, ended_at(transaction, key_of("uid", of, from.uid), now));
  if (person && *person >= from.issued_at) return ended_there(of);
  ROWAN_CHECK(transaction.execute(insert_session, {{"number", claims.numbers.token},
                                                   {"account", claims.id},
                                                   {"tenant", claims.tenant()},
                                                   {"subject", of.subject},
                                                   {"strategy", of.strategy},
                                                   {"provider", of.provider},
                                                   {"uid", from.uid},
                                                   {"sid", from.sid},
                                                   {"kept", from.kept},
                                                   {"issued_at", from.issued_at},
                                                   {"expires_at", claims.expires_at}}));
  return {};
}

Result<> remember_again(Transaction& transaction, const OfProvider& of, std::int64_t goes_on_from, const Claims& claims,
                        Timestamp now) {
  ROWAN_TRY(const auto row, transaction.first(find_session, {{"number", goes_on_from}, {"strategy", of.strategy}}));
  if (!row) {
    // It has no row when an earlier release made it; one that was ended is known as dead.
    ROWAN_TRY(const bool is_dead, tokens::Revocation::is_published(transaction, goes_on_from));
    return is_dead ? Result<>(ended_there(of)) : Result<>();
  }
  const auto provider = row->text("provider");
  return remember(transaction, {.subject = of.subject, .strategy = of.strategy, .provider = provider},
                  {.uid = row->text("uid"),
                   .sid = row->text("sid"),
                   .issued_at = row->time("issued_at"),
                   .kept = row->text("kept")},
                  claims, now);
}

Result<std::optional<std::vector<Services::OneToken>>> end(Transaction& transaction, const OfProvider& of,
                                                           const Ended& ended, Timestamp now) {
  using Tokens = std::vector<Services::OneToken>;
  const auto until = now + remembered;
  ROWAN_TRY(const bool is_new,
            transaction.insert_unique(
                take_token, {{"key", key_of("jti", of, ended.token_id)}, {"now", now}, {"expires_at", until}}));
  if (!is_new) return std::optional<Tokens>();
  const bool one = !ended.sid.empty();
  // First: a sign-in that is being completed is waited for, and found below.
  ROWAN_CHECK(
      transaction.execute(mark_ended, {{"key", one ? key_of("sid", of, ended.sid) : key_of("uid", of, ended.uid)},
                                       {"ended_at", ended.issued_at},
                                       {"expires_at", until}}));
  ROWAN_TRY(const auto rows, transaction.query(one ? end_of_sid : end_of_uid, {{"subject", of.subject},
                                                                               {"strategy", of.strategy},
                                                                               {"provider", of.provider},
                                                                               {"uid", ended.uid},
                                                                               {"sid", ended.sid}}));
  Tokens tokens;
  for (const auto& row : rows) {
    const auto tenant = TenantName::from(row.text("tenant"));
    const auto subject = SubjectName::from(row.text("subject"));
    if (!tenant || !subject) return Error{.code = ErrorCode::internal, .reason = "a stored name that cannot be one"};
    tokens.push_back({.number = row.integer("number"),
                      .expires_at = row.time("expires_at"),
                      .account = row.id<AccountId>("account_id"),
                      .realm = {.tenant = *tenant, .subject = *subject}});
  }
  return std::optional(std::move(tokens));
}

Result<std::optional<Kept>> take_kept(Transaction& transaction, std::string_view strategy, std::int64_t number) {
  ROWAN_TRY(const auto row, transaction.first(take_session, {{"number", number}, {"strategy", strategy}}));
  if (!row || row->text("kept").empty()) return std::optional<Kept>();
  return std::optional(Kept{.provider = row->text("provider"), .uid = row->text("uid"), .sealed = row->text("kept")});
}

Result<> forget_sessions(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(forget_all, {{"account", account}}));
  return {};
}

Result<> expire_sessions(Sweep& sweep) {
  ROWAN_CHECK(sweep.remove(expire_sessions_sql, std::chrono::days(1)));
  return sweep.remove(expire_logouts, std::chrono::days(1));
}

}  // namespace rowan::strategies::oidc
