#include <algorithm>
#include <rowan/strategies/oauth2/room.hpp>
#include <rowan/strategies/oidc/learned_provider.hpp>
#include <rowan/strategies/oidc/oidc.hpp>

namespace rowan {

Strategy oidc(OidcOptions options) {
  auto known = strategies::oauth2::provider_of(options.name, options.client, options.request);
  known.issuer = options.issuer;
  known.reach = http::Reach::anywhere;
  // Core section 3.1.2.1: without it this is no OpenID Connect.
  if (std::ranges::find(known.scopes, "openid") == known.scopes.end())
    known.scopes.insert(known.scopes.begin(), "openid");
  auto source =
      std::make_shared<strategies::oidc::LearnedProvider>(std::move(known), std::move(options.native_client_ids));
  return strategies::oauth2::strategy_of(strategies::oauth2::room_of(std::move(options), std::move(source)));
}

}  // namespace rowan
