#pragma once
// Not installed. Tokens that others signed: JSON Web Signatures (RFC 7515), the compact form only.
#include <array>
#include <rowan/base/json.hpp>
#include <rowan/crypto/jose/algorithm.hpp>
#include <rowan/crypto/jose/hmac_key.hpp>
#include <rowan/crypto/jose/key_set.hpp>
#include <string>
#include <string_view>

namespace rowan::crypto::jose {

inline constexpr std::size_t most_token_bytes = 32 * 1024, most_header_bytes = 2048;

/// A token of three well-formed parts. Nothing says yet who made it.
class Jws {
 public:
  /// Strict and bounded before any key is looked at: base64url in its one spelling, a header that is one flat object
  /// without a member twice, with an algorithm that is verified here. Refuses what would let a token bring its own key
  /// or change how it is read: jwk, jku, x5c, x5u, crit, b64, zip, enc.
  static Result<Jws> parse(std::string_view token);

  Algorithm algorithm() const { return algorithm_; }
  const std::string& key_id() const { return key_id_; }  // empty: the token names none
  /// The header's typ in lower case and without "application/" (RFC 7515 section 4.1.9): "jwt"; empty when there is
  /// none.
  const std::string& type() const { return type_; }
  /// Only to choose by it with which keys to verify, or to refuse.
  std::string_view unverified_payload() const { return payload_; }

 private:
  friend class VerifiedJws;
  Jws() = default;
  Result<> read_header(std::string_view encoded);
  std::string signed_part_{}, payload_{}, key_id_{}, type_{};
  std::vector<std::byte> signature_{};
  Algorithm algorithm_{};
};

/// One whose signature is right. Made by the functions below only.
class VerifiedJws {
 public:
  /// Each answers `authentication_failed` with a reason for the log. The algorithm must be one of `allowed` and the
  /// key's own.
  static Result<VerifiedJws> verify(Jws token, const KeySet& keys, Algorithms allowed);
  static Result<VerifiedJws> verify(Jws token, const Jwk& key, Algorithms allowed);
  static Result<VerifiedJws> verify(Jws token, const HmacKey& key, Algorithms allowed);

  std::string_view payload() const { return token_.payload_; }
  Algorithm algorithm() const { return token_.algorithm(); }
  const std::string& key_id() const { return token_.key_id(); }
  const std::string& type() const { return token_.type(); }

 private:
  explicit VerifiedJws(Jws token) : token_(std::move(token)) {}
  Jws token_;
};

}  // namespace rowan::crypto::jose
