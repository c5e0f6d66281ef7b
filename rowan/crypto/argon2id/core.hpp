#pragma once
// Internal. Core: who computes Argon2id in this process.
#include <optional>
#include <rowan/base/result.hpp>
#include <rowan/crypto/argon2_text.hpp>
#include <rowan/crypto/argon2id/hash_memory.hpp>
#include <rowan/crypto/argon2id/kernels.hpp>
#include <span>

namespace rowan::crypto::argon2id {

/// One of the kernels, or libsodium. Both make the same hashes. Constant, so thread-safe; a HashMemory is one thread's.
class Core {
 public:
  /// The first of these that computes what libsodium does. When none does, or there are none, libsodium. Takes about a
  /// millisecond.
  explicit Core(std::span<const Kernel> kernels);
  /// "avx512", "avx2", "plain" or "libsodium".
  std::string_view name() const { return kernel_ ? kernel_->name : "libsodium"; }
  /// Fills text.hash, whose size says how much is wanted, as the rest of `text` says. `unavailable` without memory.
  /// Secrets are left in `memory`.
  Result<> compute(Argon2Text& text, std::string_view password, HashMemory& memory) const;
  Result<bool> matches(const Argon2Text& text, std::string_view password, HashMemory& memory) const;

 private:
  std::optional<Kernel> kernel_{};
};

}  // namespace rowan::crypto::argon2id
