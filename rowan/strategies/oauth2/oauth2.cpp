#include <rowan/base/try.hpp>
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
    provider_ = std::make_shared<const strategies::oauth2::Provider>(std::move(provider));
  }
  const std::string& key() const override { return provider_->issuer.empty() ? provider_->name : provider_->issuer; }
  bool wants_nonce() const override { return false; }
  Result<std::shared_ptr<const strategies::oauth2::Provider>> provider(const Services&) override { return provider_; }
  Result<strategies::oauth2::Person> identify(const Services& services, const strategies::oauth2::Provider& provider,
                                              const strategies::oauth2::Flow&,
                                              const strategies::oauth2::Tokens& tokens) override {
    ROWAN_TRY(const auto user, strategies::oauth2::fetch_user(services.http_client(), provider, tokens.access_token));
    ROWAN_TRY(auto uid, strategies::oauth2::uid_of(user, provider));
    return strategies::oauth2::person_from(user, key(), std::move(uid));
  }
  std::vector<std::string> problems() const override {
    auto problems = strategies::oauth2::problems_of(*provider_);
    if (provider_->user_url.empty())
      problems.push_back(provider_->name + ": user_url is missing; who a person is comes from there");
    return problems;
  }

 private:
  std::shared_ptr<const strategies::oauth2::Provider> provider_{};
};

}  // namespace

Strategy oauth2(OAuth2Options options) {
  auto source = std::make_shared<ConfiguredProvider>(options);
  return strategies::oauth2::strategy_of({.name = std::move(options.name),
                                          .label = std::move(options.label),
                                          .response_mode = options.request.response_mode,
                                          .accounts = std::move(options.accounts),
                                          .limits = options.limits,
                                          .source = std::move(source)});
}

}  // namespace rowan
