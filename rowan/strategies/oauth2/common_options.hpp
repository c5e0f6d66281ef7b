#pragma once
// Not installed. The options that every provider has in a file, over the room's own struct.
#include <rowan/engine/parts/option.hpp>
#include <rowan/strategies/oauth2/provider_options.hpp>
#include <vector>

namespace rowan::strategies::oauth2 {

/// Those that only a provider of OpenID Connect can have.
template <class O>
void add_assurance_options(std::vector<Option>& options) {
  using namespace std::chrono_literals;
  using A = ProviderAssurance;
  options.push_back(option("require_acr", "How people have to sign in there (acr); who signed in otherwise is refused.",
                           {}, &O::assurance, &A::require_acr));
  options.push_back(option("trust_acr", "The acr of its ID tokens that count as two factors here.", {}, &O::assurance,
                           &A::trust_acr));
  options.push_back(option("trust_amr", "The amr of its ID tokens that count as two factors here: \"mfa\".", {},
                           &O::assurance, &A::trust_amr));
  options.push_back(option("max_age", "How long ago people may have signed in there at most; 0s: any time.",
                           between(0s, std::chrono::days(365)), &O::assurance, &A::max_age));
}

/// In front of `own`, those that only this kind of provider has.
template <class O>
std::vector<Option> with_common_options(std::vector<Option> own) {
  using namespace std::chrono_literals;
  using C = ProviderClient;
  using R = ProviderRequest;
  using A = ProviderAccounts;
  using L = ProviderLimits;
  using enum ClientAuthentication;
  std::vector<Option> common{
      option("name", "Its name in addresses: letters, digits and _.", {}, &O::name),
      option("label", "As people know it; without one, the name.", {}, &O::label),
      option("icon", "The path of its icon: what stands in d=\"…\" of an SVG of 24 by 24.", {}, &O::icon),
      option("client_id", "Our id at the provider.", {}, &O::client, &C::id),
      option("client_secret", "Where our secret at the provider is: env:NAME or file:PATH.", {}, &O::client,
             &C::secret_from),
      choice<ClientAuthentication>("client_authentication", "How we say who we are at the provider.",
                                   {{"client_secret_basic", client_secret_basic},
                                    {"client_secret_post", client_secret_post},
                                    {"client_secret_jwt", client_secret_jwt},
                                    {"private_key_jwt", private_key_jwt},
                                    {"client_secret_signed", client_secret_signed},
                                    {"none", none}},
                                   &O::client, &C::authentication),
      option("private_key", "Where the private key that signs for us is, as PEM: env:NAME or file:PATH.", {},
             &O::client, &C::private_key_from),
      option("private_key_id", "Its id at the provider.", {}, &O::client, &C::private_key_id),
      option("team", "Who signs a secret that is signed: Apple's team id.", {}, &O::client, &C::team),
      option("scopes", "What we ask for.", {}, &O::request, &R::scopes),
      choice<ResponseMode>("response_mode", "How the provider sends people back.",
                           {{"query", ResponseMode::query}, {"form_post", ResponseMode::form_post}}, &O::request,
                           &R::response_mode),
      option("registration", "Whether a person without an account gets one.", {}, &O::accounts, &A::registration),
      option("trust_email_verified",
             "Whether the provider's word counts that an address is verified: then its owner gets the account with "
             "that address.",
             {}, &O::accounts, &A::trust_email_verified),
      option("keep", "What a new account keeps of what the provider says: \"name\", \"picture\".", {}, &O::accounts,
             &A::keep),
      option("keep_tokens", "Whether the provider's tokens are kept, sealed, for the application to call it.", {},
             &O::accounts, &A::keep_tokens),
      choice<UntrustedMatch>("on_untrusted_email_match",
                             "What happens when an account has the address and the provider's word about it does not "
                             "count: the person is refused, or a code is mailed to the account's address.",
                             {{"reject", UntrustedMatch::reject}, {"confirm", UntrustedMatch::confirm}}, &O::accounts,
                             &A::on_untrusted_email_match),
      option("per_client", "Sign-ins that one client can begin in five minutes, and answer.", between(1, 10000),
             &O::limits, &L::per_client),
      option("lifetime", "How long a sign-in waits for the provider's answer.", between(1min, 1h), &O::limits,
             &L::lifetime),
      option("recent", "For accounts without a password: how fresh the session must be to link or unlink.",
             between(1s, std::chrono::days(1)), &O::limits, &L::recent),
  };
  common.insert(common.begin() + 3, own.begin(), own.end());
  return common;
}

}  // namespace rowan::strategies::oauth2
