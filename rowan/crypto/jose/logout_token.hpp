#pragma once
// Not installed. Whether a logout token may be believed (OpenID Connect Back-Channel Logout 1.0 section 2.6), as a pure
// function.
#include <chrono>
#include <rowan/base/timestamp.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <vector>

namespace rowan::crypto::jose {

struct ExpectedLogoutToken {
  std::string issuer{};                  // exactly
  std::vector<std::string> audiences{};  // the ids of our clients
  Algorithms allowed{};                  // none unless given
  Timestamp now{};
  /// One that was issued longer ago is refused, however long it is valid: so long its `jti` has to be remembered.
  std::chrono::seconds most_age = std::chrono::hours(1);
  std::chrono::seconds leeway{60};  // how far the clocks may be apart
};

/// At least one of `subject` and `session` is there.
struct LogoutToken {
  std::string subject{};  // sub: all sessions of this person end, when there is no `session`
  std::string session{};  // sid: this one ends
  std::string id{};       // jti: to be taken once
  Timestamp issued_at{};
};

/// Every refusal is `authentication_failed`; its reason says which rule was broken, and quotes nothing of the token but
/// numbers.
Result<LogoutToken> verify_logout_token(std::string_view token, const KeySet& keys,
                                        const ExpectedLogoutToken& expected);

}  // namespace rowan::crypto::jose
