#pragma once
// Not installed. The algorithms of JSON Web Signatures (RFC 7518 section 3.1, RFC 8037 section 3.1), and sets of them.
#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string_view>

namespace rowan::crypto::jose {

enum class Algorithm : std::uint8_t {
  hs256,
  hs384,
  hs512,
  rs256,
  rs384,
  rs512,
  ps256,
  ps384,
  ps512,
  es256,
  es384,
  es512,
  eddsa,  // Ed25519
};

/// As a header spells it; "Ed25519" (RFC 9864) is another name of "EdDSA". Nullopt for "none" and whatever else is not
/// verified here.
std::optional<Algorithm> algorithm_named(std::string_view name);
std::string_view name_of(Algorithm algorithm);
/// Both sides have its key.
constexpr bool is_symmetric(Algorithm algorithm) { return algorithm <= Algorithm::hs512; }

/// What the one who asks is ready to accept. There is no default: a token never chooses.
class Algorithms {
 public:
  constexpr Algorithms(std::initializer_list<Algorithm> algorithms) {
    for (const auto algorithm : algorithms) add(algorithm);
  }
  constexpr void add(Algorithm algorithm) { bits_ |= bit(algorithm); }
  constexpr bool allows(Algorithm algorithm) const { return (bits_ & bit(algorithm)) != 0; }

 private:
  static constexpr std::uint32_t bit(Algorithm algorithm) { return 1U << static_cast<unsigned>(algorithm); }
  std::uint32_t bits_ = 0;
};

inline constexpr Algorithms every_public_key_algorithm{
    Algorithm::rs256, Algorithm::rs384, Algorithm::rs512, Algorithm::ps256, Algorithm::ps384,
    Algorithm::ps512, Algorithm::es256, Algorithm::es384, Algorithm::es512, Algorithm::eddsa};

}  // namespace rowan::crypto::jose
