#pragma once
// Internal. A block of Argon2's memory, and which block another one is mixed with (RFC 9106 sections 3.2 and 3.4).
#include <cstddef>
#include <cstdint>

namespace rowan::crypto::argon2id {

inline constexpr unsigned words_in_block = 128;

/// 1024 bytes. Its words are not in the RFC's order, but where place() says: two rows of its matrix alternate, 128 bits
/// at a time. So rows and columns are both mixed as whole vectors, and no word moves between registers in between.
struct alignas(64) Block {
  std::uint64_t words[words_in_block];
};

/// Where a block has the RFC's word `word`. Word 0 keeps its place. The RFC's matrix has 8 rows of 8 pairs of words.
constexpr unsigned place(unsigned word) {
  const unsigned row = word / 16, pair = word % 16 / 2;
  return row / 2 * 32 + pair * 4 + row % 2 * 2 + word % 2;
}

inline constexpr std::uint32_t slices = 4;  // of a lane; section 3.4 calls them synchronisation points

/// A quarter of a lane, in one pass.
struct Segment {
  Block* memory = nullptr;  // all lanes, one after another
  std::uint32_t passes = 0, lanes = 0;
  std::uint32_t length = 0;  // blocks of one segment
  std::uint32_t pass = 0, slice = 0, lane = 0;

  std::uint32_t lane_length() const { return slices * length; }
};

/// The blocks that a segment's blocks may be mixed with (section 3.4.2): those of finished segments, and of its own
/// lane those before it.
class Candidates {
 public:
  explicit Candidates(const Segment& segment)
      : memory_(segment.memory),
        lanes_(segment.lanes),
        lane_length_(segment.lane_length()),
        lane_(segment.lane),
        start_(segment.pass == 0 || segment.slice == slices - 1 ? 0 : (segment.slice + 1) * segment.length),
        finished_((segment.pass == 0 ? segment.slice : slices - 1) * segment.length),
        own_lane_only_(segment.lanes == 1 || (segment.pass == 0 && segment.slice == 0)) {}

  /// For block `index` of the segment and its pseudo-random word: J1 in its lower half, J2 in its upper half.
  [[gnu::always_inline]] inline const Block* choose(std::uint64_t random, std::uint32_t index) const {
    const std::uint64_t j1 = random & 0xFFFFFFFF, j2 = random >> 32;
    const auto lane = own_lane_only_ ? lane_ : static_cast<std::uint32_t>(j2 % lanes_);
    // Without the block before this one, which every block is mixed with.
    const std::uint64_t count =
        lane == lane_ ? std::uint64_t{finished_} + index - 1 : std::uint64_t{finished_} - (index == 0 ? 1 : 0);
    const std::uint64_t back = count * (j1 * j1 >> 32) >> 32;  // the newer, the likelier
    std::uint64_t position = start_ + count - 1 - back;
    if (position >= lane_length_) position -= lane_length_;
    return memory_ + std::uint64_t{lane} * lane_length_ + position;
  }

 private:
  const Block* memory_;
  std::uint32_t lanes_, lane_length_, lane_;
  std::uint32_t start_, finished_;  // finished_: blocks of whole segments
  bool own_lane_only_;
};

}  // namespace rowan::crypto::argon2id
