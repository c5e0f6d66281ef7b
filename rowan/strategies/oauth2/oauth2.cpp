#include <rowan/base/try.hpp>
#include <rowan/strategies/oauth2/examine.hpp>
#include <rowan/strategies/oauth2/oauth2.hpp>
#include <rowan/strategies/oauth2/room.hpp>

namespace rowan {

namespace {

// Known by its addresses, which are configured; nothing is learned of it.
class ConfiguredProvider final : public strategies::oauth2::IdentitySource {
 public:
  explicit ConfiguredProvider(const OAuth2Options& options) {
    auto provider = strategies::oauth2::provider_of(options.name, options.client, options.request);
    provider.issuer = options.issuer;
    provider.announces_issuer = !options.issuer.empty();
    provider.authorize_url = options.authorize_url;
    provider.token_url = options.token_url;
    provider.user_url = options.user_url;
    provider.reach = http::Reach::anywhere;
    fields_ = options.fields;
    provider_ = std::make_shared<const strategies::oauth2::Provider>(std::move(provider));
  }
  const std::string& key() const override { return provider_->issuer.empty() ? provider_->name : provider_->issuer; }
  bool wants_nonce() const override { return false; }
  Result<std::shared_ptr<const strategies::oauth2::Provider>> provider(const Services&) override { return provider_; }
  Result<strategies::oauth2::Person> identify(const Services& services, const strategies::oauth2::Provider& provider,
                                              const strategies::oauth2::Flow&,
                                              const strategies::oauth2::Tokens& tokens) override {
    ROWAN_TRY(const auto user, strategies::oauth2::fetch_user(services.http_client(), provider, tokens.access_token));
    ROWAN_TRY(auto uid, uid_by_fields(user));
    auto person = strategies::oauth2::person_from(user, key(), std::move(uid));
    const auto email = member(user, fields_.email), verified = member(user, fields_.email_verified);
    person.email = std::string(email ? email->as_text().value_or("") : "");
    person.email_verified = verified && verified->as_boolean() == true;
    if (fields_.emails_url.empty()) return person;
    ROWAN_TRY(auto address, strategies::oauth2::fetch_address(services.http_client(), provider, fields_.emails_url,
                                                              tokens.access_token));
    person.email = std::move(address.email);
    person.email_verified = address.verified;
    return person;
  }
  std::vector<std::string> problems() const override {
    auto problems = strategies::oauth2::problems_of(*provider_);
    if (provider_->user_url.empty())
      problems.push_back(provider_->name + ": user_url is missing; who a person is comes from there");
    if (!fields_.emails_url.empty() && !strategies::oauth2::can_be_called(fields_.emails_url))
      problems.push_back(provider_->name + ": emails_url is an address with https://, or with http:// on this machine");
    return problems;
  }
  std::vector<Finding> examine(const Services& services, const std::string& redirect_uri) override {
    return strategies::oauth2::examine_configured(services, *provider_, redirect_uri);
  }

 private:
  // "data.id" leads into a member.
  static std::optional<Json> member(const Json& object, std::string_view path) {
    const auto dot = path.find('.');
    const auto found = object.find(path.substr(0, dot));
    return dot == std::string_view::npos || !found ? found : member(*found, path.substr(dot + 1));
  }
  Result<std::string> uid_by_fields(const Json& user) const {
    if (fields_.uid.empty()) return strategies::oauth2::uid_of(user, *provider_);
    const auto value = member(user, fields_.uid);
    auto uid = value ? strategies::oauth2::uid_in(*value) : std::string();
    if (!uid.empty()) return uid;
    return Error{.code = ErrorCode::authentication_failed,
                 .reason = provider_->name + ": no " + fields_.uid + " by which to know the person"};
  }

  PersonFields fields_{};
  std::shared_ptr<const strategies::oauth2::Provider> provider_{};
};

}  // namespace

Strategy oauth2(OAuth2Options options) {
  auto source = std::make_shared<ConfiguredProvider>(options);
  return strategies::oauth2::strategy_of(strategies::oauth2::room_of(std::move(options), std::move(source)));
}

}  // namespace rowan
