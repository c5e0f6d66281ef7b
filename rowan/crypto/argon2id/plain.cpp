// For every other processor: a word at a time.
#include <rowan/crypto/argon2id/kernels.hpp>

namespace rowan::crypto::argon2id::plain {

namespace {

using Vector = std::uint64_t;
constexpr unsigned vectors_in_block = words_in_block;

template <int bits>
[[gnu::always_inline]] inline Vector rotate_right(Vector v) {
  return v >> bits | v << (64 - bits);
}
[[gnu::always_inline]] inline Vector multiply_low_halves(Vector a, Vector b) {
  return (a & 0xFFFFFFFF) * (b & 0xFFFFFFFF);
}
[[gnu::always_inline]] inline std::uint64_t first_word(Vector v) { return v; }

#include <rowan/crypto/argon2id/mix.inc>

// P over 16 words: a, b, c and d of four each. `word(k)` is where the RFC's block has the k-th.
template <class Word>
ROWAN_INLINE_ void permute(State& state, Word word) {
  // In the second half b, c and d are turned by one, two and three: columns become diagonals.
  const auto turned = [](unsigned k) { return k / 4 * 4 + (k + k / 4) % 4; };
  Vector columns[16], diagonals[16];
#pragma GCC unroll 16
  for (unsigned k = 0; k < 16; ++k) columns[k] = state[place(word(k))];
  mix<4, 1, 4>(columns);
#pragma GCC unroll 16
  for (unsigned k = 0; k < 16; ++k) diagonals[k] = columns[turned(k)];
  mix<4, 1, 4>(diagonals);
#pragma GCC unroll 16
  for (unsigned k = 0; k < 16; ++k) state[place(word(turned(k)))] = diagonals[k];
}
ROWAN_INLINE_ void mix_rows(State& state) {
  for (unsigned row = 0; row < 8; ++row) permute(state, [row](unsigned k) { return 16 * row + k; });
}
ROWAN_INLINE_ void mix_column(State& state, unsigned column) {
  permute(state, [column](unsigned k) { return 16 * (k / 2) + 2 * column + k % 2; });
}
ROWAN_INLINE_ void mix_first_columns(State& state) { mix_column(state, 0); }
ROWAN_INLINE_ void mix_other_columns(State& state) {
  for (unsigned column = 1; column < 8; ++column) mix_column(state, column);
}

#include <rowan/crypto/argon2id/fill.inc>

}  // namespace

void fill(const Segment& segment) { fill_segment(segment); }

#undef ROWAN_INLINE_

}  // namespace rowan::crypto::argon2id::plain
