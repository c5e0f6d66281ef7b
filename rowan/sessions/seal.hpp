#pragma once
// Not installed. Sealed cookies: version, key id, day, nonce, AES-256-GCM (docs/architecture.md#sessions). The key is
// of one secret and one day.
#include <array>
#include <atomic>
#include <memory>
#include <mutex>
#include <optional>
#include <rowan/base/clock.hpp>
#include <rowan/base/random.hpp>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/key_ring.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace rowan::sessions {

inline constexpr std::size_t seal_overhead = 1 + 1 + 4 + crypto::nonce_size + crypto::tag_size;

/// One cookie's seal. Thread-safe; opening takes no lock and allocates nothing once a day's key was used.
class Seal {
 public:
  /// `name` and `base_url` are bound in: a cookie of another name or site does not open.
  Seal(const crypto::KeyRing& keys, const Clock& clock, Random& random, std::string_view name,
       std::string_view base_url);
  ~Seal();
  /// base64url text.
  std::string seal(std::span<const std::byte> plain) const;
  /// The number of plain bytes; nullopt for anything that we did not make, or made longer ago than `days_kept`.
  std::optional<std::size_t> open(std::string_view text, std::span<std::byte> plain) const {
    return open(text, plain, now());
  }
  /// The same for who has asked the clock already.
  std::optional<std::size_t> open(std::string_view text, std::span<std::byte> plain, Timestamp now) const;
  Timestamp now() const { return clock_->now(); }

 private:
  static constexpr std::size_t days_kept = 64;
  const crypto::AeadKey* key(std::size_t secret, std::uint32_t day, Timestamp now) const;
  struct DayKey {
    std::uint32_t day;
    crypto::AeadKey key;
  };
  using Days = std::array<std::atomic<const DayKey*>, days_kept>;  // by day modulo days_kept

  const crypto::KeyRing* keys_;
  const Clock* clock_;
  Random* random_;
  std::string bound_;  // cookie name and base_url
  mutable std::vector<std::unique_ptr<Days>> days_{};
  mutable std::mutex making_{};
  mutable std::vector<std::unique_ptr<const DayKey>> made_{};  // kept until the end: a reader may hold one
};

}  // namespace rowan::sessions
