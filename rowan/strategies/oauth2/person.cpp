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

namespace {

std::shared_ptr<const Secret> read_secret(const std::shared_ptr<const Secret>& given, const std::string& from) {
  if (given || from.empty()) return given;
  if (from.starts_with("env:")) return std::make_shared<const Secret>(Secret::from_env(from.substr(4)));
  if (from.starts_with("file:")) return std::make_shared<const Secret>(Secret::from_file(from.substr(5)));
  return std::make_shared<const Secret>(Secret::from_text(from));
}

}  // namespace

Provider provider_of(const std::string& name, const ProviderClient& client, const ProviderRequest& request) {
  Provider provider{.name = name,
                    .client_id = client.id,
                    .authentication = client.authentication,
                    .client_secret = read_secret(client.secret, client.secret_from),
                    .private_key_id = client.private_key_id,
                    .scopes = request.scopes,
                    .authorization_params = request.parameters,
                    .response_mode = request.response_mode};
  // A key that cannot be read is told at the start, as one that is missing.
  const auto pem = read_secret(client.private_key, client.private_key_from);
  if (pem && !pem->missing())
    if (auto key = crypto::jose::SigningKey::from_pem(*pem)) provider.private_key = *std::move(key);
  return provider;
}

}  // namespace rowan::strategies::oauth2
