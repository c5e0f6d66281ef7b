#pragma once
// Not installed. A key pair that a provider of a test signs with: ES256 (RFC 7518 section 3.4). Made by OpenSSL itself,
// so that what our verification is tested with is not made by our own signing.
#include <memory>
#include <rowan/base/json.hpp>
#include <string>
#include <string_view>

struct evp_pkey_st;  // OpenSSL's EVP_PKEY

namespace rowan::testing {

/// Shares the key when copied; thread-safe to use. Every function throws std::runtime_error when OpenSSL fails.
class Es256Key {
 public:
  /// A new key pair.
  explicit Es256Key(std::string key_id);

  const std::string& key_id() const { return key_id_; }
  /// Its public part, as it is published (RFC 7517).
  Json jwk() const;
  std::string public_pem() const;
  /// As a JWS has it: two numbers of 32 bytes.
  std::string sign(std::string_view bytes) const;

 private:
  std::string key_id_;
  std::shared_ptr<evp_pkey_st> key_;
};

/// HMAC with SHA-256, for tokens that abuse a public key as a shared one.
std::string hmac_sha256(std::string_view key, std::string_view bytes);
std::string sha256(std::string_view bytes);
/// 24 random bytes as base64url.
std::string random_text();

}  // namespace rowan::testing
