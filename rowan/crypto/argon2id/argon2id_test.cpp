// Argon2id by each kernel that this processor can run, against the RFC and two other implementations.
#include <argon2.h>
#include <gtest/gtest.h>
#include <sodium.h>
#include <sys/mman.h>

#include <array>
#include <functional>
#include <random>
#include <rowan/crypto/argon2id/argon2id.hpp>
#include <rowan/crypto/argon2id/core.hpp>
#include <rowan/crypto/hash.hpp>
#include <string>

namespace rowan::crypto::argon2id {
namespace {

using ByteVector = std::vector<std::byte>;

// It ends where a page begins that cannot be touched, and another one is in front of it.
class Memory {
 public:
  explicit Memory(std::size_t size) : whole_((size + 2 * page + page - 1) / page * page) {
    mapped_ =
        static_cast<std::byte*>(::mmap(nullptr, whole_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0));
    EXPECT_EQ(::mprotect(mapped_, page, PROT_NONE), 0);
    EXPECT_EQ(::mprotect(mapped_ + whole_ - page, page, PROT_NONE), 0);
    bytes = {mapped_ + whole_ - page - size, size};
  }
  ~Memory() { ::munmap(mapped_, whole_); }
  Memory(const Memory&) = delete;
  Memory& operator=(const Memory&) = delete;
  std::span<std::byte> bytes{};

 private:
  static constexpr std::size_t page = 4096;
  std::size_t whole_;
  std::byte* mapped_ = nullptr;
};

ByteVector hash(const Kernel& kernel, const Inputs& inputs, const Cost& cost, std::size_t size) {
  const Memory memory(memory_size(cost));
  ByteVector tag(size);
  EXPECT_TRUE(compute(kernel, tag, inputs, cost, memory.bytes));
  return tag;
}

ByteVector filled(std::size_t size, int value) { return ByteVector(size, static_cast<std::byte>(value)); }

class Argon2id : public ::testing::TestWithParam<Kernel> {};
INSTANTIATE_TEST_SUITE_P(Kernels, Argon2id, ::testing::ValuesIn(kernels()),
                         [](const auto& kernel) { return std::string(kernel.param.name); });

TEST_P(Argon2id, GivesTheTagOfRfc9106) {  // section 5.3
  const auto password = filled(32, 1), salt = filled(16, 2), secret = filled(8, 3), data = filled(12, 4);
  const auto tag = hash(GetParam(), {.password = password, .salt = salt, .secret = secret, .associated_data = data},
                        {.memory_kib = 32, .passes = 3, .lanes = 4}, 32);
  constexpr std::array<std::uint8_t, 32> expected{0x0d, 0x64, 0x0d, 0xf5, 0x8d, 0x78, 0x76, 0x6c, 0x08, 0xc0, 0x37,
                                                  0xa3, 0x4a, 0x8b, 0x53, 0xc9, 0xd0, 0x1e, 0xf0, 0x45, 0x2d, 0x75,
                                                  0xb6, 0x5e, 0xb5, 0x25, 0x20, 0xe9, 0x6b, 0x01, 0xe6, 0x59};
  EXPECT_TRUE(std::ranges::equal(tag, std::as_bytes(std::span(expected))));
}

struct Case {
  Cost cost{};
  ByteVector password{}, salt{}, secret{}, data{};
  std::size_t size = 0;
};

ByteVector by_libargon2(Case input) {
  ByteVector tag(input.size);
  const auto octets = [](ByteVector& bytes) { return reinterpret_cast<std::uint8_t*>(bytes.data()); };
  const auto length = [](const ByteVector& bytes) { return static_cast<std::uint32_t>(bytes.size()); };
  argon2_context context{};
  context.out = octets(tag), context.outlen = length(tag);
  context.pwd = octets(input.password), context.pwdlen = length(input.password);
  context.salt = octets(input.salt), context.saltlen = length(input.salt);
  context.secret = octets(input.secret), context.secretlen = length(input.secret);
  context.ad = octets(input.data), context.adlen = length(input.data);
  context.t_cost = input.cost.passes, context.m_cost = input.cost.memory_kib;
  context.lanes = context.threads = input.cost.lanes, context.version = ARGON2_VERSION_13;
  EXPECT_EQ(argon2_ctx(&context, Argon2_id), ARGON2_OK);
  return tag;
}

// Of any seed; this one, so that a failure can be seen again.
class RandomCases {
 public:
  Case next() {
    const auto lanes = number(1, 4);
    // Small ones mostly, where segments are shorter than a block of addresses; up to four of these in a segment.
    const auto memory = number(0, 3) == 0 ? number(8 * lanes, 2048) : number(8 * lanes, 16 * lanes);
    Case made{.cost = {.memory_kib = memory, .passes = number(1, 4), .lanes = lanes},
              .password = bytes(number(0, 300)),
              .salt = bytes(number(8, 100)),
              .size = number(4, 200)};
    if (number(0, 2) == 0) made.secret = bytes(number(1, 32)), made.data = bytes(number(1, 300));
    return made;
  }

 private:
  std::uint32_t number(std::uint32_t least, std::uint32_t most) {
    return std::uniform_int_distribution<std::uint32_t>(least, most)(engine_);
  }
  ByteVector bytes(std::uint32_t size) {
    ByteVector made(size);
    for (auto& byte : made) byte = static_cast<std::byte>(number(0, 255));
    return made;
  }
  std::mt19937 engine_{20260101};
};

TEST_P(Argon2id, AgreesWithLibargon2) {
  RandomCases cases;
  for (int i = 0; i < 250; ++i) {
    const auto input = cases.next();
    ASSERT_EQ(
        hash(GetParam(),
             {.password = input.password, .salt = input.salt, .secret = input.secret, .associated_data = input.data},
             input.cost, input.size),
        by_libargon2(input))
        << "case " << i << ": m=" << input.cost.memory_kib << " t=" << input.cost.passes << " p=" << input.cost.lanes;
  }
}

Argon2Text text_of(std::uint32_t memory_kib, std::uint32_t passes) {
  return {.memory_kib = memory_kib, .passes = passes, .salt = filled(16, 7), .hash = filled(32, 0)};
}

TEST_P(Argon2id, AgreesWithLibsodiumAtTheDefaultCost) {
  HashMemory memory;
  auto own = text_of(19456, 2), theirs = own;
  const Core core(std::span(&GetParam(), 1));
  ASSERT_EQ(core.name(), GetParam().name);
  ASSERT_TRUE(core.compute(own, "correct horse battery staple", memory));
  ASSERT_TRUE(Core({}).compute(theirs, "correct horse battery staple", memory));
  EXPECT_EQ(own.hash, theirs.hash);
}

TEST_P(Argon2id, DoesNothingWithParametersOutOfBounds) {
  const Memory memory(1024 * 1024);
  const auto salt = filled(16, 1), short_salt = filled(7, 1);
  const auto is_refused = [&](std::size_t tag_size, const ByteVector& with, const Cost& cost, std::span<std::byte> in) {
    ByteVector tag(tag_size);
    return !compute(GetParam(), tag, {.password = {}, .salt = with}, cost, in) && tag == ByteVector(tag_size);
  };
  const Cost cost{.memory_kib = 64, .passes = 1};
  EXPECT_FALSE(is_refused(32, salt, cost, memory.bytes));
  EXPECT_TRUE(is_refused(3, salt, cost, memory.bytes));
  EXPECT_TRUE(is_refused(32, short_salt, cost, memory.bytes));
  EXPECT_TRUE(is_refused(32, salt, {.memory_kib = 64, .passes = 0}, memory.bytes));
  EXPECT_TRUE(is_refused(32, salt, {.memory_kib = 7, .passes = 1}, memory.bytes));
  EXPECT_TRUE(is_refused(32, salt, {.memory_kib = 15, .passes = 1, .lanes = 2}, memory.bytes));
  EXPECT_TRUE(is_refused(32, salt, cost, memory.bytes.first(64 * 1024 - 1)));
  EXPECT_TRUE(is_refused(32, salt, cost, memory.bytes.subspan(8)));
}

// Wrong in one bit of one block.
void fill_wrongly(const Segment& segment) {
  plain::fill(segment);
  if (segment.pass == 0 && segment.slice == 1) segment.memory[segment.length].words[5] ^= 1;
}
// Right while a segment needs no second block of addresses.
void fill_small_ones_only(const Segment& segment) {
  if (segment.length <= words_in_block) plain::fill(segment);
}

TEST(Argon2idCore, UsesNoKernelThatComputesWrongly) {
  const Kernel wrong{"wrong", fill_wrongly}, small{"small", fill_small_ones_only}, right{"plain", plain::fill};
  EXPECT_EQ(Core(std::array{wrong, small, right}).name(), "plain");
  const Core fallen_back(std::array{wrong, small});
  EXPECT_EQ(fallen_back.name(), "libsodium");
  HashMemory memory;
  auto text = text_of(64, 1), expected = text;
  ASSERT_TRUE(fallen_back.compute(text, "password", memory));
  ASSERT_TRUE(Core(std::array{right}).compute(expected, "password", memory));
  EXPECT_EQ(text.hash, expected.hash);
}

TEST(Argon2idCore, VerifiesByLibsodiumWhatHasSeveralLanes) {
  auto text = text_of(64, 2);
  text.lanes = 2;
  text.salt = filled(20, 9);
  HashMemory memory;
  ASSERT_TRUE(Core(kernels()).compute(text, "password", memory));
  EXPECT_TRUE(Core({}).matches(text, "password", memory).value());
  EXPECT_FALSE(Core({}).matches(text, "Password", memory).value());
}

}  // namespace
}  // namespace rowan::crypto::argon2id
