#include <rowan/base/try.hpp>
#include <rowan/strategies/oauth2/kept_tokens.hpp>
#include <rowan/strategies/oauth2/provider_token.hpp>

namespace rowan::strategies::oauth2 {

namespace {

using namespace std::chrono_literals;

constexpr auto before_its_end = 1min;
// Longer than a call to a provider may take. A process that ends in the middle delays the next refresh by no more.
constexpr auto claimed_for = 30s;
constexpr std::chrono::milliseconds first_wait = 20ms, longest_wait = 500ms, wait_in_all = 15s;

class Asking {
 public:
  Asking(const Services& services, const Room& room, AccountId account)
      : services_(services), room_(room), account_(account) {}

  Result<ProviderToken> ask() {
    auto wait = first_wait;
    for (std::chrono::milliseconds waited{0};; waited += wait, wait = std::min(2 * wait, longest_wait)) {
      ROWAN_TRY(auto kept, services_.database().read([&](SqlConnection& connection) {
        return find_tokens(connection, services_, account_, key());
      }));
      if (!kept)
        return Error{.code = ErrorCode::not_found, .reason = room_.name + ": no token is kept for the account"};
      if (kept->outdated) ROWAN_CHECK(seal_again(*kept));
      const auto now = services_.clock().now();
      if (!kept->expires_at || *kept->expires_at > now + before_its_end) return token_of(*kept);
      const bool works = *kept->expires_at > now;
      if (!kept->refresh_token) {
        if (works) return token_of(*kept);
        return sign_in_again("the token has expired, and the provider gave none to refresh it");
      }
      ROWAN_TRY(const bool is_ours, claim(kept->version, now));
      if (is_ours) return refreshed(*kept, works);
      if (works) return token_of(*kept);
      if (waited >= wait_in_all)
        return Error{.code = ErrorCode::unavailable, .reason = room_.name + ": the token is being refreshed elsewhere"};
      services_.wait(wait);
    }
  }

 private:
  const std::string& key() const { return room_.source->key(); }

  static ProviderToken token_of(const KeptTokens& kept) {
    return {.access_token = kept.access_token.copy(), .expires_at = kept.expires_at, .scope = kept.scope};
  }

  Error sign_in_again(std::string_view why) const {
    return {.code = ErrorCode::authentication_failed, .reason = room_.name + ": " + std::string(why)};
  }

  Result<> seal_again(const KeptTokens& kept) {
    return services_.database().transact(
        [&](Transaction& transaction) { return reseal_tokens(transaction, services_, account_, key(), kept); });
  }

  Result<bool> claim(std::int64_t version, Timestamp now) {
    return services_.database().transact([&](Transaction& transaction) {
      return claim_refresh(transaction, account_, key(), version, now, claimed_for);
    });
  }

  // The claim is ours. No transaction is open while the provider is asked.
  Result<ProviderToken> refreshed(const KeptTokens& kept, bool works) {
    auto fresh = ask_provider(*kept.refresh_token);
    if (fresh) {
      const auto now = services_.clock().now();
      ROWAN_TRY(const bool replaced, services_.database().transact([&](Transaction& transaction) {
        return replace_tokens(transaction, services_, account_, key(), kept.version, *fresh, now);
      }));
      // A sign-in brought others meanwhile, or the provider was disconnected: what is there now counts.
      if (!replaced) return ask();
      return ProviderToken{.access_token = std::move(fresh->access_token),
                           .expires_at = fresh->expires_in ? std::optional(now + *fresh->expires_in) : std::nullopt,
                           .scope = fresh->scope.value_or(kept.scope)};
    }
    const bool refused = fresh.error().code == ErrorCode::authentication_failed;
    // While the one from before works, the claim runs out by itself: the provider is not asked by every caller.
    if (works) return token_of(kept);
    const auto ended = services_.database().transact([&](Transaction& transaction) {
      return refused ? drop_tokens(transaction, account_, key(), kept.version)
                     : give_up_refresh(transaction, account_, key(), kept.version);
    });
    if (!ended) services_.logger().warning("provider_token_claim_stays", {{"reason", ended.error().reason}});
    if (refused) return sign_in_again("the provider takes the refresh token no more: " + fresh.error().reason);
    return std::move(fresh).error();
  }

  Result<Tokens> ask_provider(const Secret& refresh_token) {
    ROWAN_TRY(const auto provider, room_.source->provider(services_));
    return refresh(services_.http_client(), *provider, refresh_token, services_.clock().now(), services_.random());
  }

  const Services& services_;
  const Room& room_;
  const AccountId account_;
};

}  // namespace

Result<ProviderToken> provider_token(const Services& services, const Room& room, AccountId account) {
  return Asking(services, room, account).ask();
}

}  // namespace rowan::strategies::oauth2
