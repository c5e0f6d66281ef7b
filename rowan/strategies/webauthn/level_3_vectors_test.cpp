// The test vectors of WebAuthn Level 3 itself (section 16), in vectors/level_3.json with their source.
#include <algorithm>
#include <map>
#include <rowan/strategies/webauthn/ceremony_fixture.hpp>
#include <rowan/strategies/webauthn/vectors_for_tests.hpp>

namespace rowan::strategies::webauthn {
namespace {

using crypto::Certificate;

std::vector<std::byte> hex_at(const Json& object, const char* name) { return from_hex(text_at(object, name)).value(); }

struct Verdict {
  std::string step{};
  AttestationType type = AttestationType::none;
};

const std::map<std::string, Verdict> verdicts{
    {"none-es256", {"", AttestationType::none}},
    {"packed-self-es256", {"", AttestationType::self}},
    {"none-es256-cross-origin", {"", AttestationType::none}},
    {"none-es256-top-origin", {"", AttestationType::none}},
    {"none-es256-long-credential-id", {"", AttestationType::none}},
    {"packed-es256", {"", AttestationType::certified}},
    {"packed-es384", {"", AttestationType::certified}},
    {"packed-es512", {"7.1 step 20"}},
    {"packed-rs256", {"", AttestationType::certified}},
    {"packed-eddsa", {"", AttestationType::certified}},
    {"packed-ed448", {"7.1 step 20"}},
    {"tpm-es256", {"", AttestationType::certified}},
    // Its authorization lists are empty, so nothing says that the key was made in the keystore.
    {"android-key-es256", {"7.1 step 22"}},
    {"apple-es256", {"", AttestationType::certified}},
    {"fido-u2f-es256", {"", AttestationType::certified}},
};

struct Vector {
  explicit Vector(const Json& all, const Json& vector)
      : name(text_at(vector, "name")),
        party{.id = text_at(all, "rp_id"),
              .origins = {text_at(all, "origin")},
              .top_origins = {text_at(all, "top_origin")}},
        root{Certificate::parse(hex_at(all, "root")).value()} {
    const auto create = *vector.find("create"), get = *vector.find("get");
    creation_challenge = hex_at(create, "challenge");
    creation = {.credential_id = hex_at(create, "credential_id"),
                .client_data = hex_at(create, "client_data"),
                .attestation_object = hex_at(create, "attestation_object")};
    request_challenge = hex_at(get, "challenge");
    assertion = {.credential_id = creation.credential_id,
                 .client_data = hex_at(get, "client_data"),
                 .authenticator_data = hex_at(get, "authenticator_data"),
                 .signature = hex_at(get, "signature")};
  }

  Result<Registered> verify(const RegistrationResponse& response) const {
    return verify_registration(
        response, {.party = party, .challenge = creation_challenge, .attestation = {.anchors = root, .now = now}});
  }

  Result<Asserted> verify(const AssertionResponse& response, const Registered& stored) const {
    const auto key = crypto::CoseKey::parse(stored.public_key).value();
    const StoredCredential credential{.id = stored.credential_id,
                                      .key = key,
                                      .sign_count = stored.sign_count,
                                      .backup_eligible = stored.backup_eligible};
    return verify_assertion(
        response, {.party = party, .challenge = request_challenge, .user_identified = true, .credential = credential});
  }

  std::string name;
  RelyingParty party;
  std::array<Certificate, 1> root;
  Timestamp now = from_microseconds(1'800'000'000'000'000);
  std::vector<std::byte> creation_challenge{}, request_challenge{};
  RegistrationResponse creation{};
  AssertionResponse assertion{};
};

template <class Check>
std::size_t each_vector(const Check& check) {
  const auto all = vectors("level_3.json");
  const auto items = all.find("vectors")->items();
  for (const auto& item : items) {
    const Vector vector(all, item);
    SCOPED_TRACE(vector.name);
    check(vector, verdicts.at(vector.name));
  }
  return items.size();
}

TEST(Level3Vectors, RegisterAndSignIn) {  // WA-12, WA-14
  const auto count = each_vector([](const Vector& vector, const Verdict& verdict) {
    const auto registered = vector.verify(vector.creation);
    ASSERT_EQ(step(registered), verdict.step) << reason(registered);
    if (!registered) return;
    EXPECT_EQ(registered->attestation, verdict.type);
    const auto asserted = vector.verify(vector.assertion, *registered);
    ASSERT_TRUE(asserted) << reason(asserted);
    EXPECT_EQ(asserted->counter, SignCount::unused);
  });
  EXPECT_EQ(count, verdicts.size());
}

TEST(Level3Vectors, NeedTheirFrames) {  // WA-05
  std::size_t framed = 0;
  each_vector([&](const Vector& vector, const auto&) {
    if (!vector.name.ends_with("-origin")) return;
    auto alone = vector;
    alone.party.top_origins.clear();
    EXPECT_EQ(step(alone.verify(vector.creation)), "7.1 step 10");
    ++framed;
  });
  EXPECT_EQ(framed, 2U);
}

/// Changes one byte of what a statement covers, or of the statement.
TEST(Level3Vectors, RefuseEveryChangedByteOfWhatACertificateVouchesFor) {  // WA-14
  std::size_t changes = 0;
  each_vector([&](const Vector& vector, const Verdict& verdict) {
    if (verdict.type == AttestationType::none) return;
    // The signature of U2F does not cover the flags, the counter and the model, which lie behind the hash.
    const auto hash = crypto::sha256(as_bytes(vector.party.id));
    const auto& object = vector.creation.attestation_object;
    const auto uncovered = std::ranges::search(object, hash).end() - object.begin();
    const bool is_u2f = vector.name == "fido-u2f-es256";
    for (std::ptrdiff_t at = 0; at < std::ssize(object); ++at) {
      if (is_u2f && at >= uncovered && at < uncovered + 21) continue;
      auto changed = vector.creation;
      changed.attestation_object[static_cast<std::size_t>(at)] ^= std::byte{1};
      const auto registered = vector.verify(changed);
      // Another format, or a certificate that leads nowhere any more, leaves a credential without attestation.
      EXPECT_TRUE(!registered || registered->attestation == AttestationType::none) << at;
      ++changes;
    }
    auto changed = vector.creation;
    changed.client_data.insert(changed.client_data.end() - 1, std::byte{' '});
    EXPECT_EQ(step(vector.verify(changed)), "7.1 step 22");
  });
  EXPECT_GT(changes, 5000U);
}

TEST(Level3Vectors, RefuseEveryStatementThatIsCutOff) {  // WA-15
  each_vector([](const Vector& vector, const auto&) {
    for (std::size_t size = 0; size < vector.creation.attestation_object.size(); ++size) {
      auto changed = vector.creation;
      changed.attestation_object.resize(size);
      EXPECT_EQ(step(vector.verify(changed)), "7.1 step 13") << size;
    }
  });
}

}  // namespace
}  // namespace rowan::strategies::webauthn
