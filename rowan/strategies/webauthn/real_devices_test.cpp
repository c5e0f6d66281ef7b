// Answers of authenticators that exist, in vectors/real_devices.json with their source.
#include <map>
#include <rowan/strategies/webauthn/ceremony_fixture.hpp>
#include <rowan/strategies/webauthn/vectors_for_tests.hpp>

namespace rowan::strategies::webauthn {
namespace {

struct DeviceVerdict {
  std::string step;
  AttestationType type = AttestationType::none;
};

// Without an anchor a certificate proves nothing.
const std::map<std::string, DeviceVerdict> device_verdicts{
    {"android-key, Pixel 8a", {"", AttestationType::certified}},
    {"android-key, Samsung Galaxy S9+", {"", AttestationType::certified}},
    {"apple", {"", AttestationType::certified}},
    {"tpm, RS256, FIDO conformance", {""}},
    {"tpm, SHA-1, attributes in RDNs of their own", {""}},
    {"tpm, SHA-1, ECC", {""}},
    {"tpm, a certificate for another model", {"7.1 step 22"}},
    {"fido-u2f", {""}},
    {"packed, self", {"", AttestationType::self}},
    {"packed, certificate", {""}},
    {"none, RSA", {""}},
    {"android-safetynet", {""}},
};

TEST(RealDevices, RegisterWithWhatTheyProve) {  // WA-14
  std::size_t seen = 0;
  for (const auto& answer : vectors("real_devices.json").find("answers")->items()) {
    const auto name = text_at(answer, "name");
    SCOPED_TRACE(name);
    ++seen;
    const auto& verdict = device_verdicts.at(name);
    const RegistrationResponse response{
        .credential_id = from_base64url(text_at(answer, "credential_id")).value(),
        .client_data = from_base64url(text_at(answer, "client_data")).value(),
        .attestation_object = from_base64url(text_at(answer, "attestation_object")).value()};
    const auto client_data = Json::parse(as_text(response.client_data)).value();
    const RelyingParty party{.id = text_at(answer, "rp_id"), .origins = {text_at(client_data, "origin")}};
    const auto challenge = from_base64url(text_at(client_data, "challenge")).value();
    std::vector<crypto::Certificate> anchors;
    const auto root = from_hex(text_at(answer, "root")).value();
    if (!root.empty()) anchors.push_back(crypto::Certificate::parse(root).value());
    const auto now = parse_rfc3339(text_at(answer, "at"));
    ExpectedRegistration expected{.party = party, .challenge = challenge};
    expected.attestation = {.anchors = anchors, .now = now.value_or(Timestamp())};
    const auto registered = verify_registration(response, expected);
    EXPECT_EQ(step(registered), verdict.step) << reason(registered);
    if (!registered) continue;
    EXPECT_EQ(registered->attestation, verdict.type);
    EXPECT_TRUE(name.starts_with(registered->format)) << registered->format;

    // One byte of the credential's key, and nothing vouches for it.
    if (verdict.type == AttestationType::none) continue;
    auto changed = response;
    changed.attestation_object.back() ^= std::byte{1};
    expected.attestation.required = true;
    EXPECT_FALSE(verify_registration(changed, expected));
  }
  EXPECT_EQ(seen, device_verdicts.size());
}

}  // namespace
}  // namespace rowan::strategies::webauthn
