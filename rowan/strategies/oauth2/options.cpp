#include <rowan/engine/parts/room.hpp>
#include <rowan/strategies/oauth2/common_options.hpp>
#include <rowan/strategies/oauth2/oauth2.hpp>

namespace rowan::rooms {

Room oauth2() {
  using O = OAuth2Options;
  return {.name = "oauth2",
          .sentence = "Sign-in with a provider that speaks OAuth 2.",
          .defaults = OAuth2Options{},
          .options = strategies::oauth2::with_common_options<O>({
              option("name", "Its name in addresses: letters, digits and _.", {}, &O::name),
              option("label", "As people know it; without one, the name.", {}, &O::label),
              option("authorize_url", "Where people are sent to.", {}, &O::authorize_url),
              option("token_url", "Where codes are traded for tokens.", {}, &O::token_url),
              option("user_url", "Where it says who a person is.", {}, &O::user_url),
              option("issuer", "Who it says it is in its answers (RFC 9207), if it does.", {}, &O::issuer),
          }),
          .declare = declares(rowan::oauth2)};
}

}  // namespace rowan::rooms
