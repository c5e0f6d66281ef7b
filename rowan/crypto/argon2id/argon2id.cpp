#include <sodium.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <rowan/crypto/argon2id/argon2id.hpp>

namespace rowan::crypto::argon2id {

namespace {

static_assert(std::endian::native == std::endian::little, "the RFC's numbers are stored as they are");

constexpr std::size_t hash_size = crypto_generichash_blake2b_BYTES_MAX;  // 64

/// BLAKE2b without a key (RFC 7693), of 1 to 64 bytes.
class Blake2b {
 public:
  explicit Blake2b(std::size_t size) : size_(size) { crypto_generichash_blake2b_init(&state_, nullptr, 0, size); }
  ~Blake2b() { sodium_memzero(&state_, sizeof state_); }
  Blake2b(const Blake2b&) = delete;
  Blake2b& operator=(const Blake2b&) = delete;
  Blake2b& add(Bytes bytes) {
    crypto_generichash_blake2b_update(&state_, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
    return *this;
  }
  Blake2b& add(std::uint32_t number) { return add(std::as_bytes(std::span(&number, 1))); }
  Blake2b& add_with_length(Bytes bytes) { return add(static_cast<std::uint32_t>(bytes.size())).add(bytes); }
  void write(std::byte* out) {
    crypto_generichash_blake2b_final(&state_, reinterpret_cast<unsigned char*>(out), size_);
  }

 private:
  crypto_generichash_blake2b_state state_{};
  std::size_t size_;
};

/// H' of section 3.3: a hash of any length.
void hash_of_any_length(std::span<std::byte> out, Bytes in) {
  const auto length = static_cast<std::uint32_t>(out.size());
  if (length <= hash_size) return Blake2b(length).add(length).add(in).write(out.data());
  std::byte v[hash_size];
  Blake2b(hash_size).add(length).add(in).write(v);
  // Half of each V, and all of the last one, which is as long as what is left.
  while (out.size() > hash_size) {
    std::memcpy(out.data(), v, hash_size / 2);
    out = out.subspan(hash_size / 2);
    Blake2b(std::min(out.size(), hash_size)).add(v).write(v);
  }
  std::memcpy(out.data(), v, out.size());
  sodium_memzero(v, sizeof v);
}

std::uint32_t segment_length(const Cost& cost) { return cost.memory_kib / (slices * cost.lanes); }

bool is_allowed(std::size_t tag, const Inputs& inputs, const Cost& cost) {
  constexpr std::size_t most = std::numeric_limits<std::uint32_t>::max();
  const bool sizes_fit = tag >= 4 && tag <= most && inputs.password.size() <= most && inputs.salt.size() >= 8 &&
                         inputs.salt.size() <= most && inputs.secret.size() <= most &&
                         inputs.associated_data.size() <= most;
  return sizes_fit && cost.passes >= 1 && cost.lanes >= 1 && cost.lanes < 1U << 24 && cost.memory_kib / 8 >= cost.lanes;
}

// Steps 1 to 4 of section 3.2: H0, and the first two blocks of each lane.
void begin(Block* blocks, std::size_t tag, const Inputs& inputs, const Cost& cost) {
  constexpr std::uint32_t version = 0x13, type = 2;
  std::byte seed[hash_size + 8];  // H0, the block's index, the lane
  Blake2b(hash_size)
      .add(cost.lanes)
      .add(static_cast<std::uint32_t>(tag))
      .add(cost.memory_kib)
      .add(cost.passes)
      .add(version)
      .add(type)
      .add_with_length(inputs.password)
      .add_with_length(inputs.salt)
      .add_with_length(inputs.secret)
      .add_with_length(inputs.associated_data)
      .write(seed);
  Block in_order;
  for (std::uint32_t lane = 0; lane < cost.lanes; ++lane) {
    for (std::uint32_t i = 0; i < 2; ++i) {
      std::memcpy(seed + hash_size, &i, sizeof i);
      std::memcpy(seed + hash_size + sizeof i, &lane, sizeof lane);
      hash_of_any_length(std::as_writable_bytes(std::span(in_order.words)), seed);
      auto& block = blocks[std::size_t{lane} * slices * segment_length(cost) + i];
      for (unsigned word = 0; word < words_in_block; ++word) block.words[place(word)] = in_order.words[word];
    }
  }
  sodium_memzero(seed, sizeof seed);
  sodium_memzero(&in_order, sizeof in_order);
}

// Steps 5 and 6.
void fill_all(const Kernel& kernel, Block* blocks, const Cost& cost) {
  Segment segment{.memory = blocks, .passes = cost.passes, .lanes = cost.lanes, .length = segment_length(cost)};
  for (segment.pass = 0; segment.pass < cost.passes; ++segment.pass)
    for (segment.slice = 0; segment.slice < slices; ++segment.slice)
      for (segment.lane = 0; segment.lane < cost.lanes; ++segment.lane) kernel.fill(segment);
}

// Step 7.
void finish(std::span<std::byte> tag, const Block* blocks, const Cost& cost) {
  const std::size_t lane_length = std::size_t{slices} * segment_length(cost);
  Block sum{};
  for (std::uint32_t lane = 0; lane < cost.lanes; ++lane) {
    const auto& last = blocks[(lane + 1) * lane_length - 1];
    for (unsigned word = 0; word < words_in_block; ++word) sum.words[word] ^= last.words[place(word)];
  }
  hash_of_any_length(tag, std::as_bytes(std::span(sum.words)));
  sodium_memzero(&sum, sizeof sum);
}

[[gnu::noinline]] void work(const Kernel& kernel, std::span<std::byte> tag, const Inputs& inputs, const Cost& cost,
                            Block* blocks) {
  begin(blocks, tag.size(), inputs, cost);
  fill_all(kernel, blocks, cost);
  finish(tag, blocks, cost);
}

// What work() has left below this frame: the compiler puts vectors there that it has no register for.
[[gnu::noinline]] void wipe_stack() {
  std::byte below[32 * 1024];
  sodium_memzero(below, sizeof below);
}

}  // namespace

std::size_t memory_size(const Cost& cost) {
  return std::size_t{segment_length(cost)} * slices * cost.lanes * sizeof(Block);
}

bool compute(const Kernel& kernel, std::span<std::byte> tag, const Inputs& inputs, const Cost& cost,
             std::span<std::byte> memory) noexcept {
  if (!is_allowed(tag.size(), inputs, cost) || memory.size() < memory_size(cost) ||
      reinterpret_cast<std::uintptr_t>(memory.data()) % alignof(Block) != 0)
    return false;
  work(kernel, tag, inputs, cost, reinterpret_cast<Block*>(memory.data()));
  wipe_stack();
  return true;
}

}  // namespace rowan::crypto::argon2id
