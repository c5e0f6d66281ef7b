#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/strategies/oauth2/waiting.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan::strategies::oauth2 {

namespace {

constexpr Sql insert_waiting{R"sql(
  INSERT INTO rowan_flows (id, kind, tenant, subject, account_id, generation, strategy, phase, return_to, created_at,
      expires_at)
  VALUES (:id, 'provider', :tenant, :subject, :account, :generation, :strategy, :phase, :return_to, :now,
      :expires_at)
)sql"};
constexpr Sql use_row{R"sql(
  UPDATE rowan_flows
  SET consumed_at = :now
  WHERE id = :id
    AND kind = 'provider'
    AND tenant = :tenant
    AND subject = :subject
    AND strategy = :strategy
    AND phase = :phase
    AND consumed_at IS NULL
    AND expires_at > :now
  RETURNING account_id, generation, return_to
)sql"};

constexpr Sql waits_for{R"sql(
  SELECT strategy
  FROM rowan_flows
  WHERE id = :id AND kind = 'provider' AND tenant = :tenant AND subject = :subject
)sql"};

// The key is 256 random bits, so each of these is unguessable, and none tells the key or another of them.
std::string made_of(std::string_view key, std::string_view purpose) {
  return to_base64url(crypto::sha256(as_bytes(std::string("rowan provider ").append(purpose).append("|").append(key))));
}

}  // namespace

Flow flow_of(std::string_view key, std::string redirect_uri, bool with_nonce) {
  return {.redirect_uri = std::move(redirect_uri),
          .state = tokens::id_of_flow(key),
          .code_verifier = made_of(key, "code_verifier"),
          .nonce = with_nonce ? made_of(key, "nonce") : std::string()};
}

Result<> put_waiting(Transaction& transaction, const PhaseContext& context, std::string_view strategy,
                     std::string_view key, const Waiting& waiting, std::chrono::seconds lifetime) {
  const auto now = context.services.clock().now();
  const auto account = waiting.account.is_nil() ? std::optional<AccountId>() : std::optional(waiting.account);
  ROWAN_CHECK(transaction.execute(insert_waiting, {{"id", tokens::hash_of_flow(key)},
                                                   {"tenant", context.tenant()},
                                                   {"subject", context.subject()},
                                                   {"account", account},
                                                   {"generation", waiting.generation},
                                                   {"strategy", strategy},
                                                   {"phase", waiting.phase},
                                                   {"return_to", waiting.return_to},
                                                   {"now", now},
                                                   {"expires_at", now + lifetime}}));
  return {};
}

Result<std::optional<Waiting>> use_waiting(Transaction& transaction, const PhaseContext& context,
                                           std::string_view strategy, std::string_view phase, std::string_view key) {
  ROWAN_TRY(const auto row, transaction.first(use_row, {{"id", tokens::hash_of_flow(key)},
                                                        {"tenant", context.tenant()},
                                                        {"subject", context.subject()},
                                                        {"strategy", strategy},
                                                        {"phase", phase},
                                                        {"now", context.services.clock().now()}}));
  if (!row) return std::optional<Waiting>();
  return std::optional(Waiting{.account = row->id<AccountId>("account_id"),
                               .generation = row->integer("generation"),
                               .return_to = row->text("return_to")});
}

Result<std::string> strategy_of_waiting(SqlConnection& connection, const Realm& realm, std::string_view key) {
  if (key.empty()) return std::string();
  ROWAN_TRY(const auto row,
            connection.first(
                waits_for, {{"id", tokens::hash_of_flow(key)}, {"tenant", realm.tenant}, {"subject", realm.subject}}));
  return row ? row->text("strategy") : std::string();
}

}  // namespace rowan::strategies::oauth2
