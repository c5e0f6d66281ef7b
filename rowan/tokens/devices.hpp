#pragma once
// Not installed. Known browsers: which accounts signed in from the browser with this cookie. Guesses made elsewhere are
// counted apart from theirs (THR-04).
#include <rowan/base/clock.hpp>
#include <rowan/base/random.hpp>
#include <rowan/base/strong_id.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::tokens {

/// How long a browser is known after its last sign-in, and how many of one account are.
inline constexpr std::chrono::days device_lifetime{730};
inline constexpr int devices_of_one_account = 10;

/// 256 random bits, as the cookie holds them.
std::string make_device(Random& random);
/// Whether this can be one: a value of another form is ignored and replaced.
bool is_device(std::string_view text);
/// What is stored, and names the device in counters. No key: it is a hash of 256 random bits, and so it survives a new
/// secret. Of an empty text: no device's.
std::string device_hash(std::string_view device);

/// Whether this account signed in from that browser. A nil account and an empty device cost the same and are not known.
Result<bool> knows_device(SqlConnection& connection, AccountId account, std::string_view device, Timestamp now);
/// In the transaction of a sign-in, under the account's row lock. The longest unused ones give way.
Result<> remember_device(Transaction& transaction, AccountId account, std::string_view device, Timestamp now);

/// A browser that its owner trusts is not asked for a second factor. It has to be known; the trust goes with its row.
struct Trust {
  Timestamp until{};
  std::string browser{};  // browser_name
};
Result<> trust_device(Transaction& transaction, AccountId account, std::string_view device, const Trust& trust,
                      Timestamp now);
Result<bool> trusts_device(SqlConnection& connection, AccountId account, std::string_view device, Timestamp now);
struct TrustedBrowser {
  std::string id{};  // device_hash
  std::string browser{};
  Timestamp trusted_at{}, trusted_until{}, seen_at{};
};
/// The one used last is first.
Result<std::vector<TrustedBrowser>> trusted_browsers(SqlConnection& connection, AccountId account, Timestamp now);
/// False when the account trusts no such browser. It stays known.
Result<bool> distrust_device(Transaction& transaction, AccountId account, std::string_view id);

Result<> forget_devices_of(Transaction& transaction, AccountId account);
/// Drops what was not used for device_lifetime, a thousand at a time, each batch a transaction.
Result<> expire_devices(Sweep& sweep);

}  // namespace rowan::tokens
