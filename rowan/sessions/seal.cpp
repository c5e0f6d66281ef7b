#include <cstring>
#include <rowan/base/base64.hpp>
#include <rowan/sessions/seal.hpp>

namespace rowan::sessions {

namespace {

constexpr std::byte version{1};
constexpr std::size_t header_size = 6, max_plain = 3000;

std::uint32_t day_of(Timestamp time) {
  return static_cast<std::uint32_t>(std::chrono::floor<std::chrono::days>(time).time_since_epoch().count());
}

struct Associated {
  std::array<std::byte, header_size + 300> bytes;
  std::size_t size;
};

Associated associate(std::span<const std::byte> header, std::string_view bound) {
  Associated associated;
  std::memcpy(associated.bytes.data(), header.data(), header_size);
  std::memcpy(associated.bytes.data() + header_size, bound.data(), bound.size());
  associated.size = header_size + bound.size();
  return associated;
}

}  // namespace

Seal::Seal(const crypto::KeyRing& keys, const Clock& clock, Random& random, std::string_view name,
           std::string_view base_url)
    : keys_(&keys), clock_(&clock), random_(&random), bound_(std::string(name) + "|" + std::string(base_url)) {
  if (bound_.size() > 300) bound_.resize(300);
  for (std::size_t i = 0; i < keys.size(); ++i) days_.push_back(std::make_unique<Days>());
}

Seal::~Seal() = default;

const crypto::AeadKey* Seal::key(std::size_t secret, std::uint32_t day, Timestamp now) const {
  const auto today = day_of(now);
  // As many days as there are places. If two days shared a place, anyone could make us derive a key for each request.
  if (day > today + 1 || day + days_kept <= today + 1) return nullptr;
  auto& slot = (*days_[secret])[day % days_kept];
  const auto* found = slot.load(std::memory_order_acquire);
  if (found != nullptr && found->day == day) return &found->key;
  const std::lock_guard lock(making_);
  found = slot.load(std::memory_order_acquire);
  if (found != nullptr && found->day == day) return &found->key;
  made_.push_back(std::make_unique<const DayKey>(
      DayKey{day, crypto::AeadKey(keys_->derive(secret, "sealed cookie", std::to_string(day)))}));
  slot.store(made_.back().get(), std::memory_order_release);
  return &made_.back()->key;
}

std::string Seal::seal(std::span<const std::byte> plain) const {
  const auto now = clock_->now();
  const auto day = day_of(now);
  std::vector<std::byte> bytes(seal_overhead + plain.size());
  bytes[0] = version;
  bytes[1] = static_cast<std::byte>(keys_->key_id(0));
  for (std::size_t i = 0; i < 4; ++i) bytes[2 + i] = static_cast<std::byte>(day >> (24 - 8 * i));
  const auto nonce = random_->bytes<crypto::nonce_size>();
  std::memcpy(bytes.data() + header_size, nonce.data(), nonce.size());
  const auto associated = associate(bytes, bound_);
  key(0, day, now)
      ->seal(nonce, std::span(associated.bytes).first(associated.size), plain,
             std::span(bytes).subspan(header_size + crypto::nonce_size));
  return to_base64url(bytes);
}

std::optional<std::size_t> Seal::open(std::string_view text, std::span<std::byte> plain, Timestamp now) const {
  std::array<std::byte, seal_overhead + max_plain> bytes;
  const auto size = from_base64url(text, bytes);
  if (!size || *size < seal_overhead || bytes[0] != version) return std::nullopt;
  std::uint32_t day = 0;
  for (std::size_t i = 0; i < 4; ++i) day = day << 8 | std::to_integer<std::uint32_t>(bytes[2 + i]);
  const auto associated = associate(bytes, bound_);
  const auto sealed = std::span<const std::byte>(bytes).subspan(header_size + crypto::nonce_size,
                                                                *size - header_size - crypto::nonce_size);
  for (std::size_t secret = 0; secret < keys_->size(); ++secret) {
    if (keys_->key_id(secret) != std::to_integer<std::uint8_t>(bytes[1])) continue;
    const auto* opener = key(secret, day, now);
    if (opener == nullptr) return std::nullopt;
    return opener->open(std::span<const std::byte, crypto::nonce_size>(bytes.data() + header_size, crypto::nonce_size),
                        std::span(associated.bytes).first(associated.size), sealed, plain);
  }
  return std::nullopt;
}

}  // namespace rowan::sessions
