#pragma once
// RevocationWatch: what stays open hears when the session or token that opened it ends (docs/live_connections.md).
#include <cstdint>
#include <functional>
#include <memory>
#include <utility>

namespace rowan {

namespace engine {
struct Watch;  // engine/guard/watches.hpp: not installed
}

/// Why claims do not count any more.
enum class ClaimsEnd : std::uint8_t {
  revoked,  // signed out, ended, its account disabled or closed …: what the guard refuses as revoked
  expired,  // Claims::expires_at has passed
  /// The revocations could not be read for longer than SessionOptions::revocation_bound. A node that cannot know does
  /// not accept. The client may try again.
  unknown,
};
using ClaimsEnded = std::function<void(ClaimsEnd why)>;

/// Made by Auth::on_revoked; ends with this object. It may outlive the Auth, whose end calls nothing. One thread at a
/// time.
class [[nodiscard]] RevocationWatch {
 public:
  RevocationWatch() = default;  // watches nothing
  explicit RevocationWatch(std::shared_ptr<engine::Watch> watch) : watch_(std::move(watch)) {}
  /// When it returns, the callback does not run and never will, and what it captured is destroyed. For that it waits
  /// for a callback that is running on another thread: hold no lock that the callback takes. Within the callback itself
  /// it returns at once.
  ~RevocationWatch() { reset(); }
  RevocationWatch(RevocationWatch&& other) noexcept : watch_(std::exchange(other.watch_, nullptr)) {}
  RevocationWatch& operator=(RevocationWatch&& other) noexcept {
    if (this != &other) {
      reset();
      watch_ = std::exchange(other.watch_, nullptr);
    }
    return *this;
  }
  /// As the destructor.
  void reset() noexcept;

 private:
  std::shared_ptr<engine::Watch> watch_{};
};

}  // namespace rowan
