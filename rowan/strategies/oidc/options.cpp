#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/oauth2/common_options.hpp>
#include <rowan/strategies/oidc/oidc.hpp>

namespace rowan::rooms {

Room oidc() {
  using O = OidcOptions;
  std::vector<Option> own{
      option("issuer", "The provider's issuer, exactly as its tokens say it.", {}, &O::issuer),
      option("native_client_ids",
             "Ids of your native apps at the provider: their ID tokens sign in by the API, at NAME/id_token.", {},
             &O::native_client_ids),
      option("sign_out_at_provider", "Whether people who sign out here are led to sign out there, too.", {},
             &O::sign_out_at_provider),
  };
  strategies::oauth2::add_assurance_options<O>(own);
  return {.name = "oidc",
          .sentence = "Sign-in with a provider that speaks OpenID Connect.",
          .defaults = OidcOptions{},
          .options = strategies::oauth2::with_common_options<O>(std::move(own)),
          .declare = declares(rowan::oidc)};
}

}  // namespace rowan::rooms
