#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/dynamic_oidc/dynamic_oidc.hpp>

namespace rowan::rooms {

Room dynamic_oidc() {
  using namespace std::chrono_literals;
  using O = DynamicOidcOptions;
  using R = ProviderRequest;
  using L = ProviderLimits;
  return {.name = "dynamic_oidc",
          .sentence = "Sign-in with providers that your customers bring: rows instead of options.",
          .defaults = DynamicOidcOptions{},
          .options = {option("name", "Its name in addresses: letters, digits and _.", {}, &O::name),
                      option("scopes", "What every provider is asked for.", {}, &O::request, &R::scopes),
                      choice<ResponseMode>("response_mode", "How the providers send people back.",
                                           {{"query", ResponseMode::query}, {"form_post", ResponseMode::form_post}},
                                           &O::request, &R::response_mode),
                      option("keep", "What a new account keeps of what the provider says: \"name\", \"picture\".", {},
                             &O::keep),
                      option("sign_out_at_provider", "Whether people who sign out here are led to sign out there, too.",
                             {}, &O::sign_out_at_provider),
                      option("allow_private_addresses",
                             "Whether a provider may be on this machine or in a private network.", {},
                             &O::allow_private_addresses),
                      option("per_client", "Sign-ins that one client can begin in five minutes, and answer.",
                             between(1, 10000), &O::limits, &L::per_client),
                      option("lifetime", "How long a sign-in waits for the provider's answer.", between(1min, 1h),
                             &O::limits, &L::lifetime)},
          .declare = declares(rowan::dynamic_oidc)};
}

}  // namespace rowan::rooms
