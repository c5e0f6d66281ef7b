#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/oauth2/common_options.hpp>
#include <rowan/strategies/providers/providers.hpp>

namespace rowan::rooms {

Room providers() {
  using O = PresetOptions;
  std::vector<Option> own{
      option("preset", "Which: \"google\", \"github\", \"apple\", \"microsoft\" and so on.", {}, &O::preset),
      option("domain", "Your tenant or host there, where it needs one.", {}, &O::domain),
      option("native_client_ids",
             "Ids of your native apps at the provider: their ID tokens sign in by the API, at NAME/id_token.", {},
             &O::native_client_ids),
      option("sign_out_at_provider", "Whether people who sign out here are led to sign out there, too.", {},
             &O::sign_out_at_provider),
  };
  strategies::oauth2::add_assurance_options<O>(own);
  return {.name = "providers",
          .sentence = "Sign-in with a provider that many sites have: Google, GitHub, Apple, Microsoft and others.",
          .defaults = PresetOptions{},
          .options = strategies::oauth2::with_common_options<O>(std::move(own)),
          .named_by = "preset",
          .declare = declares(rowan::provider)};
}

}  // namespace rowan::rooms
