#include <rowan/tokens/revocation_index.hpp>

namespace rowan::tokens {

namespace {

struct Place {
  std::size_t segment, chunk, word;
  std::uint64_t bit;
};

Place place_of(std::int64_t number) {
  const auto n = static_cast<std::uint64_t>(number);
  return {n >> 28 & 4095, n >> 16 & 4095, n >> 6 & 1023, std::uint64_t{1} << (n & 63)};
}

constexpr std::int64_t end_of_numbers = std::int64_t{1} << 40;

}  // namespace

RevocationIndex::~RevocationIndex() {
  for (auto& segment : segments_) {
    auto* chunks = segment.load();
    if (chunks == nullptr) continue;
    for (auto& chunk : *chunks) delete chunk.load();
    delete chunks;
  }
}

bool RevocationIndex::contains(std::int64_t number) const {
  if (number < 0 || number >= end_of_numbers) return true;  // no such number was ever given out
  const auto place = place_of(number);
  const auto* segment = segments_[place.segment].load(std::memory_order_acquire);
  if (segment == nullptr) return false;
  const auto* chunk = (*segment)[place.chunk].load(std::memory_order_acquire);
  return chunk != nullptr && ((*chunk)[place.word].load(std::memory_order_relaxed) & place.bit) != 0;
}

void RevocationIndex::add(std::int64_t number) {
  if (number <= 0 || number >= end_of_numbers) return;  // 0 is "no generation": it cannot die
  const auto place = place_of(number);
  const std::lock_guard lock(adding_);
  auto* segment = segments_[place.segment].load(std::memory_order_relaxed);
  if (segment == nullptr) {
    segment = new Segment();
    segments_[place.segment].store(segment, std::memory_order_release);
  }
  auto* chunk = (*segment)[place.chunk].load(std::memory_order_relaxed);
  if (chunk == nullptr) {
    chunk = new Chunk();
    (*segment)[place.chunk].store(chunk, std::memory_order_release);
  }
  (*chunk)[place.word].fetch_or(place.bit, std::memory_order_relaxed);
}

}  // namespace rowan::tokens
