#include <rowan/accounts/accounts.hpp>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/tokens/codes.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {

constexpr std::size_t flow_size = 43, longest_code = 64;  // base64url of 32 bytes

std::string code_hash(const crypto::HmacSha256& mac, std::string_view id, std::string_view code) {
  const auto digest = mac(as_bytes(std::string(id) + "\n"), as_bytes(code));
  return to_base64url(digest);
}

}  // namespace

Codes::Codes(const crypto::KeyRing& keys, const Clock& clock, Random& random) : clock_(&clock), random_(&random) {
  for (std::size_t i = 0; i < keys.size(); ++i) macs_.emplace_back(keys.derive(i, "codes").bytes());
}

Codes::~Codes() = default;

std::string Codes::flow_hash(const crypto::HmacSha256& mac, std::string_view flow) const {
  static constexpr std::string_view scope = "flow\n";
  const auto digest = mac(as_bytes(scope), as_bytes(flow));
  return to_base64url(digest);
}

Result<std::string> Codes::issue(Transaction& transaction, const NewCode& code) {
  const auto id = to_base64url(random_->bytes<16>());
  const bool goes_on = code.flow.size() == flow_size && from_base64url(code.flow).has_value();
  auto flow = goes_on ? code.flow : to_base64url(random_->bytes<32>());
  const auto& about = code.about;
  // Without a code nothing that can be typed will fit; it is hashed all the same, so that both take as long.
  const bool can_fit = !code.code.empty() && !about.withheld;
  const auto expected = code_hash(macs_.front(), id, can_fit ? code.code : to_base64url(random_->bytes<32>()));
  const auto account = about.withheld ? AccountId() : about.account;
  const auto key = about.withheld ? key_of_withheld(about.address_key) : about.address_key;
  const auto now = clock_->now();
  ROWAN_CHECK(transaction.execute(sql::insert_code,
                                  {{"id", id},
                                   {"flow_hash", flow_hash(macs_.front(), flow)},
                                   {"code_hash", expected},
                                   {"attempts_left", code.max_attempts},
                                   {"purpose", about.purpose.view()},
                                   {"tenant", about.realm.tenant},
                                   {"subject", about.realm.subject},
                                   {"account", account.is_nil() ? std::optional<AccountId>() : std::optional(account)},
                                   {"generation", about.generation},
                                   {"address_key", key.text()},
                                   {"data", about.data.text()},
                                   {"asked_from", about.asked_from},
                                   {"asked_with", about.asked_with},
                                   {"now", now},
                                   {"expires_at", now + about.lifetime}}));
  return flow;
}

Result<std::optional<AccountId>> Codes::account_behind(SqlConnection& connection, std::string_view flow,
                                                       const EmailKey& address, Purpose purpose,
                                                       const Realm& realm) const {
  if (flow.size() != flow_size) return std::nullopt;
  for (const auto& mac : macs_) {
    ROWAN_TRY(const auto row, connection.first(sql::live_code, {{"flow_hash", flow_hash(mac, flow)},
                                                                {"purpose", purpose.view()},
                                                                {"tenant", realm.tenant},
                                                                {"subject", realm.subject},
                                                                {"address_key", address.text()},
                                                                {"now", clock_->now()}}));
    if (row) return row->id<AccountId>("account_id");
  }
  return std::nullopt;
}

Result<Guess> Codes::guess(Database& database, const TypedCode& typed, Purpose purpose, const Realm& realm) const {
  const auto [flow, code] = typed;
  if (flow.size() != flow_size || code.empty() || code.size() > longest_code) return Guess{};
  for (const auto& mac : macs_) {
    Guess guess;
    ROWAN_TRY(const auto rows, database.transact([&](Transaction& transaction) -> Result<std::vector<SqlRow>> {
      const SqlParams of_flow{{"flow_hash", flow_hash(mac, flow)},
                              {"purpose", purpose.view()},
                              {"tenant", realm.tenant},
                              {"subject", realm.subject},
                              {"now", clock_->now()}};
      ROWAN_TRY(auto counted, transaction.query(sql::count_guess, of_flow));
      ROWAN_TRY(const auto spent, transaction.first(sql::spent_until, of_flow));
      if (counted.empty() && spent) guess.spent_until = spent->maybe_time("expires_at");
      return counted;
    }));
    for (const auto& row : rows)
      if (crypto::equal_in_constant_time(as_bytes(row.text("code_hash")),
                                         as_bytes(code_hash(mac, row.text("id"), code))))
        guess.right = RightCode{.id = row.text("id"), .about = link_from(row)};
    if (!rows.empty() || guess.spent_until) return guess;
  }
  return Guess{};
}

Result<bool> Codes::consume(Transaction& transaction, const RightCode& right, Purpose purpose,
                            const Realm& realm) const {
  const auto now = clock_->now();
  const auto& about = right.about;
  // The account's row first, then the codes: all code that ends codes locks in this order, so there is no deadlock.
  if (!about.account.is_nil()) {
    ROWAN_CHECK(accounts::lock(transaction, about.account));
  } else {
    ROWAN_CHECK(transaction.query(sql::lock_codes_of_address, {{"address_key", about.address_key.text()},
                                                               {"purpose", purpose.view()},
                                                               {"tenant", realm.tenant},
                                                               {"subject", realm.subject}}));
  }
  ROWAN_TRY(const auto used, transaction.execute(sql::consume_code, {{"id", right.id}, {"now", now}}));
  if (used != 1) return false;
  ROWAN_CHECK(end_all_for(transaction, about.account, about.address_key, purpose, realm));
  return true;
}

Result<> Codes::end_all_for(Transaction& transaction, AccountId account, const EmailKey& address, Purpose purpose,
                            const Realm& realm) const {
  ROWAN_CHECK(transaction.execute(sql::end_sibling_codes,
                                  {{"purpose", purpose.view()},
                                   {"tenant", realm.tenant},
                                   {"subject", realm.subject},
                                   {"account", account.is_nil() ? std::optional<AccountId>() : std::optional(account)},
                                   {"address_key", address.text()},
                                   {"now", clock_->now()}}));
  return {};
}

Result<> Codes::expire(Sweep& sweep) const { return sweep.remove(sql::expire_codes, std::chrono::days(1)); }

Result<> end_codes_of(Transaction& transaction, AccountId account, Timestamp now) {
  ROWAN_CHECK(transaction.execute(sql::end_codes_of, {{"account", account}, {"now", now}}));
  return {};
}

}  // namespace rowan::tokens
