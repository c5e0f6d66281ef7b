#pragma once
// Internal. Argon2id, version 0x13 (RFC 9106). Which kernel may be used is decided in core.hpp.
#include <cstddef>
#include <cstdint>
#include <rowan/crypto/argon2id/kernels.hpp>
#include <span>

namespace rowan::crypto::argon2id {

using Bytes = std::span<const std::byte>;

struct Cost {
  std::uint32_t memory_kib = 0;
  std::uint32_t passes = 0;
  std::uint32_t lanes = 1;  // computed one after another
};

struct Inputs {
  Bytes password{}, salt{};
  Bytes secret{}, associated_data{};  // of nothing that Rowan stores; RFC 9106's vector has them
};

/// The bytes that a hash of this cost fills. Precondition: lanes > 0.
std::size_t memory_size(const Cost& cost);

/// Fills `tag`. `memory` has memory_size(cost) bytes, aligned as a Block is; its content is secret afterwards, and
/// wiping it is the caller's. Nothing of the hash stays on the stack. False, having done nothing, when a parameter
/// breaks the bounds of section 3.1 or the memory is too small. Thread-safe; neither allocates nor throws.
bool compute(const Kernel& kernel, std::span<std::byte> tag, const Inputs& inputs, const Cost& cost,
             std::span<std::byte> memory) noexcept;

}  // namespace rowan::crypto::argon2id
