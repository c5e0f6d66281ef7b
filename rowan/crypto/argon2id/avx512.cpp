// For processors with AVX-512: two rows or two columns in a vector, a block in 16 of the 32 registers.
#if defined(__x86_64__)
#include <immintrin.h>

#include <rowan/crypto/argon2id/kernels.hpp>

// Not a compiler's flag for the file: the inline functions of its headers would carry these instructions into code that
// runs on every processor.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx512f,avx512vl"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx512f,avx512vl")
#endif

namespace rowan::crypto::argon2id::avx512 {

namespace {

using Vector [[gnu::vector_size(64), gnu::may_alias]] = std::uint64_t;
constexpr unsigned vectors_in_block = 16;

template <int bits>
[[gnu::always_inline]] inline Vector rotate_right(Vector v) {
  return v >> bits | v << (64 - bits);  // one instruction
}
[[gnu::always_inline]] inline Vector multiply_low_halves(Vector a, Vector b) {
  return reinterpret_cast<Vector>(_mm512_maskz_mul_epu32(
      0xFF, reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));  // the form without a mask warns in GCC 12
}
[[gnu::always_inline]] inline std::uint64_t first_word(Vector v) { return v[0]; }

#include <rowan/crypto/argon2id/mix.inc>
#include <rowan/crypto/argon2id/permute.inc>

struct TurnRows {  // of two rows: words 0 1, 0 1, 2 3, 2 3
  ROWAN_INLINE_ static Vector by_one(Vector v) { return __builtin_shufflevector(v, v, 1, 4, 3, 6, 5, 0, 7, 2); }
  ROWAN_INLINE_ static Vector by_two(Vector v) { return __builtin_shufflevector(v, v, 4, 5, 6, 7, 0, 1, 2, 3); }
  ROWAN_INLINE_ static Vector by_three(Vector v) { return __builtin_shufflevector(v, v, 5, 0, 7, 2, 1, 4, 3, 6); }
};
struct TurnColumns {  // of two columns, side by side
  ROWAN_INLINE_ static Vector by_one(Vector v) { return __builtin_shufflevector(v, v, 1, 2, 3, 0, 5, 6, 7, 4); }
  ROWAN_INLINE_ static Vector by_two(Vector v) { return __builtin_shufflevector(v, v, 2, 3, 0, 1, 6, 7, 4, 5); }
  ROWAN_INLINE_ static Vector by_three(Vector v) { return __builtin_shufflevector(v, v, 3, 0, 1, 2, 7, 4, 5, 6); }
};
ROWAN_INLINE_ void mix_rows(State& state) { permute<TurnRows, 4, 4, 1>(state); }
ROWAN_INLINE_ void mix_first_columns(State& state) { permute<TurnColumns, 1, 1, 4>(state); }
ROWAN_INLINE_ void mix_other_columns(State& state) { permute<TurnColumns, 3, 1, 4>(state + 1); }

#include <rowan/crypto/argon2id/fill.inc>

// Else the dynamic linker writes the blocks in them to the stack when it looks up the next function.
ROWAN_INLINE_ void clear_registers() {
  _mm256_zeroall();  // 0 to 15
  asm volatile(
      "vpxorq %%zmm16, %%zmm16, %%zmm16\n vpxorq %%zmm17, %%zmm17, %%zmm17\n vpxorq %%zmm18, %%zmm18, %%zmm18\n"
      "vpxorq %%zmm19, %%zmm19, %%zmm19\n vpxorq %%zmm20, %%zmm20, %%zmm20\n vpxorq %%zmm21, %%zmm21, %%zmm21\n"
      "vpxorq %%zmm22, %%zmm22, %%zmm22\n vpxorq %%zmm23, %%zmm23, %%zmm23\n vpxorq %%zmm24, %%zmm24, %%zmm24\n"
      "vpxorq %%zmm25, %%zmm25, %%zmm25\n vpxorq %%zmm26, %%zmm26, %%zmm26\n vpxorq %%zmm27, %%zmm27, %%zmm27\n"
      "vpxorq %%zmm28, %%zmm28, %%zmm28\n vpxorq %%zmm29, %%zmm29, %%zmm29\n vpxorq %%zmm30, %%zmm30, %%zmm30\n"
      "vpxorq %%zmm31, %%zmm31, %%zmm31" ::
          : "xmm16", "xmm17", "xmm18", "xmm19", "xmm20", "xmm21", "xmm22", "xmm23", "xmm24", "xmm25", "xmm26", "xmm27",
            "xmm28", "xmm29", "xmm30", "xmm31");
}

#undef ROWAN_INLINE_

}  // namespace

void fill(const Segment& segment) {
  fill_segment(segment);
  clear_registers();
}

}  // namespace rowan::crypto::argon2id::avx512

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
