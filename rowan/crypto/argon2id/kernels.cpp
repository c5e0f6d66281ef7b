#include <rowan/crypto/argon2id/kernels.hpp>

namespace rowan::crypto::argon2id {

std::vector<Kernel> kernels() {
  std::vector<Kernel> usable;
#if defined(__x86_64__)
  // Asks the operating system too: whether it keeps the wide registers.
  __builtin_cpu_init();
  if (__builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl"))
    usable.push_back({"avx512", avx512::fill});
  if (__builtin_cpu_supports("avx2")) usable.push_back({"avx2", avx2::fill});
#endif
  usable.push_back({"plain", plain::fill});
  return usable;
}

}  // namespace rowan::crypto::argon2id
