#pragma once
// Not installed. SealedBodies: encrypts the bodies of waiting mails, because their links and codes must not be readable
// in the database and its backups.
#include <cstdint>
#include <rowan/base/random.hpp>
#include <rowan/base/result.hpp>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <rowan/mail/message.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::mail {

struct SealedBody {
  std::uint8_t key_id = 0;  // of the secret that sealed it: an older one still opens (CRY-03)
  std::string text{};       // base64url of nonce, AES-256-GCM ciphertext and tag
};

/// Immutable and thread-safe. Nonces are random, 96 bits: good for 2^32 mails under one secret (NIST SP 800-38D
/// section 8.3).
class SealedBodies {
 public:
  explicit SealedBodies(const crypto::KeyRing& keys);
  /// The result is bound to the row's id, recipient, subject and kind, so that someone who can write the table cannot
  /// redirect a link to another recipient.
  Result<SealedBody> seal(std::string_view id, const MailMessage& message, Random& random) const;
  /// Fills `text` and `html` of a message whose other fields were read from the row.
  /// Errors: `internal` when the secret is gone or anything was changed.
  Result<> open(std::string_view id, const SealedBody& sealed, MailMessage& message) const;

 private:
  struct Key {
    std::uint8_t id;
    crypto::AeadKey key;
  };
  std::vector<Key> keys_{};  // newest first
};

}  // namespace rowan::mail
