#include <rowan/strategies/oauth2/person.hpp>

namespace rowan::strategies::oauth2 {

Person person_from(const Json& document, std::string provider, std::string uid) {
  const auto verified = document.find("email_verified");
  const auto email = document.find("email");
  return {.provider = std::move(provider),
          .uid = std::move(uid),
          .email = std::string(email ? email->as_text().value_or("") : ""),
          .email_verified = verified && verified->as_boolean() == true,
          .about = document};
}

Provider provider_of(const std::string& name, const ProviderClient& client, const ProviderRequest& request) {
  Provider provider{.name = name,
                    .client_id = client.id,
                    .authentication = client.authentication,
                    .client_secret = client.secret,
                    .private_key_id = client.private_key_id,
                    .scopes = request.scopes,
                    .authorization_params = request.parameters,
                    .response_mode = request.response_mode};
  // A key that cannot be read is told at the start, as one that is missing.
  if (client.private_key)
    if (auto key = crypto::jose::SigningKey::from_pem(*client.private_key)) provider.private_key = *std::move(key);
  return provider;
}

}  // namespace rowan::strategies::oauth2
