#include <rowan/base/try.hpp>
#include <rowan/strategies/oauth2/kept_tokens.hpp>
#include <rowan/strategies/oauth2/revocations.hpp>

namespace rowan::strategies::oauth2 {

namespace {

using namespace std::chrono_literals;

constexpr std::chrono::seconds every = 10s, until_again = 30min;
constexpr std::int64_t most_tries = 3;

constexpr Sql due{R"sql(
  SELECT account_id, access_token, refresh_token, tries
  FROM rowan_provider_revocations
  WHERE provider = :provider AND next_at <= :now
  ORDER BY next_at LIMIT 5
)sql"};
// By one node: whoever changed the number of tries.
constexpr Sql claim{R"sql(
  UPDATE rowan_provider_revocations
  SET tries = tries + 1, next_at = :next
  WHERE account_id = :account AND provider = :provider AND tries = :tries
)sql"};
constexpr Sql done{R"sql(
  DELETE FROM rowan_provider_revocations
  WHERE account_id = :account AND provider = :provider AND tries = :tries
)sql"};
constexpr Sql expire{R"sql(
  DELETE FROM rowan_provider_revocations
  WHERE (account_id, provider) IN (
    SELECT account_id, provider FROM rowan_provider_revocations WHERE next_at < :before LIMIT :most)
)sql"};

class Revoking {
 public:
  explicit Revoking(std::shared_ptr<const Room> room) : room_(std::move(room)) {}

  Result<> look(const Services& services) {
    const auto now = services.clock().elapsed();
    if (next_look_ && now < *next_look_) return {};
    next_look_ = now + every;
    const auto& key = room_->source->key();
    ROWAN_TRY(const auto rows, services.database().read([&](SqlConnection& connection) {
      return connection.query(due, {{"provider", key}, {"now", services.clock().now()}});
    }));
    if (rows.empty()) return {};
    // It is away, or not known yet: they stay.
    ROWAN_TRY(const auto provider, room_->source->provider(services));
    for (const auto& row : rows) ROWAN_CHECK(try_one(services, *provider, row));
    return {};
  }

 private:
  Result<> try_one(const Services& services, const Provider& provider, const SqlRow& row) {
    const auto account = row.id<AccountId>("account_id");
    const auto tries = row.integer("tries");
    ROWAN_TRY(const auto claimed, services.database().transact([&](Transaction& transaction) {
      return transaction.execute(claim, {{"account", account},
                                         {"provider", room_->source->key()},
                                         {"tries", tries},
                                         {"next", services.clock().now() + until_again}});
    }));
    if (claimed != 1) return {};
    const auto told = tell(services, provider, account, row);
    if (!told)
      services.logger().warning("provider_token_not_revoked",
                                {{"strategy", room_->name}, {"reason", told.error().reason}});
    if (!told && tries + 1 < most_tries) return {};
    return services.database().transact([&](Transaction& transaction) -> Result<> {
      ROWAN_CHECK(
          transaction.execute(done, {{"account", account}, {"provider", room_->source->key()}, {"tries", tries + 1}}));
      return {};
    });
  }

  // Of the two the refresh token: with it the access token ends, where the provider can do that (section 2.1).
  Result<> tell(const Services& services, const Provider& provider, AccountId account, const SqlRow& row) const {
    if (provider.revocation_url.empty()) return {};
    const auto tokens = open_tokens(services, account, room_->source->key(), row);
    if (!tokens) return {};  // sealed by a master secret that is gone
    return revoke(services.http_client(), provider,
                  tokens->refresh_token ? *tokens->refresh_token : tokens->access_token,
                  tokens->refresh_token ? "refresh_token" : "access_token", services.clock().now(), services.random());
  }

  std::shared_ptr<const Room> room_;
  std::optional<std::chrono::nanoseconds> next_look_{};
};

}  // namespace

std::function<Result<>(const Services&, bool last)> revoking(std::shared_ptr<const Room> room) {
  return [revoking = std::make_shared<Revoking>(std::move(room))](const Services& services, bool last) -> Result<> {
    // Whoever stops waits for no provider.
    return last ? Result<>() : revoking->look(services);
  };
}

Result<> expire_revocations(Sweep& sweep) { return sweep.remove(expire, std::chrono::days(1)); }

}  // namespace rowan::strategies::oauth2
