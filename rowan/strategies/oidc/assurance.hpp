#pragma once
// Not installed. What an ID token says about how, and when, the person signed in at the provider.
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/strategies/oauth2/person.hpp>

namespace rowan::strategies::oidc {

/// `authentication_failed` for a token that is less than what was asked for. `max_age` was enforced with the token.
Result<> check_assurance(const crypto::jose::IdToken& verified, const ProviderAssurance& asked);
/// Person::proves and shown_at, as far as the provider's word counts. Nothing in a token is newer than `now`.
void add_assurance(oauth2::Person& person, const crypto::jose::IdToken& verified, const ProviderAssurance& asked,
                   Timestamp now);
/// For the start: each a sentence that names the option.
std::vector<std::string> problems_of(const std::string& name, const ProviderAssurance& asked);

}  // namespace rowan::strategies::oidc
