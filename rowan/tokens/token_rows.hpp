#pragma once
// Not installed. The stored row behind every session and bearer token (docs/architecture.md#sessions).
#include <rowan/base/email_address.hpp>
#include <rowan/base/purpose.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/storage/sweep.hpp>
#include <rowan/tokens/claims.hpp>
#include <rowan/tokens/revocation.hpp>

namespace rowan::tokens {

inline constexpr Purpose session_purpose = "session", bearer_purpose = "user";

struct TokenOrigin {
  std::string address{}, user_agent{};
};

Result<> insert(Transaction& transaction, const Claims& claims, Purpose purpose, const TokenOrigin& origin,
                Timestamp now);
/// Of a purpose of the application's.
Result<> insert(Transaction& transaction, const Claims& claims, const std::string& purpose, const TokenOrigin& origin,
                Timestamp now);
/// What ends a token: its number, and until when that has to be remembered.
struct TokenEnd {
  std::int64_t number = 0;
  Timestamp expires_at{};
};
inline TokenEnd end_of(const Claims& claims) {
  return {.number = claims.numbers.token, .expires_at = claims.expires_at};
}
/// The token is dead when the transaction commits, whether it has a row or not: the row may be lost with a commit, gone
/// with a restored backup or removed by a node whose clock runs ahead. Its row is marked when it is there. What the
/// feed says already is not said again, so that signing out over and over with one token does not grow it. False:
/// the feed says it already.
Result<bool> revoke(Transaction& transaction, Revocation& revocation, const TokenEnd& end, Timestamp now);
/// Of an address that an account gives up: links and codes that were mailed to it and belong to no account, such as
/// those that make one, are deleted.
Result<> forget_address(Transaction& transaction, const Realm& realm, const EmailKey& address);
/// Removes rows that expired a day ago.
Result<> expire(Sweep& sweep);

/// "password:1:1790000000000000 totp:132:1790000004000000" ↔ Methods: name, Proves::bits, microseconds. A name alone,
/// as an earlier release wrote it, proves nothing.
std::string methods_text(const Methods& methods);
Methods methods_from(std::string_view text);

}  // namespace rowan::tokens
