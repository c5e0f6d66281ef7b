#pragma once
// Internal. The function that fills Argon2's memory, once for each kind of processor.
#include <rowan/crypto/argon2id/block.hpp>
#include <string_view>
#include <vector>

namespace rowan::crypto::argon2id {

/// Fills a segment. All kernels compute the same.
struct Kernel {
  std::string_view name;
  void (*fill)(const Segment&);
};

/// Those that this processor and its operating system can run, the fastest first. The last one runs everywhere.
std::vector<Kernel> kernels();

#if defined(__x86_64__)
namespace avx512 {
void fill(const Segment& segment);
}
namespace avx2 {
void fill(const Segment& segment);
}
#endif
namespace plain {
void fill(const Segment& segment);
}

}  // namespace rowan::crypto::argon2id
