#pragma once
// Password hashes: Argon2id for new ones (RFC 9106), libcrypt's for those that were imported.
#include <chrono>
#include <cstdint>
#include <memory>
#include <rowan/base/random.hpp>
#include <rowan/base/result.hpp>
#include <string>
#include <string_view>

namespace rowan {

/// Chosen at run time so that tests can make it cheap. Thread-safe. Each call holds one hash slot while it computes;
/// calls beyond the slots wait for `slot_wait`, then answer `unavailable` with `retry_after`. So memory is bounded by
/// slots × memory (PWD-15); the memory of a hash made elsewhere is its own, at most 256 MiB.
class PasswordHasher {
 public:
  struct Verdict {
    bool matches = false;
    bool outdated = false;  // other parameters or an imported kind: hash again now that the password is known
  };
  virtual ~PasswordHasher() = default;
  /// `password` is NFC already and bounded; no byte of it is cut off. Answers a PHC string, salt from Random.
  virtual Result<std::string> hash(std::string_view password) = 0;
  /// A stored text that cannot be read does not match, and costs as much as one that can. An imported hash does as its
  /// format does: bcrypt reads 72 bytes only; none matches a password with a NUL inside or of 512 bytes and more.
  virtual Result<Verdict> verify(std::string_view password, std::string_view stored) = 0;
  /// The work of verify for an account that does not exist or has no password; never matches.
  virtual Result<Verdict> verify_nobody(std::string_view password) = 0;
};

struct Argon2Options {
  std::uint32_t memory_kib = 19456;  // OWASP: m=19456, t=2, p=1
  std::uint32_t passes = 2;
  unsigned slots = 0;  // 0: as many as cores
  std::chrono::milliseconds slot_wait{5000};
};

/// What verify would read a stored text as, its parameters being within our bounds (crypto/README.md): "argon2id",
/// "bcrypt", "scrypt", "sha512crypt", "sha256crypt", "yescrypt"; else "unknown". An import refuses "unknown".
std::string_view password_hash_kind(std::string_view stored);

/// libsodium's Argon2id. Throws ConfigError for memory outside 8 KiB … 256 MiB, passes outside 1 … 16 or a negative
/// wait: whether they are strong enough (PWD-13) is check_options' to say. `random` must outlive it.
std::unique_ptr<PasswordHasher> make_argon2id_hasher(Argon2Options options, Random& random);

}  // namespace rowan
