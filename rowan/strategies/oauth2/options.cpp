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
              option("authorize_url", "Where people are sent to.", {}, &O::authorize_url),
              option("token_url", "Where codes are traded for tokens.", {}, &O::token_url),
              option("user_url", "Where it says who a person is.", {}, &O::user_url),
              option("issuer", "Who it says it is in its answers (RFC 9207), if it does.", {}, &O::issuer),
              option("uid_field", "Where user_url says by what it knows a person for ever; without it, sub, id or uid.",
                     {}, &O::fields, &PersonFields::uid),
              option("email_field", "Where it says the address; a dot leads into a member.", {}, &O::fields,
                     &PersonFields::email),
              option("email_verified_field", "Where it says true when it has verified the address.", {}, &O::fields,
                     &PersonFields::email_verified),
              option("emails_url", "Where the addresses are, when user_url does not say them; the primary one counts.",
                     {}, &O::fields, &PersonFields::emails_url),
          }),
          .declare = declares(rowan::oauth2)};
}

}  // namespace rowan::rooms
