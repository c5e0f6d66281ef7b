// For processors with AVX2: half a row of two rows, or a whole column, in a vector.
#if defined(__x86_64__)
#include <immintrin.h>

#include <rowan/crypto/argon2id/kernels.hpp>

// As in avx512.cpp.
#if defined(__clang__)
#pragma clang attribute push(__attribute__((target("avx2"))), apply_to = function)
#else
#pragma GCC push_options
#pragma GCC target("avx2")
#endif

namespace rowan::crypto::argon2id::avx2 {

namespace {

using Vector [[gnu::vector_size(32), gnu::may_alias]] = std::uint64_t;
using Octets [[gnu::vector_size(32), gnu::may_alias]] = std::uint8_t;
constexpr unsigned vectors_in_block = 32;

template <int bits>
[[gnu::always_inline]] inline Vector rotate_right(Vector v) {
  if constexpr (bits == 63) {
    return v >> 63 | (v + v);
  } else {  // whole bytes: one shuffle, within each half of the vector
    Octets from{};
#pragma GCC unroll 32
    for (int i = 0; i < 32; ++i) from[i] = static_cast<std::uint8_t>((i / 8 * 8 + (i + bits / 8) % 8) % 16);
    return reinterpret_cast<Vector>(_mm256_shuffle_epi8(reinterpret_cast<__m256i>(v), reinterpret_cast<__m256i>(from)));
  }
}
[[gnu::always_inline]] inline Vector multiply_low_halves(Vector a, Vector b) {
  return reinterpret_cast<Vector>(_mm256_mul_epu32(reinterpret_cast<__m256i>(a), reinterpret_cast<__m256i>(b)));
}
[[gnu::always_inline]] inline std::uint64_t first_word(Vector v) { return v[0]; }

#include <rowan/crypto/argon2id/mix.inc>
#include <rowan/crypto/argon2id/permute.inc>

// Words 0 1 of two rows in one vector and 2 3 in the next: to turn them by one, the second word of `first` comes before
// the first word of `second`.
ROWAN_INLINE_ Vector join(Vector first, Vector second) { return __builtin_shufflevector(first, second, 1, 4, 3, 6); }
ROWAN_INLINE_ void swap(Vector& v, Vector& w) {
  const Vector kept = v;
  v = w;
  w = kept;
}
ROWAN_INLINE_ void mix_rows(State& state) {
#pragma GCC unroll 4
  for (unsigned i = 0; i < vectors_in_block; i += 8) {
    Vector* const row = state + i;  // a, a, b, b, c, c, d, d
    mix<2, 1, 2>(row);
    const Vector b0 = join(row[2], row[3]), b1 = join(row[3], row[2]);  // by one
    const Vector d0 = join(row[7], row[6]), d1 = join(row[6], row[7]);  // by three
    row[2] = b0, row[3] = b1, row[6] = d0, row[7] = d1;
    swap(row[4], row[5]);  // by two
    mix<2, 1, 2>(row);
    const Vector b2 = join(row[3], row[2]), b3 = join(row[2], row[3]);
    const Vector d2 = join(row[6], row[7]), d3 = join(row[7], row[6]);
    row[2] = b2, row[3] = b3, row[6] = d2, row[7] = d3;
    swap(row[4], row[5]);
  }
}
struct TurnColumn {
  ROWAN_INLINE_ static Vector by_one(Vector v) { return __builtin_shufflevector(v, v, 1, 2, 3, 0); }
  ROWAN_INLINE_ static Vector by_two(Vector v) { return __builtin_shufflevector(v, v, 2, 3, 0, 1); }
  ROWAN_INLINE_ static Vector by_three(Vector v) { return __builtin_shufflevector(v, v, 3, 0, 1, 2); }
};
ROWAN_INLINE_ void mix_first_columns(State& state) { permute<TurnColumn, 2, 1, 8>(state); }
ROWAN_INLINE_ void mix_other_columns(State& state) {
#pragma GCC unroll 3
  for (unsigned i = 2; i < 8; i += 2) permute<TurnColumn, 2, 1, 8>(state + i);
}

#include <rowan/crypto/argon2id/fill.inc>

}  // namespace

void fill(const Segment& segment) {
  fill_segment(segment);
  _mm256_zeroall();  // as in avx512.cpp
}

#undef ROWAN_INLINE_

}  // namespace rowan::crypto::argon2id::avx2

#if defined(__clang__)
#pragma clang attribute pop
#else
#pragma GCC pop_options
#endif
#endif
