#pragma once
// Not installed. scripts/check-layers fails if anything but engine/guard/authenticate.cpp,
// engine/guard/current_claims.cpp, engine/phases/complete.cpp and testing/authenticated.cpp includes it.
namespace rowan::engine {

/// Who has one may say that claims were checked.
struct GuardKey {
  explicit GuardKey() = default;
};

}  // namespace rowan::engine
