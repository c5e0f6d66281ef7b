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

Result<> forget_devices_of(Transaction& transaction, AccountId account) {
  ROWAN_CHECK(transaction.execute(forget, {{"account", account}}));
  return {};
}

Result<> expire_devices(Sweep& sweep) { return sweep.remove(expire, device_lifetime); }

}  // namespace rowan::tokens
