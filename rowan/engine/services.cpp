#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/at_rest.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/activity.hpp>
#include <rowan/engine/hooks.hpp>
#include <rowan/engine/spine.hpp>
#include <rowan/engine/web/origins.hpp>
#include <rowan/tokens/token_rows.hpp>
#include <stdexcept>

namespace rowan {

namespace {

std::string absolute(const engine::Origins& origins, const TenantName& tenant, std::string_view path) {
  if (path.empty()) return {};
  const auto base = origins.of(tenant);
  // It was checked when the tenant came in; a base_url_of that changes its mind is a fault of the program.
  if (!base) throw std::runtime_error(base.error().reason);
  return base->origin + std::string(path);
}

}  // namespace

Database& Services::database() const { return spine_->database; }
const Clock& Services::clock() const { return spine_->clock; }
Random& Services::random() const { return spine_->random; }
Logger& Services::logger() const { return spine_->logger; }
PasswordHasher& Services::hasher() const { return spine_->hasher; }
http::Client& Services::http_client() const {
  if (spine_->http_client == nullptr) throw std::logic_error("no phase of Cost::outgoing is declared");
  return *spine_->http_client;
}
const Pages& Services::pages() const { return spine_->pages; }
tokens::LinkTokens& Services::links() const { return spine_->links; }
tokens::Codes& Services::codes() const { return spine_->codes; }
void Services::wait(std::chrono::nanoseconds duration) const { spine_->scheduler.sleep_for(duration); }
const std::string& Services::app_name() const { return spine_->app_name; }

std::vector<std::string> Services::keyed_hashes(Purpose purpose, std::string_view secret) const {
  std::vector<std::string> hashes;
  for (std::size_t i = 0; i < spine_->keys.size(); ++i) {
    const crypto::HmacSha256 mac(spine_->keys.derive(i, "keyed hash", purpose.view()).bytes());
    hashes.push_back(to_base64url(mac(std::as_bytes(std::span(secret)))));
  }
  return hashes;
}

std::string Services::seal_at_rest(Purpose purpose, std::string_view bound_to, std::string_view secret) const {
  return crypto::seal_at_rest(spine_->keys, spine_->random, purpose.view(), bound_to, secret);
}

std::optional<Services::Opened> Services::open_at_rest(Purpose purpose, std::string_view bound_to,
                                                       std::string_view sealed) const {
  auto opened = crypto::open_at_rest(spine_->keys, purpose.view(), bound_to, sealed);
  if (!opened) return std::nullopt;
  return Opened{.secret = std::move(opened->secret), .outdated = opened->outdated};
}

std::string Services::home_url(const TenantName& tenant) const {
  return absolute(spine_->origins, tenant, spine_->addresses.get()->home());
}

std::string Services::page_url(const Realm& realm, PageName page) const {
  return absolute(spine_->origins, realm.tenant, spine_->addresses.get()->page(page, realm.subject));
}

std::string Services::phase_url(const Realm& realm, const Activity& activity) const {
  const auto known = spine_->addresses.get();
  return absolute(spine_->origins, realm.tenant, known->phase(realm.subject, activity));
}

std::string Services::token_url(const Realm& realm, std::string_view page, std::string_view token) const {
  const auto known = spine_->addresses.get();
  const auto mounted = known->link_page(page, realm.subject);
  const auto path = mounted.empty() ? known->base() + std::string(page) : std::string(mounted);
  return absolute(spine_->origins, realm.tenant, path) + "/" + std::string(token);
}

Result<> Services::close_account(AccountId account, const With& with) const {
  return spine_->close_account(account, with);
}

Result<> Services::end_everything(AccountId account, const With& with) const {
  return spine_->end_everything(account, with);
}

Result<> Services::end_token(Transaction& transaction, const OneToken& token, const Activity& by) const {
  ROWAN_TRY(const bool is_news,
            tokens::revoke(transaction, spine_->revocation, {.number = token.number, .expires_at = token.expires_at},
                           spine_->clock.now()));
  if (!is_news) return {};
  AuthEvent event;
  event.kind = AuthEvent::Kind::signed_out;
  event.strategy = by.strategy;
  event.phase = by.phase;
  event.realm = token.realm;
  event.account = token.account;
  event.ended = {token.number};
  return spine_->tell(transaction, event);
}

}  // namespace rowan
