#pragma once
// Not installed. Whether an ID token may be believed (OpenID Connect Core section 3.1.3.7), as a pure function.
#include <chrono>
#include <optional>
#include <rowan/base/timestamp.hpp>
#include <rowan/crypto/jose/jws.hpp>
#include <vector>

namespace rowan::crypto::jose {

/// What is known before the token came. Members without a default must be given.
struct ExpectedIdToken {
  std::string issuer{};                  // exactly
  std::vector<std::string> audiences{};  // the ids of our clients: one, or one for each app with a native sign-in
  Algorithms allowed{};                  // none unless given: by configuration; the key must allow it too
  Timestamp now{};

  /// Those that may have asked for a token for us (azp); empty: the audiences.
  std::vector<std::string> authorized_parties{};
  /// Which was sent with the request. When none was, a token that has one is refused: it answers another request.
  std::optional<std::string> nonce{};
  /// The access token that came with it: at_hash must be its hash, where there is one.
  std::optional<std::string> access_token{};
  bool at_hash_required = false;  // when both came through the browser (section 3.2.2.9)
  /// Asked for: auth_time must be there and no older.
  std::optional<std::chrono::seconds> max_age{};
  /// A token that was issued longer ago is refused, however long it is valid.
  std::chrono::seconds most_age = std::chrono::hours(24);
  std::chrono::seconds leeway{60};  // how far the clocks may be apart
};

struct IdToken {
  std::string subject{};   // 1 to 255 bytes, no control characters
  std::string audience{};  // the one of ours that it is for
  Timestamp issued_at{}, expires_at{};
  std::optional<Timestamp> authenticated_at{};
  Json claims;  // all of them
};

/// `keys` is what the issuer publishes, or the client's secret where HMAC was agreed on. Every refusal is
/// `authentication_failed`; its reason says for the log which rule was broken, and quotes nothing of the token but
/// numbers.
Result<IdToken> verify_id_token(std::string_view token, const KeySet& keys, const ExpectedIdToken& expected);
Result<IdToken> verify_id_token(std::string_view token, const HmacKey& keys, const ExpectedIdToken& expected);

/// The left half of a token's hash, as at_hash and c_hash have it (section 3.1.3.6): of the ID token's algorithm, and
/// SHA-512 for EdDSA.
std::string half_hash(Algorithm algorithm, std::string_view token);

}  // namespace rowan::crypto::jose
