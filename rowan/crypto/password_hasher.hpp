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

/// An interface, so that tests can use a cheap one. Thread-safe. Each call holds one hash slot while it computes. When
/// all slots are taken, a call waits for `slot_wait`, then answers `unavailable` with `retry_after`. So memory is
/// bounded by slots × memory (PWD-15). An imported hash needs the memory that it asks for, at most 256 MiB.
class PasswordHasher {
 public:
  struct Verdict {
    bool matches = false;
    bool outdated = false;  // other parameters or an imported kind: hash the password again, now that you have it
  };
  virtual ~PasswordHasher() = default;
  /// Returns a PHC string, with a salt from Random. `password` must be in NFC and bounded already; no byte of it is cut
  /// off.
  virtual Result<std::string> hash(std::string_view password) = 0;
  /// A stored text that cannot be read does not match, and costs as much as one that can. An imported hash keeps the
  /// limits of its format: bcrypt reads only 72 bytes, and none matches a password that contains a NUL or has 512 bytes
  /// or more.
  virtual Result<Verdict> verify(std::string_view password, std::string_view stored) = 0;
  /// Does the work of verify for an account that does not exist or has no password. Never matches.
  virtual Result<Verdict> verify_nobody(std::string_view password) = 0;
  /// What computes new hashes, for logs: "avx512", "avx2", "plain" or "libsodium".
  virtual std::string_view implementation() const { return "of the application"; }
};

struct Argon2Options {
  std::uint32_t memory_kib = 19456;  // OWASP: m=19456, t=2, p=1
  std::uint32_t passes = 2;
  unsigned slots = 0;  // how many hash at once; 0: as many as cores
  std::chrono::milliseconds slot_wait{5000};
  bool only_libsodium = false;  // computes the same hashes, at a third to half of the speed
};

/// The kind of a stored hash whose parameters are within our bounds (crypto/README.md): "argon2id", "bcrypt", "scrypt",
/// "sha512crypt", "sha256crypt", "yescrypt"; otherwise "unknown". An import refuses "unknown".
std::string_view password_hash_kind(std::string_view stored);

/// Argon2id by code of our own, if it computes here what libsodium does, else by libsodium (docs/decisions/0032). Each
/// slot keeps its memory while it is busy, wiped after every hash, and gives it back after five idle seconds. Throws
/// ConfigError for memory outside 8 KiB … 256 MiB, passes outside 1 … 16, more than 1024 slots or a negative wait. It
/// does not check that they are strong enough (PWD-13); check_options does. `random` must outlive it.
std::unique_ptr<PasswordHasher> make_argon2id_hasher(Argon2Options options, Random& random);

}  // namespace rowan
