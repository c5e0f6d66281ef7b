#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/crypto/jose/id_token.hpp>
#include <rowan/http/outgoing_url.hpp>
#include <rowan/strategies/oidc/assurance.hpp>
#include <rowan/strategies/oidc/examine.hpp>
#include <rowan/strategies/oidc/learned_provider.hpp>
#include <rowan/strategies/oidc/sign_out.hpp>

namespace rowan::strategies::oidc {

namespace {

using oauth2::ClientAuthentication;
using std::chrono::hours;

Error refused(const oauth2::Provider& provider, std::string_view why) {
  return {.code = ErrorCode::authentication_failed, .reason = provider.name + ": " + std::string(why)};
}

}  // namespace

Result<LearnedProvider::Learned> LearnedProvider::ask(const Services& services, std::shared_ptr<KeyCache> keys,
                                                      const std::string& keys_url) const {
  const auto away = [&](const std::string& why) {
    return Error{.code = ErrorCode::unavailable, .reason = known_.name + ": " + why};
  };
  http::OutgoingRequest request{
      .url = discovery_url(known_.issuer), .reach = known_.reach, .most_body_bytes = most_discovery_bytes};
  request.headers.add("Accept", "application/json");
  ROWAN_TRY(const auto response, services.http_client().send(request));
  if (response.status != 200) return away("discovery answered " + std::to_string(response.status));
  const auto document = read_discovery(response.body, known_.issuer);
  if (!document) return away(document.error().reason);
  if (!document->takes_s256) return away("it takes no challenge with S256");
  const auto way = known_.authentication == ClientAuthentication::client_secret_signed
                       ? ClientAuthentication::client_secret_post
                       : known_.authentication;
  if (std::ranges::find(document->authentications, way) == document->authentications.end())
    return away("it does not take the client authentication that is configured");
  auto provider = known_;
  provider.authorize_url = document->authorize_url;
  provider.token_url = document->token_url;
  provider.user_url = document->user_url;
  provider.pushed_url = document->pushed_url;
  provider.revocation_url = document->revocation_url;
  provider.announces_issuer = document->announces_issuer;
  Learned learned{.provider = std::make_shared<const oauth2::Provider>(std::move(provider)),
                  .keys_url = document->keys_url,
                  .sign_out_url = document->sign_out_url,
                  .algorithms = document->algorithms,
                  .keys = std::move(keys)};
  if (!learned.keys || keys_url != document->keys_url)
    learned.keys = std::make_shared<KeyCache>(document->keys_url, known_.reach);
  return learned;
}

Result<LearnedProvider::Learned> LearnedProvider::learn(const Services& services) {
  const auto& clock = services.clock();
  std::unique_lock lock(mutex_);
  const auto now = clock.elapsed();
  if ((!learned_ || now >= fresh_until_) && flight_.may_ask(now)) {
    const auto keys = learned_ ? learned_->keys : nullptr;
    const auto keys_url = learned_ ? learned_->keys_url : std::string();
    flight_.ask_once(
        lock, clock, [&] { return ask(services, keys, keys_url); },
        [&](Result<Learned> learned, SingleFlight::Elapsed then) {
          if (!learned) {
            failure_ = learned.error().reason;
            services.logger().warning("provider_unavailable", {{"strategy", known_.name}, {"reason", failure_}});
            return false;
          }
          learned_ = *std::move(learned);
          fresh_until_ = then + hours(1);
          usable_until_ = then + hours(24);
          return true;
        });
  }
  if (learned_ && clock.elapsed() < usable_until_) return *learned_;
  return Error{.code = ErrorCode::unavailable, .reason = failure_.empty() ? known_.name + ": not known" : failure_};
}

Result<std::shared_ptr<const oauth2::Provider>> LearnedProvider::provider(const Services& services) {
  ROWAN_TRY(const auto learned, learn(services));
  return learned.provider;
}

Result<crypto::jose::IdToken> LearnedProvider::verify(const Services& services, const Learned& learned,
                                                      const std::string& token,
                                                      crypto::jose::ExpectedIdToken expected) const {
  ROWAN_TRY(const auto parsed, crypto::jose::Jws::parse(token));
  ROWAN_TRY(const auto keys, learned.keys->keys_for(services.http_client(), services.clock(), parsed));
  expected.issuer = known_.issuer;
  expected.allowed = learned.algorithms;
  expected.now = services.clock().now();
  if (known_.assurance.max_age > std::chrono::seconds(0)) expected.max_age = known_.assurance.max_age;
  ROWAN_TRY(auto verified, crypto::jose::verify_id_token(token, *keys, expected));
  ROWAN_CHECK(check_assurance(verified, known_.assurance));
  return verified;
}

Result<oauth2::Person> LearnedProvider::identify(const Services& services, const oauth2::Provider& provider,
                                                 const oauth2::Flow& flow, const oauth2::Tokens& tokens) {
  if (!tokens.id_token) return refused(provider, "no ID token came with the access token");
  ROWAN_TRY(const auto learned, learn(services));
  const std::string access_token(tokens.access_token.expose());
  ROWAN_TRY(const auto verified,
            verify(services, learned, *tokens.id_token,
                   {.audiences = {provider.client_id}, .nonce = flow.nonce, .access_token = access_token}));
  auto person = person_by(services, learned, verified, *tokens.id_token);
  if (!person.email.empty() || provider.user_url.empty()) return person;
  ROWAN_TRY(const auto user, oauth2::fetch_user(services.http_client(), provider, tokens.access_token));
  // Core section 5.3.2: the sub of both must be the same, or the answer must not be used.
  const auto sub = user.find("sub");
  if (!sub || sub->as_text() != verified.subject) return refused(provider, "userinfo is about another person");
  auto by_userinfo = oauth2::person_from(user, key(), verified.subject);
  by_userinfo.origin = std::move(person.origin);
  by_userinfo.proves = person.proves;
  by_userinfo.shown_at = person.shown_at;
  return by_userinfo;
}

Result<oauth2::Person> LearnedProvider::identify_by_token(const Services& services, const std::string& id_token,
                                                          const std::string& nonce) {
  ROWAN_TRY(const auto learned, learn(services));
  ROWAN_TRY(const auto verified,
            verify(services, learned, id_token, {.audiences = more_.native_client_ids, .nonce = nonce}));
  return person_by(services, learned, verified, id_token);
}

oauth2::Person LearnedProvider::person_by(const Services& services, const Learned& learned,
                                          const crypto::jose::IdToken& verified, const std::string& token) const {
  auto person = oauth2::person_from(verified.claims, key(), verified.subject);
  person.origin = origin_of(services, verified,
                            {.url = more_.signs_out_there ? learned.sign_out_url : std::string(),
                             .id_token = token,
                             .client_id = known_.client_id,
                             .name = more_.label,
                             .provider = key()});
  add_assurance(person, verified, known_.assurance, services.clock().now());
  return person;
}

Result<crypto::jose::LogoutToken> LearnedProvider::verify_logout(const Services& services,
                                                                 const std::string& logout_token) {
  ROWAN_TRY(const auto parsed, crypto::jose::Jws::parse(logout_token));
  ROWAN_TRY(const auto learned, learn(services));
  ROWAN_TRY(const auto keys, learned.keys->keys_for(services.http_client(), services.clock(), parsed));
  crypto::jose::ExpectedLogoutToken expected{.issuer = known_.issuer,
                                             .audiences = more_.native_client_ids,
                                             .allowed = learned.algorithms,
                                             .now = services.clock().now()};
  expected.audiences.push_back(known_.client_id);
  return crypto::jose::verify_logout_token(logout_token, *keys, expected);
}

std::vector<Finding> LearnedProvider::examine(const Services& services, const std::string& redirect_uri) {
  return examine_provider(services, known_, {.redirect_uri = redirect_uri, .signs_out_there = more_.signs_out_there});
}

std::vector<std::string> LearnedProvider::problems() const {
  std::vector<std::string> problems;
  const auto issuer = http::OutgoingUrl::parse(known_.issuer);
  if (!issuer || !(issuer->secure || issuer->is_loopback()))
    problems.push_back(known_.name + ": issuer is an address with https://, or with http:// on this machine");
  // The addresses are learned later; the rest is checked now.
  auto with_addresses = known_;
  with_addresses.authorize_url = with_addresses.token_url = "https://learned.invalid/";
  for (auto& problem : oauth2::problems_of(with_addresses)) problems.push_back(std::move(problem));
  for (auto& problem : oidc::problems_of(known_.name, known_.assurance)) problems.push_back(std::move(problem));
  return problems;
}

}  // namespace rowan::strategies::oidc
