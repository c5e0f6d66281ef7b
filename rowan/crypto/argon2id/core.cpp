#include <sodium.h>

#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/argon2id/argon2id.hpp>
#include <rowan/crypto/argon2id/core.hpp>
#include <rowan/crypto/hash.hpp>

namespace rowan::crypto::argon2id {

namespace {

constexpr std::size_t salt_of_libsodium = crypto_pwhash_argon2id_SALTBYTES;
static_assert(crypto_pwhash_argon2id_OPSLIMIT_MIN == 1);
static_assert(crypto_pwhash_argon2id_MEMLIMIT_MIN == least_argon2_memory_kib * 1024);

Error out_of_memory() {
  return {.code = ErrorCode::unavailable,
          .reason = "no memory for a password hash",
          .retry_after = std::chrono::seconds(1)};
}

// What libsodium computes by itself: one lane and a salt of its size, as in every hash made here.
bool is_shape_of_libsodium(const Argon2Text& text) { return text.lanes == 1 && text.salt.size() == salt_of_libsodium; }

bool compute_by_libsodium(Argon2Text& text, std::string_view password) {
  return crypto_pwhash_argon2id(reinterpret_cast<unsigned char*>(text.hash.data()), text.hash.size(), password.data(),
                                password.size(), reinterpret_cast<const unsigned char*>(text.salt.data()), text.passes,
                                std::size_t{text.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13) == 0;
}

Result<> compute_by(const Kernel& kernel, Argon2Text& text, std::string_view password, HashMemory& memory) {
  const Cost cost{.memory_kib = text.memory_kib, .passes = text.passes, .lanes = text.lanes};
  const auto taken = memory.take(memory_size(cost));
  if (taken.empty()) return out_of_memory();
  if (!argon2id::compute(kernel, text.hash, {.password = as_bytes(password), .salt = text.salt}, cost, taken))
    return Error{.code = ErrorCode::internal, .reason = "parameters of a password hash out of bounds"};
  return {};
}

// The smallest hash there is, and one whose segments need more than one block of addresses.
bool computes_what_libsodium_does(const Kernel& kernel) {
  HashMemory memory;
  for (const std::uint32_t memory_kib : {8U, 600U}) {
    Argon2Text expected{.memory_kib = memory_kib,
                        .passes = 2,
                        .salt = std::vector<std::byte>(salt_of_libsodium, std::byte{0x5A}),
                        .hash = std::vector<std::byte>(32)};
    auto computed = expected;
    if (!compute_by_libsodium(expected, "password")) return false;
    if (!compute_by(kernel, computed, "password", memory) || computed.hash != expected.hash) return false;
  }
  return true;
}

}  // namespace

Core::Core(std::span<const Kernel> kernels) {
  const auto right = std::ranges::find_if(kernels, computes_what_libsodium_does);
  if (right != kernels.end()) kernel_ = *right;
}

Result<> Core::compute(Argon2Text& text, std::string_view password, HashMemory& memory) const {
  if (kernel_) return compute_by(*kernel_, text, password, memory);
  return compute_by_libsodium(text, password) ? Result<>() : Result<>(out_of_memory());
}

Result<bool> Core::matches(const Argon2Text& text, std::string_view password, HashMemory& memory) const {
  // libsodium's own reader takes any lanes and salt, but calls it a mismatch when memory runs out: for imported hashes
  // only.
  if (!kernel_ && !is_shape_of_libsodium(text))
    return crypto_pwhash_argon2id_str_verify(to_text(text).c_str(), password.data(), password.size()) == 0;
  auto computed = text;
  ROWAN_CHECK(compute(computed, password, memory));
  return crypto::equal_in_constant_time(computed.hash, text.hash);
}

}  // namespace rowan::crypto::argon2id
