#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/strategies/oauth2/room.hpp>
#include <rowan/strategies/oidc/learned_provider.hpp>
#include <rowan/strategies/oidc/oidc.hpp>
#include <rowan/strategies/oidc/sign_out.hpp>

namespace rowan {

Strategy oidc(OidcOptions options) {
  auto known = strategies::oauth2::provider_of(options.name, options.client, options.request);
  known.issuer = options.issuer;
  known.reach = http::Reach::anywhere;
  known.assurance = options.assurance;
  // Core section 3.1.2.1: without it this is no OpenID Connect.
  if (std::ranges::find(known.scopes, "openid") == known.scopes.end())
    known.scopes.insert(known.scopes.begin(), "openid");
  const strategies::oidc::SignOut sign_out{.strategy = options.name, .leads_there = options.sign_out_at_provider};
  auto source = std::make_shared<strategies::oidc::LearnedProvider>(
      std::move(known),
      strategies::oidc::LearnedProvider::More{.native_client_ids = std::move(options.native_client_ids),
                                              .label = options.label.empty() ? options.name : options.label,
                                              .signs_out_there = options.sign_out_at_provider});
  auto strategy = strategies::oauth2::strategy_of(strategies::oauth2::room_of(std::move(options), source));
  strategies::oidc::add_sign_out(strategy, sign_out);
  strategy.phases.push_back(strategies::oidc::backchannel_logout_phase(
      "/backchannel_logout",
      [source, name = strategy.name](const PhaseContext& context, const std::string& token) -> Result<Outcome> {
        ROWAN_TRY(auto answer, strategies::oidc::end_by_provider(
                                   context, {.subject = context.subject(), .strategy = name, .provider = source->key()},
                                   source->verify_logout(context.services, token)));
        return Outcome(std::move(answer));
      }));
  return strategy;
}

}  // namespace rowan
