#include <limits>
#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/tokens/link_tokens.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {

constexpr std::size_t id_size = 22, secret_size = 43;  // base64url of 16 and 32 bytes

struct Parts {
  std::string_view id, secret;
};

std::optional<Parts> split(std::string_view text) {
  if (text.size() != id_size + 1 + secret_size || text[id_size] != '.') return std::nullopt;
  const Parts parts{text.substr(0, id_size), text.substr(id_size + 1)};
  if (!from_base64url(parts.id) || !from_base64url(parts.secret)) return std::nullopt;
  return parts;
}

std::string hash(const crypto::HmacSha256& mac, const Parts& parts) {
  const auto digest = mac(as_bytes(parts.id), as_bytes(parts.secret));
  return to_base64url(digest);
}

Link stored_link(const SqlRow& row) {
  auto link = link_from(row);
  link.flow_hash = row.text_or("flow_hash", "");
  return link;
}

std::optional<AccountId> if_any(AccountId account) {
  return account.is_nil() ? std::optional<AccountId>() : std::optional(account);
}

}  // namespace

Link link_from(const SqlRow& row) {
  Link link;
  link.account = row.id<AccountId>("account_id");
  link.generation = row.integer("generation");
  link.address_key = EmailKey(row.text_or("address_key", ""));
  if (auto data = Json::parse(row.text_or("data", "{}"))) link.data = *std::move(data);
  link.asked_from = row.text_or("asked_from", "");
  link.asked_with = row.text_or("asked_with", "");
  link.created_at = row.time("created_at");
  link.expires_at = row.time("expires_at");
  return link;
}

std::string hash_of_flow(std::string_view flow) {
  return flow.empty() ? std::string() : to_base64url(crypto::sha256(as_bytes(flow)));
}

EmailKey key_of_withheld(const EmailKey& address) {
  static constexpr std::string_view scope = "withheld\n";
  return EmailKey(to_base64url(crypto::sha256(as_bytes(std::string(scope) + address.text()))));
}

std::string id_of_flow(std::string_view flow) { return hash_of_flow(flow).substr(0, 16); }

bool Link::is_of_flow(std::string_view flow) const {
  return !flow_hash.empty() && crypto::equal_in_constant_time(as_bytes(flow_hash), as_bytes(hash_of_flow(flow)));
}

LinkTokens::LinkTokens(const crypto::KeyRing& keys, const Clock& clock, Random& random)
    : clock_(&clock), random_(&random) {
  for (std::size_t i = 0; i < keys.size(); ++i) macs_.emplace_back(keys.derive(i, "link tokens").bytes());
}

LinkTokens::~LinkTokens() = default;

Result<std::string> LinkTokens::issue(Transaction& transaction, const NewLink& link) {
  const auto id = to_base64url(random_->bytes<16>());
  const auto secret = to_base64url(random_->bytes<32>());
  const auto now = clock_->now();
  // One of no account is looked for without its text, too: a registration that waits (newest_for).
  const bool is_used_up = link.withheld && !link.account.is_nil();
  const auto account = link.withheld ? AccountId() : link.account;
  const auto key = link.withheld ? key_of_withheld(link.address_key) : link.address_key;
  ROWAN_CHECK(transaction.execute(sql::insert_link, {{"id", id},
                                                     {"secret_hash", hash(macs_.front(), {id, secret})},
                                                     {"purpose", link.purpose.view()},
                                                     {"tenant", link.realm.tenant},
                                                     {"subject", link.realm.subject},
                                                     {"account", if_any(account)},
                                                     {"generation", link.generation},
                                                     {"address_key", key.text()},
                                                     {"data", link.data.text()},
                                                     {"asked_from", link.asked_from},
                                                     {"asked_with", link.asked_with},
                                                     {"flow_hash", hash_of_flow(link.flow)},
                                                     {"now", now},
                                                     {"expires_at", now + link.lifetime},
                                                     {"consumed_at", is_used_up ? std::optional(now) : std::nullopt}}));
  return id + "." + secret;
}

Result<std::optional<Link>> LinkTokens::look(SqlConnection& connection, std::string_view text, Purpose purpose,
                                             const Realm& realm) const {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  ROWAN_TRY(const auto row, connection.first(sql::look_at_link, {{"id", parts->id},
                                                                 {"purpose", purpose.view()},
                                                                 {"tenant", realm.tenant},
                                                                 {"subject", realm.subject},
                                                                 {"now", clock_->now()}}));
  if (!row) return std::nullopt;
  for (const auto& mac : macs_)
    if (crypto::equal_in_constant_time(as_bytes(row->text("secret_hash")), as_bytes(hash(mac, *parts))))
      return stored_link(*row);
  return std::nullopt;
}

Result<std::optional<Link>> LinkTokens::newest_for(SqlConnection& connection, const EmailKey& address,
                                                   std::string_view flow, Purpose purpose, const Realm& realm) const {
  ROWAN_TRY(const auto row, connection.first(sql::newest_link, {{"address_key", address.text()},
                                                                {"withheld_key", key_of_withheld(address).text()},
                                                                {"flow_hash", flow.empty() ? "-" : hash_of_flow(flow)},
                                                                {"purpose", purpose.view()},
                                                                {"tenant", realm.tenant},
                                                                {"subject", realm.subject},
                                                                {"now", clock_->now()}}));
  return row ? std::optional(stored_link(*row)) : std::nullopt;
}

Result<std::optional<Link>> LinkTokens::consume(Transaction& transaction, std::string_view text, Purpose purpose,
                                                const Realm& realm, Siblings dying) const {
  const auto parts = split(text);
  if (!parts) return std::nullopt;
  // The account's row first, then the links: all code that ends links locks in this order, so there is no deadlock.
  ROWAN_TRY(const auto seen, look(transaction.connection(), text, purpose, realm));
  if (!seen) return std::nullopt;
  if (!seen->account.is_nil()) {
    ROWAN_CHECK(accounts::lock(transaction, seen->account));
  } else {
    ROWAN_CHECK(transaction.query(sql::lock_links_of_address, {{"address_key", seen->address_key.text()},
                                                               {"purpose", purpose.view()},
                                                               {"tenant", realm.tenant},
                                                               {"subject", realm.subject}}));
  }
  for (const auto& mac : macs_) {
    ROWAN_TRY(const auto row, transaction.first(sql::consume_link, {{"id", parts->id},
                                                                    {"purpose", purpose.view()},
                                                                    {"tenant", realm.tenant},
                                                                    {"subject", realm.subject},
                                                                    {"secret_hash", hash(mac, *parts)},
                                                                    {"now", clock_->now()}}));
    if (!row) continue;
    auto link = stored_link(*row);
    if (dying == Siblings::none) return link;
    ROWAN_CHECK(transaction.execute(
        sql::end_sibling_links, {{"purpose", purpose.view()},
                                 {"tenant", realm.tenant},
                                 {"subject", realm.subject},
                                 {"account", if_any(link.account)},
                                 {"address_key", link.address_key.empty() ? std::string("-") : link.address_key.text()},
                                 {"since", dying == Siblings::newer ? link.created_at : Timestamp()},
                                 {"now", clock_->now()}}));
    return link;
  }
  return std::nullopt;
}

Result<> LinkTokens::end_all_for(Transaction& transaction, const EmailKey& address, Purpose purpose,
                                 const Realm& realm) const {
  ROWAN_CHECK(transaction.execute(sql::end_sibling_links, {{"purpose", purpose.view()},
                                                           {"tenant", realm.tenant},
                                                           {"subject", realm.subject},
                                                           {"account", std::optional<AccountId>()},
                                                           {"address_key", address.text()},
                                                           {"since", Timestamp()},
                                                           {"now", clock_->now()}}));
  return {};
}

Result<> LinkTokens::end_all_of(Transaction& transaction, AccountId account) const {
  return end_some_of(transaction, account, std::numeric_limits<std::int64_t>::max());
}

Result<> LinkTokens::end_some_of(Transaction& transaction, AccountId account, std::int64_t at_most) const {
  ROWAN_CHECK(
      transaction.execute(sql::end_links_of, {{"account", account}, {"now", clock_->now()}, {"most", at_most}}));
  return {};
}

Result<> LinkTokens::expire(Sweep& sweep) const { return sweep.remove(sql::expire_links, std::chrono::days(1)); }

}  // namespace rowan::tokens
