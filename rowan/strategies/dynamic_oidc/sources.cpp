#include <algorithm>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/strategies/dynamic_oidc/sources.hpp>

namespace rowan::strategies::dynamic_oidc {

namespace {

// What is not the same needs another source.
bool is_same(const Connection& a, const Connection& b) {
  return a.issuer == b.issuer && a.client_id == b.client_id && a.authentication == b.authentication &&
         a.display_name == b.display_name && a.email_domains == b.email_domains &&
         a.trust_email_verified == b.trust_email_verified;
}

}  // namespace

Result<oauth2::Person> ConnectionSource::identify(const Services& services, const oauth2::Provider& provider,
                                                  const oauth2::Flow& flow, const oauth2::Tokens& tokens) {
  ROWAN_TRY(auto person, learned_.identify(services, provider, flow, tokens));
  const auto address = EmailAddress::parse(person.email);
  const auto& own = connection_.email_domains;
  // A customer's provider says what its administrator likes, also about the addresses of others.
  if (!address || std::ranges::find(own, address->domain()) == own.end()) person.email_verified = false;
  return person;
}

std::shared_ptr<ConnectionSource> Sources::make(const Connection& connection,
                                                std::shared_ptr<const Secret> secret) const {
  auto known = oauth2::provider_of(
      connection.strategy,
      {.id = connection.client_id, .secret = std::move(secret), .authentication = connection.authentication},
      options_.request);
  known.issuer = connection.issuer;
  known.reach = options_.allow_private_addresses ? http::Reach::anywhere : http::Reach::public_only;
  // OpenID Connect Core section 3.1.2.1.
  if (std::ranges::find(known.scopes, "openid") == known.scopes.end())
    known.scopes.insert(known.scopes.begin(), "openid");
  return std::make_shared<ConnectionSource>(
      connection, std::move(known),
      oidc::LearnedProvider::More{.key = provider_name(connection.strategy, connection.id),
                                  .label = connection.display_name,
                                  .signs_out_there = options_.sign_out_at_provider});
}

Result<std::shared_ptr<ConnectionSource>> Sources::source_of(const Services& services, const Stored& stored) {
  const auto& connection = stored.connection;
  if (!can_be_issuer(connection.issuer, options_.allow_private_addresses))
    return Error{
        .code = ErrorCode::unavailable,
        .reason = "connection " + connection.id + ": its issuer is on this machine, which is not allowed here"};
  {
    const std::lock_guard lock(mutex_);
    const auto found = by_id_.find(connection.id);
    if (found != by_id_.end() && found->second->sealed_secret == stored.sealed_secret &&
        is_same(found->second->source->connection(), connection)) {
      kept_.splice(kept_.begin(), kept_, found->second);
      return kept_.front().source;
    }
  }
  // It may write when the secret is sealed anew, so not under the lock.
  ROWAN_TRY(auto secret, open_secret(services, stored));
  auto source = make(connection, std::move(secret));
  const std::lock_guard lock(mutex_);
  if (const auto found = by_id_.find(connection.id); found != by_id_.end()) {
    kept_.erase(found->second);
    by_id_.erase(found);
  }
  kept_.push_front({.id = connection.id, .sealed_secret = stored.sealed_secret, .source = source});
  by_id_.emplace(connection.id, kept_.begin());
  if (kept_.size() > most) {
    by_id_.erase(kept_.back().id);
    kept_.pop_back();
  }
  return source;
}

std::size_t Sources::size() const {
  const std::lock_guard lock(mutex_);
  return kept_.size();
}

}  // namespace rowan::strategies::dynamic_oidc
