#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/tokens/devices.hpp>

namespace rowan::tokens {

namespace {

constexpr std::size_t device_size = 43;  // base64url of 32 bytes

constexpr Sql known{R"sql(
  SELECT 1
  FROM rowan_devices
  WHERE account_id = :account AND device = :device AND seen_at > :since
)sql"};
constexpr Sql remember{R"sql(
  INSERT INTO rowan_devices (account_id, device, seen_at)
  VALUES (:account, :device, :now)
  ON CONFLICT (account_id, device) DO UPDATE
  SET seen_at = excluded.seen_at
)sql"};
constexpr Sql drop_surplus{R"sql(
  DELETE FROM rowan_devices
  WHERE account_id = :account
    AND device NOT IN (
      SELECT device
      FROM rowan_devices
      WHERE account_id = :account
      ORDER BY seen_at DESC, device LIMIT :most)
)sql"};
constexpr Sql trust{R"sql(
  UPDATE rowan_devices
  SET trusted_at = :now, trusted_until = :until, browser = :browser
  WHERE account_id = :account AND device = :device
)sql"};
constexpr Sql trusted{R"sql(
  SELECT 1
  FROM rowan_devices
  WHERE account_id = :account AND device = :device AND trusted_until > :now
)sql"};
constexpr Sql all_trusted{R"sql(
  SELECT device, browser, trusted_at, trusted_until, seen_at
  FROM rowan_devices
  WHERE account_id = :account AND trusted_until > :now
  ORDER BY seen_at DESC, device
)sql"};
constexpr Sql distrust{R"sql(
  UPDATE rowan_devices
  SET trusted_at = NULL, trusted_until = NULL
  WHERE account_id = :account AND device = :device AND trusted_until IS NOT NULL
)sql"};
constexpr Sql forget{"DELETE FROM rowan_devices WHERE account_id = :account"};
constexpr Sql expire = row_locking<R"sql(
  DELETE FROM rowan_devices
  WHERE (account_id, device) IN (
    SELECT account_id, device
    FROM rowan_devices
    WHERE seen_at <= :before
    ORDER BY seen_at LIMIT :most
    FOR UPDATE SKIP LOCKED)
)sql">;

}  // namespace

std::string make_device(Random& random) { return to_base64url(random.bytes<32>()); }

bool is_device(std::string_view text) { return text.size() == device_size && from_base64url(text).has_value(); }

std::string device_hash(std::string_view device) {
  return is_device(device) ? to_base64url(crypto::sha256(as_bytes(device))) : std::string();
}

Result<bool> knows_device(SqlConnection& connection, AccountId account, std::string_view device, Timestamp now) {
  const auto hash = device_hash(device);
  ROWAN_TRY(const auto row,
            connection.first(known, {{"account", account}, {"device", hash}, {"since", now - device_lifetime}}));
  return row.has_value();
}

Result<> remember_device(Transaction& transaction, AccountId account, std::string_view device, Timestamp now) {
  if (!is_device(device)) return {};
  ROWAN_CHECK(transaction.execute(remember, {{"account", account}, {"device", device_hash(device)}, {"now", now}}));
  ROWAN_CHECK(transaction.execute(drop_surplus, {{"account", account}, {"most", devices_of_one_account}}));
  return {};
}

Result<> trust_device(Transaction& transaction, AccountId account, std::string_view device, const Trust& given,
                      Timestamp now) {
  if (!is_device(device)) return {};
  ROWAN_CHECK(transaction.execute(trust, {{"account", account},
                                          {"device", device_hash(device)},
                                          {"until", given.until},
                                          {"browser", given.browser},
                                          {"now", now}}));
  return {};
}

Result<bool> trusts_device(SqlConnection& connection, AccountId account, std::string_view device, Timestamp now) {
  if (!is_device(device)) return false;
  ROWAN_TRY(const auto row,
            connection.first(trusted, {{"account", account}, {"device", device_hash(device)}, {"now", now}}));
  return row.has_value();
}

Result<std::vector<TrustedBrowser>> trusted_browsers(SqlConnection& connection, AccountId account, Timestamp now) {
  ROWAN_TRY(const auto rows, connection.query(all_trusted, {{"account", account}, {"now", now}}));
  std::vector<TrustedBrowser> browsers;
  for (const auto& row : rows)
    browsers.push_back({.id = row.text("device"),
                        .browser = row.text("browser"),
                        .trusted_at = row.time("trusted_at"),
                        .trusted_until = row.time("trusted_until"),
                        .seen_at = row.time("seen_at")});
  return browsers;
}

Result<bool> distrust_device(Transaction& transaction, AccountId account, std::string_view id) {
  ROWAN_TRY(const auto rows, transaction.execute(distrust, {{"account", account}, {"device", id}}));
  return rows == 1;
}

Result<> forget_devices_of(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(forget, {{"account", account}}));
  return {};
}

Result<> expire_devices(Sweep& sweep) { return sweep.remove(expire, device_lifetime); }

}  // namespace rowan::tokens
