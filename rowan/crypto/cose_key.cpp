#include <rowan/base/try.hpp>
#include <rowan/crypto/cbor.hpp>
#include <rowan/crypto/cose_key.hpp>

namespace rowan::crypto {

namespace {

// RFC 9052 section 7.1 and RFC 9053 section 7; RFC 8230 section 4 for RSA.
constexpr std::int64_t label_type = 1, label_algorithm = 3;
constexpr std::int64_t label_curve = -1, label_x = -2, label_y = -3;
constexpr std::int64_t label_modulus = -1, label_exponent = -2;
constexpr std::int64_t type_okp = 1, type_ec2 = 2, type_rsa = 3;
constexpr std::int64_t curve_p256 = 1, curve_p384 = 2, curve_ed25519 = 6;

Error no_key(const char* what) {
  return Error{.code = ErrorCode::malformed_request, .reason = std::string("COSE key: ") + what};
}

/// The byte string at a label; empty, which no parameter may be, when there is none. "y" as a sign bit, the
/// compressed form, is refused with it: WebAuthn section 6.5.1.1 wants both coordinates.
std::span<const std::byte> bytes_at(const CborItem& map, std::int64_t label) {
  const auto item = map.find(label);
  return item ? item->as_bytes().value_or(std::span<const std::byte>()) : std::span<const std::byte>();
}

bool says(const CborItem& map, std::int64_t label, std::int64_t value) {
  const auto item = map.find(label);
  return item && item->as_integer() == value;
}

}  // namespace

Result<CoseKey> CoseKey::parse(std::span<const std::byte> encoded, KeyOrigin origin) {
  ROWAN_TRY(const auto map, read_cbor(encoded));
  if (map.kind() != CborKind::map) return no_key("not a map");
  const auto number = map.find(label_algorithm);
  const auto algorithm = cose_algorithm(number ? number->as_integer().value_or(0) : 0);
  if (!algorithm) return no_key("an algorithm that is not verified here");

  std::optional<PublicKey> key;
  switch (*algorithm) {
    case CoseAlgorithm::es256:
    case CoseAlgorithm::es384: {
      const bool is_p256 = *algorithm == CoseAlgorithm::es256;
      if (map.size() != 5 || !says(map, label_type, type_ec2) ||
          !says(map, label_curve, is_p256 ? curve_p256 : curve_p384))
        return no_key("not the parameters of its algorithm");
      const auto x = bytes_at(map, label_x), y = bytes_at(map, label_y);
      key = is_p256 ? PublicKey::p256(x, y) : PublicKey::p384(x, y);
      break;
    }
    case CoseAlgorithm::eddsa:
      if (map.size() != 4 || !says(map, label_type, type_okp) || !says(map, label_curve, curve_ed25519))
        return no_key("not the parameters of its algorithm");
      key = PublicKey::ed25519(bytes_at(map, label_x), origin);
      break;
    case CoseAlgorithm::rs256:
      if (map.size() != 4 || !says(map, label_type, type_rsa)) return no_key("not the parameters of its algorithm");
      key = PublicKey::rsa(bytes_at(map, label_modulus), bytes_at(map, label_exponent));
      break;
  }
  if (!key) return no_key("no valid key of its algorithm");
  return CoseKey(*algorithm, std::move(*key));
}

}  // namespace rowan::crypto
