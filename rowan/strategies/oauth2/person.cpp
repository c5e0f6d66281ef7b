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

void take_name(Person& person, std::string_view answer) {
  const auto document = Json::parse(answer, {.depth = 4, .bytes = 2048});
  const auto name = document ? document->find("name") : std::nullopt;
  if (!name || person.about.find("name")) return;
  std::string whole;
  for (const auto* part : {"firstName", "lastName"})
    if (const auto value = name->find(part))
      if (const auto text = value->as_text(); text && !text->empty())
        whole.append(whole.empty() ? "" : " ").append(*text);
  if (whole.empty()) return;
  auto about = person.about.fields();
  about.emplace_back("name", whole);
  person.about = Json::object(about);
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
                    .team = client.team,
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
