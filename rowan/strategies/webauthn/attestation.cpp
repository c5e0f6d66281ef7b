#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/strategies/webauthn/attestation_parts.hpp>

namespace rowan::strategies::webauthn {

namespace {

using crypto::CborKind;
using crypto::Certificate;
using crypto::CoseAlgorithm;

/// Section 8.7.
Result<Attestation> verify_none(const AttestationInputs& inputs) {
  if (inputs.statement.size() != 0) return wrong_statement("none, with a statement");
  return Attestation{};
}

/// Section 8.2.1.
Result<> check_packed_certificate(const Certificate& certificate, Bytes aaguid) {
  const auto only = [&](const char* attribute) {
    const auto values = certificate.subject(attribute);
    return values.size() == 1 ? values.front() : std::string();
  };
  if (certificate.version() != 3) return wrong_statement("a certificate that is not of version 3");
  if (only("C").size() != 2 || only("O").empty() || only("CN").empty() || only("OU") != "Authenticator Attestation")
    return wrong_statement("a certificate with a subject that is not an authenticator's");
  if (certificate.is_authority() != false) return wrong_statement("a certificate that is not said to be no authority");
  const auto model = certificate.extension(oid_aaguid);
  if ((model && model->critical) || !has_model(certificate, aaguid))
    return wrong_statement("a certificate for another model");
  return {};
}

/// Section 8.2.
Result<Attestation> verify_packed(const AttestationInputs& inputs) {
  const bool has_certificates = inputs.statement.find("x5c").has_value();
  const bool well_formed =
      has_certificates ? has_only(inputs.statement, {"alg", "sig", "x5c"}) : has_only(inputs.statement, {"alg", "sig"});
  const auto number = inputs.statement.find("alg");
  const auto signature = bytes_of(inputs.statement, "sig");
  if (!well_formed || !number || !number->as_integer() || signature.empty())
    return wrong_statement("not the members of its format");
  const auto signed_bytes = signed_bytes_of(inputs);
  if (!has_certificates) {
    if (number->as_integer() != static_cast<std::int64_t>(inputs.key.algorithm()))
      return wrong_statement("another algorithm than the credential's");
    if (!inputs.key.verify(signature, signed_bytes)) return wrong_statement("the signature does not fit");
    return Attestation{.type = AttestationType::self};
  }
  const auto algorithm = algorithm_of(inputs.statement);
  if (!algorithm) return Attestation{};
  ROWAN_TRY(auto path, certificates_of(inputs.statement));
  if (!path.front().key().verify(*algorithm, signature, signed_bytes))
    return wrong_statement("the signature does not fit");
  ROWAN_CHECK(check_packed_certificate(path.front(), inputs.data.credential->aaguid));
  return Attestation{.type = AttestationType::certified, .path = std::move(path)};
}

/// Section 8.6.
Result<Attestation> verify_fido_u2f(const AttestationInputs& inputs) {
  const auto signature = bytes_of(inputs.statement, "sig");
  if (!has_only(inputs.statement, {"sig", "x5c"}) || signature.empty())
    return wrong_statement("not the members of its format");
  ROWAN_TRY(auto path, certificates_of(inputs.statement));
  if (path.size() != 1 || !path.front().key().suits(CoseAlgorithm::es256))
    return wrong_statement("not one certificate with a key on P-256");
  if (inputs.key.algorithm() != CoseAlgorithm::es256) return wrong_statement("a credential that is not ES256");
  const auto& credential = *inputs.data.credential;
  const auto map = crypto::read_cbor(credential.public_key);
  if (!map) return wrong_statement("no public key");
  const auto x = map->find(-2), y = map->find(-3);
  if (!x || !y) return wrong_statement("no public key");
  // 0x00 || rpIdHash || clientDataHash || credentialId || 0x04 || x || y
  std::vector<std::byte> verified{std::byte{0}};
  const auto add = [&](Bytes part) { verified.insert(verified.end(), part.begin(), part.end()); };
  add(inputs.data.rp_id_hash);
  add(inputs.client_data_hash);
  add(credential.id);
  verified.push_back(std::byte{4});
  add(x->as_bytes().value_or(Bytes()));
  add(y->as_bytes().value_or(Bytes()));
  if (!path.front().key().verify(CoseAlgorithm::es256, signature, verified))
    return wrong_statement("the signature does not fit");
  return Attestation{.type = AttestationType::certified, .path = std::move(path)};
}

/// Section 8.8.
Result<Attestation> verify_apple(const AttestationInputs& inputs) {
  // Devices of Apple also send an "alg", which the format does not have. It is not used.
  if (!has_only(inputs.statement, {"x5c"}) && !has_only(inputs.statement, {"alg", "x5c"}))
    return wrong_statement("not the members of its format");
  ROWAN_TRY(auto path, certificates_of(inputs.statement));
  // SEQUENCE { [1] { OCTET STRING nonce } }
  constexpr std::array<unsigned char, 6> prefix{0x30, 0x24, 0xA1, 0x22, 0x04, 0x20};
  std::vector<std::byte> expected(prefix.size());
  std::ranges::transform(prefix, expected.begin(), [](unsigned char byte) { return std::byte{byte}; });
  const auto nonce = crypto::sha256(signed_bytes_of(inputs));
  expected.insert(expected.end(), nonce.begin(), nonce.end());
  const auto extension = path.front().extension("1.2.840.113635.100.8.2");
  if (!extension || !is_same(extension->value, expected)) return wrong_statement("the nonce does not fit");
  if (!path.front().key().equals(inputs.key.key())) return wrong_statement("a certificate for another key");
  return Attestation{.type = AttestationType::certified, .path = std::move(path)};
}

}  // namespace

bool has_only(const crypto::CborItem& statement, std::initializer_list<std::string_view> names) {
  return statement.size() == names.size() &&
         std::ranges::all_of(names, [&](std::string_view name) { return statement.find(name).has_value(); });
}

Bytes bytes_of(const crypto::CborItem& statement, std::string_view name) {
  const auto item = statement.find(name);
  return item ? item->as_bytes().value_or(Bytes()) : Bytes();
}

Result<std::vector<Certificate>> certificates_of(const crypto::CborItem& statement) {
  const auto list = statement.find("x5c");
  if (!list || list->kind() != CborKind::array || list->size() == 0 || list->size() > most_attestation_certificates)
    return wrong_statement("x5c is not a list of one to eight certificates");
  std::vector<Certificate> certificates;
  for (std::size_t i = 0; i < list->size(); ++i) {
    const auto der = list->at(i)->as_bytes();
    if (!der) return wrong_statement("x5c is not a list of certificates");
    ROWAN_TRY(auto certificate, Certificate::parse(*der));
    certificates.push_back(std::move(certificate));
  }
  return certificates;
}

std::optional<CoseAlgorithm> algorithm_of(const crypto::CborItem& statement) {
  const auto number = statement.find("alg");
  return crypto::cose_algorithm(number ? number->as_integer().value_or(0) : 0);
}

std::vector<std::byte> signed_bytes_of(const AttestationInputs& inputs) {
  std::vector<std::byte> bytes(inputs.authenticator_data.begin(), inputs.authenticator_data.end());
  bytes.insert(bytes.end(), inputs.client_data_hash.begin(), inputs.client_data_hash.end());
  return bytes;
}

bool has_model(const Certificate& certificate, Bytes aaguid) {
  if (!certificate.has_extension(oid_aaguid)) return true;
  const auto model = certificate.extension(oid_aaguid);
  // An OCTET STRING of 16 bytes.
  return model && model->value.size() == 18 && model->value[0] == std::byte{0x04} && model->value[1] == std::byte{16} &&
         is_same(model->value.subspan(2), aaguid);
}

Result<Attestation> verify_attestation(std::string_view format, const AttestationInputs& inputs) {
  if (format == "none") return verify_none(inputs);
  if (format == "packed") return verify_packed(inputs);
  if (format == "fido-u2f") return verify_fido_u2f(inputs);
  if (format == "apple") return verify_apple(inputs);
  if (format == "android-key") return verify_android_key(inputs);
  if (format == "tpm") return verify_tpm(inputs);
  return Attestation{};
}

}  // namespace rowan::strategies::webauthn
