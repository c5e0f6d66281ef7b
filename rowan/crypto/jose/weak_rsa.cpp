#include <algorithm>
#include <array>
#include <cstdint>
#include <rowan/crypto/jose/weak_rsa.hpp>

namespace rowan::crypto::jose {

namespace {

// The primes whose powers of 65537 are not all numbers there are: the others would say nothing.
constexpr std::array<std::uint32_t, 17> primes{11, 13, 17,  19,  37,  53,  61,  71, 73,
                                               79, 97, 103, 107, 109, 127, 151, 157};

bool is_power_of_65537(std::uint32_t number, std::uint32_t prime) {
  const auto step = 65537 % prime;
  auto power = std::uint32_t{1};
  do {
    if (power == number) return true;
    power = power * step % prime;
  } while (power != 1);
  return false;
}

}  // namespace

bool is_weak_rsa_modulus(std::span<const std::byte> modulus) {
  return std::ranges::all_of(primes, [&](std::uint32_t prime) {
    std::uint32_t rest = 0;
    for (const auto byte : modulus) rest = (rest << 8 | std::to_integer<std::uint32_t>(byte)) % prime;
    return is_power_of_65537(rest, prime);
  });
}

}  // namespace rowan::crypto::jose
