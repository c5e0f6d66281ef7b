#pragma once
// Not installed. scripts/check-layers fails if anything but engine/phases/complete.cpp and testing/authenticated.cpp
// includes it.
namespace rowan::engine {

struct CompletionKey {
  explicit CompletionKey() = default;
};

}  // namespace rowan::engine
