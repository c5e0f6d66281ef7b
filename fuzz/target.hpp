#pragma once
// What one fuzz target is: a function, shared by the fuzzer and by the test of its seeds.
#include <cstdlib>
#include <string_view>

namespace rowan::fuzz {

/// Feeds `input` to the code under test and aborts when a promise is broken. Whether the input was accepted.
bool run(std::string_view input);

/// A promise about the input that must hold.
inline void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace rowan::fuzz
