// Section 8.3: a key in a TPM 2.0. Structures as in "Trusted Platform Module Library, Part 2": big-endian numbers, and
// byte strings with their length in two bytes.
#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/strategies/webauthn/attestation_parts.hpp>

namespace rowan::strategies::webauthn {

namespace {

using crypto::Certificate;
using crypto::CoseAlgorithm;
using crypto::PublicKey;

constexpr std::uint64_t alg_rsa = 0x0001, alg_sha256 = 0x000B, alg_null = 0x0010, alg_rsassa = 0x0014,
                        alg_ecdsa = 0x0018, alg_ecc = 0x0023;
constexpr std::uint64_t curve_p256 = 0x0003, curve_p384 = 0x0004;
constexpr std::uint64_t generated_value = 0xFF544347, st_attest_certify = 0x8017;

/// Reads what is there; once something is missing, everything that follows is 0 or empty and `failed` says so.
class TpmReader {
 public:
  explicit TpmReader(Bytes rest) : rest_(rest) {}
  Bytes take(std::size_t size) {
    if (size > rest_.size()) {
      failed_ = true;
      rest_ = {};
      return {};
    }
    const auto taken = rest_.first(size);
    rest_ = rest_.subspan(size);
    return taken;
  }
  std::uint64_t number(std::size_t size) {
    std::uint64_t value = 0;
    for (const auto byte : take(size)) value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
  }
  Bytes sized() { return take(number(2)); }
  bool read_all() const { return !failed_ && rest_.empty(); }

 private:
  Bytes rest_;
  bool failed_ = false;
};

struct PublicArea {
  std::uint64_t name_algorithm = 0;
  std::optional<PublicKey> key{};
};

/// A coordinate may have lost its zeros in front.
template <std::size_t Size>
std::array<std::byte, Size> padded(Bytes number) {
  std::array<std::byte, Size> whole{};
  std::ranges::copy(number, whole.end() - static_cast<std::ptrdiff_t>(number.size()));
  return whole;
}

std::optional<PublicKey> point(std::uint64_t curve, Bytes x, Bytes y) {
  if (curve == curve_p256 && x.size() <= 32 && y.size() <= 32) return PublicKey::p256(padded<32>(x), padded<32>(y));
  if (curve == curve_p384 && x.size() <= 48 && y.size() <= 48) return PublicKey::p384(padded<48>(x), padded<48>(y));
  return std::nullopt;
}

/// TPMT_PUBLIC of a signing key (part 2, section 12.2.4).
std::optional<PublicArea> read_public_area(Bytes bytes) {
  TpmReader reader(bytes);
  PublicArea area;
  const auto type = reader.number(2);
  area.name_algorithm = reader.number(2);
  reader.number(4);                                       // objectAttributes
  reader.sized();                                         // authPolicy
  if (reader.number(2) != alg_null) return std::nullopt;  // symmetric: only a storage key has one
  const auto scheme = reader.number(2);
  const auto own_scheme = type == alg_rsa ? alg_rsassa : alg_ecdsa;
  if (scheme != alg_null && scheme != own_scheme) return std::nullopt;
  if (scheme != alg_null) reader.number(2);  // its hash
  if (type == alg_rsa) {
    reader.number(2);  // keyBits
    const auto given = reader.take(4);
    auto exponent = given;
    while (!exponent.empty() && exponent.front() == std::byte{0}) exponent = exponent.subspan(1);
    constexpr std::array usual{std::byte{1}, std::byte{0}, std::byte{1}};  // 0 stands for 2^16 + 1
    const auto modulus = reader.sized();
    if (reader.read_all()) area.key = PublicKey::rsa(modulus, exponent.empty() ? Bytes(usual) : exponent);
  } else if (type == alg_ecc) {
    const auto curve = reader.number(2);
    if (reader.number(2) != alg_null) return std::nullopt;  // kdf
    const auto x = reader.sized(), y = reader.sized();
    if (reader.read_all()) area.key = point(curve, x, y);
  }
  if (!area.key) return std::nullopt;
  return area;
}

/// TPMS_ATTEST (part 2, section 10.12.12) about the key of that public area.
Result<> check_certification(Bytes certified, Bytes public_area, const crypto::Digest& to_be_signed) {
  TpmReader reader(certified);
  if (reader.number(4) != generated_value) return wrong_statement("certInfo was not made by a TPM");
  if (reader.number(2) != st_attest_certify) return wrong_statement("certInfo does not certify a key");
  reader.sized();  // qualifiedSigner
  const auto extra_data = reader.sized();
  reader.take(17);  // clockInfo
  reader.take(8);   // firmwareVersion
  const auto name = reader.sized();
  reader.sized();  // qualifiedName
  if (!reader.read_all()) return wrong_statement("certInfo cannot be read");
  if (!is_same(extra_data, to_be_signed)) return wrong_statement("certInfo is about another ceremony");
  // Part 1, section 16: nameAlg || its hash of the public area.
  const auto hash = crypto::sha256(public_area);
  if (name.size() != 2 + hash.size() || TpmReader(name).number(2) != alg_sha256 || !is_same(name.subspan(2), hash))
    return wrong_statement("certInfo is about another key");
  return {};
}

/// Section 8.3.1.
Result<> check_certificate(const Certificate& certificate, Bytes aaguid) {
  if (certificate.version() != 3) return wrong_statement("a certificate that is not of version 3");
  if (certificate.has_subject()) return wrong_statement("a certificate with a subject");
  // TPM manufacturer, model and version (TCG EK Credential Profile, section 3.2.9).
  for (const auto* const attribute : {"2.23.133.2.1", "2.23.133.2.2", "2.23.133.2.3"})
    if (!certificate.has_alternative_name(attribute)) return wrong_statement("a certificate that names no TPM");
  if (!certificate.is_for("2.23.133.8.3")) return wrong_statement("a certificate that is not for attestation keys");
  if (certificate.is_authority() != false) return wrong_statement("a certificate that is not said to be no authority");
  if (!has_model(certificate, aaguid)) return wrong_statement("a certificate for another model");
  return {};
}

}  // namespace

Result<Attestation> verify_tpm(const AttestationInputs& inputs) {
  const auto& statement = inputs.statement;
  const auto signature = bytes_of(statement, "sig"), certified = bytes_of(statement, "certInfo"),
             public_area = bytes_of(statement, "pubArea");
  const auto version = statement.find("ver");
  if (!has_only(statement, {"alg", "sig", "ver", "x5c", "certInfo", "pubArea"}) || signature.empty() ||
      version->as_text() != "2.0")
    return wrong_statement("not the members of its format");
  const auto algorithm = algorithm_of(statement);
  if (algorithm != CoseAlgorithm::es256 && algorithm != CoseAlgorithm::rs256) return Attestation{};
  const auto area = read_public_area(public_area);
  if (!area) return wrong_statement("pubArea is not the public area of a signing key");
  if (area->name_algorithm != alg_sha256) return Attestation{};
  if (!area->key->equals(inputs.key.key())) return wrong_statement("pubArea is about another key");
  ROWAN_TRY(auto path, certificates_of(statement));
  ROWAN_CHECK(check_certificate(path.front(), inputs.data.credential->aaguid));
  if (!path.front().key().verify(*algorithm, signature, certified))
    return wrong_statement("the signature does not fit");
  ROWAN_CHECK(check_certification(certified, public_area, crypto::sha256(signed_bytes_of(inputs))));
  return Attestation{.type = AttestationType::certified, .path = std::move(path)};
}

}  // namespace rowan::strategies::webauthn
