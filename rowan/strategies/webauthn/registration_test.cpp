#include <functional>
#include <rowan/strategies/webauthn/ceremony_fixture.hpp>

namespace rowan::strategies::webauthn {
namespace {

using Algorithm = VirtualAuthenticator::Algorithm;
using Attestation = VirtualAuthenticator::Attestation;
using crypto::CborWriter;
using crypto::CoseAlgorithm;

struct Kind {
  const char* name;
  Algorithm algorithm;
  CoseAlgorithm expected;
};
constexpr Kind kinds[] = {{"es256", Algorithm::es256, CoseAlgorithm::es256},
                          {"es384", Algorithm::es384, CoseAlgorithm::es384},
                          {"eddsa", Algorithm::eddsa, CoseAlgorithm::eddsa},
                          {"rs256", Algorithm::rs256, CoseAlgorithm::rs256}};

TEST(Registration, TakesEveryAlgorithmWithEveryAttestation) {  // WA-09, WA-14
  for (const auto& kind : kinds)
    for (const auto attestation : {Attestation::none, Attestation::packed_self, Attestation::packed_certificate}) {
      SCOPED_TRACE(std::string(kind.name) + " " + std::to_string(static_cast<int>(attestation)));
      Ceremonies c({.algorithm = kind.algorithm, .attestation = attestation, .backup_eligible = true});
      const auto root = crypto::Certificate::parse(c.browser.attestation_root()).value();
      c.attestation.anchors = std::span(&root, 1);
      c.attestation.now = from_microseconds(1'800'000'000'000'000);
      const auto registered = c.create();
      ASSERT_TRUE(registered) << reason(registered);
      EXPECT_EQ(registered->algorithm, kind.expected);
      EXPECT_EQ(registered->credential_id, c.browser.credentials().at(0).id);
      EXPECT_EQ(registered->sign_count, 1U);
      EXPECT_TRUE(registered->user_verified);
      EXPECT_TRUE(registered->backup_eligible);
      EXPECT_FALSE(registered->backed_up);
      EXPECT_EQ(registered->transports, std::vector<std::string>{"internal"});
      EXPECT_EQ(registered->discoverable, true);
      EXPECT_EQ(registered->aaguid, c.browser.options().aaguid);
      EXPECT_EQ(registered->format, attestation == Attestation::none ? "none" : "packed");
      EXPECT_EQ(registered->attestation, attestation == Attestation::none          ? AttestationType::none
                                         : attestation == Attestation::packed_self ? AttestationType::self
                                                                                   : AttestationType::certified);
      const auto asserted = c.get(*registered);
      ASSERT_TRUE(asserted) << reason(asserted);
    }
}

std::string create(const Lies& lies, VirtualAuthenticator::Options options = {}) {
  Ceremonies c(std::move(options));
  return step(c.create(lies));
}

TEST(Registration, RefusesAnotherType) {  // WA-02
  EXPECT_EQ(create({.type = "webauthn.get"}), "7.1 step 7");
  EXPECT_EQ(create({.type = "webauthn.create "}), "7.1 step 7");
  EXPECT_EQ(create({}), "");
}

TEST(Registration, RefusesAnotherChallenge) {  // WA-03
  Ceremonies c;
  const auto ours = to_base64url(c.challenge);
  EXPECT_EQ(create({.challenge = "AAAA"}), "7.1 step 8");
  EXPECT_EQ(create({.challenge = ""}), "7.1 step 8");
  EXPECT_EQ(create({.challenge = ours + "A"}), "7.1 step 8");
  EXPECT_EQ(create({.challenge = ours.substr(0, ours.size() - 1)}), "7.1 step 8");
  c.challenge.clear();  // never sent: found in no answer
  EXPECT_EQ(step(c.create()), "7.1 step 8");
}

TEST(Registration, RefusesAnotherOrigin) {  // WA-04
  for (const auto* origin :
       {"https://notes.evil", "http://notes.example", "https://notes.example:8443", "https://notes.example.evil",
        "https://evil.notes.example", "https://notes.example/", "HTTPS://notes.example", "null", ""})
    EXPECT_EQ(create({.origin = origin}), "7.1 step 9") << origin;
  Ceremonies c({.origin = "https://app.notes.example"});
  EXPECT_EQ(step(c.create()), "7.1 step 9");
  c.party.origins.emplace_back("https://app.notes.example");
  EXPECT_EQ(step(c.create()), "");
}

TEST(Registration, RefusesFramesOfOtherOriginsUnlessExpected) {  // WA-05
  EXPECT_EQ(create({.cross_origin = true}), "7.1 step 10");
  EXPECT_EQ(create({.top_origin = "https://portal.example"}), "7.1 step 10");
  EXPECT_EQ(create({.cross_origin = false, .top_origin = "https://portal.example"}), "7.1 step 11");
  Ceremonies c;
  c.party.top_origins = {"https://portal.example"};
  EXPECT_EQ(step(c.create({.cross_origin = true})), "");
  EXPECT_EQ(step(c.create({.top_origin = "https://portal.example"})), "");
  EXPECT_EQ(step(c.create({.top_origin = "https://portal.evil"})), "7.1 step 11");
}

TEST(Registration, RefusesClientDataThatIsNotStrictJson) {
  const auto with = [](std::string_view rest) {
    return create({.client_data = R"({"type":"webauthn.create","challenge":"YSBj","origin":"https://notes.example")" +
                                  std::string(rest)});
  };
  EXPECT_EQ(with("}"), "7.1 step 8");
  EXPECT_EQ(with("} "), "7.1 step 8");
  EXPECT_EQ(with(R"(,"new":[{"a":1}]})"), "7.1 step 8");  // members of a later version
  for (const auto* rest : {"", "}x", R"(,"type":"webauthn.create"})", R"(,"crossOrigin":"true"})",
                           R"(,"crossOrigin":null})", R"(,"topOrigin":1})", ",\"a\":\"\xFF\"}", R"(,"a":[[[[[]]]]]})"})
    EXPECT_EQ(with(rest), "7.1 step 6") << rest;
  for (const auto* all : {"", "[]", "\"\"", "{}", "null"}) EXPECT_EQ(create({.client_data = all}), "7.1 step 6") << all;
  EXPECT_EQ(with(",\"a\":\"" + std::string(9000, 'a') + "\"}"), "7.1 step 6");
}

TEST(Registration, TakesAByteOrderMark) {
  Ceremonies c;
  EXPECT_EQ(step(c.create({.client_data = "\xEF\xBB\xBF{\"type\":\"webauthn.create\",\"challenge\":\"" +
                                          to_base64url(c.challenge) + "\",\"origin\":\"https://notes.example\"}"})),
            "");
}

TEST(Registration, RefusesBytesBehindItsParts) {  // WA-15
  EXPECT_EQ(create({.behind = bytes("x")}), "7.1 step 13");
  EXPECT_EQ(create({.behind_attestation_object = bytes("x")}), "7.1 step 13");
  EXPECT_EQ(create({.behind_signature = bytes("x")}, {.attestation = Attestation::packed_self}), "7.1 step 22");
}

TEST(Registration, RefusesDataThatItsFlagsDoNotDescribe) {  // WA-15
  EXPECT_EQ(create({.set_flags = 0x80}), "7.1 step 13");    // extensions that are not there
  EXPECT_EQ(create({.clear_flags = 0x40}), "7.1 step 13");  // a credential that is not announced
  EXPECT_EQ(create({.without_credential = true}), "7.1 step 13");
  const auto extensions = CborWriter().map(1).text("credProtect").integer(2).written();
  EXPECT_EQ(create({.extensions = extensions}), "");
  EXPECT_EQ(create({.clear_flags = 0x80, .extensions = extensions}), "7.1 step 13");
  EXPECT_EQ(create({.extensions = CborWriter().integer(1).written()}), "7.1 step 13");
  EXPECT_EQ(create({.set_flags = 0x22}), "");  // reserved bits
}

TEST(Registration, RefusesCborBombs) {  // WA-15
  const std::vector<std::byte> deep(2000, std::byte{0x81});
  EXPECT_EQ(create({.extensions = deep}), "7.1 step 13");
  EXPECT_EQ(create({.public_key = deep}), "7.1 step 13");
  EXPECT_EQ(create({.attestation_statement = deep}), "7.1 step 13");
  EXPECT_EQ(create({.attestation_statement = CborWriter().array(1ULL << 40).written()}), "7.1 step 13");
  EXPECT_EQ(create({.public_key = CborWriter().map(2).integer(1).integer(2).integer(1).integer(2).written()}),
            "7.1 step 13");
}

TEST(Registration, RefusesTheHashOfAnotherRpId) {  // WA-06
  EXPECT_EQ(create({.rp_id = "notes.evil"}), "7.1 step 14");
  EXPECT_EQ(create({.rp_id = ""}), "7.1 step 14");
}

TEST(Registration, NeedsAUserUnlessItIsConditional) {  // WA-07
  EXPECT_EQ(create({.clear_flags = 1}), "7.1 step 15");
  Ceremonies c;
  c.conditional = true;
  EXPECT_EQ(step(c.create({.clear_flags = 1})), "");
}

TEST(Registration, NeedsAVerifiedUserWhereThatIsRequired) {  // WA-07
  Ceremonies c({.user_verification = false});
  const auto registered = c.create();
  ASSERT_TRUE(registered);
  EXPECT_FALSE(registered->user_verified);
  c.user_verification_required = true;
  EXPECT_EQ(step(c.create()), "7.1 step 16");
}

TEST(Registration, RefusesABackupOfWhatCannotBeBackedUp) {  // WA-08
  EXPECT_EQ(create({.set_flags = 0x10}), "7.1 step 17");
  EXPECT_EQ(create({.set_flags = 0x18}), "");
}

TEST(Registration, RefusesAlgorithmsThatWereNotOffered) {  // WA-09
  EXPECT_EQ(create({.algorithm = -36}), "7.1 step 20");    // ES512
  EXPECT_EQ(create({.algorithm = -65535}), "7.1 step 20");
  EXPECT_EQ(create({.algorithm = -257}), "7.1 step 20");  // another than its key
  EXPECT_EQ(create({.algorithm = -35}), "7.1 step 20");
  Ceremonies c;
  c.algorithms = {CoseAlgorithm::eddsa};
  EXPECT_EQ(step(c.create()), "7.1 step 20");
}

TEST(Registration, RefusesKeysThatAreNone) {  // WA-09
  const auto off_curve = CborWriter()
                             .map(5)
                             .integer(1)
                             .integer(2)
                             .integer(3)
                             .integer(-7)
                             .integer(-1)
                             .integer(1)
                             .integer(-2)
                             .bytes(std::vector<std::byte>(32, std::byte{1}))
                             .integer(-3)
                             .bytes(std::vector<std::byte>(32, std::byte{1}))
                             .written();
  EXPECT_EQ(create({.public_key = off_curve}), "7.1 step 20");
  EXPECT_EQ(create({.public_key = CborWriter().map(0).written()}), "7.1 step 20");
}

TEST(Registration, RefusesForgedAttestations) {  // WA-14
  for (const auto attestation : {Attestation::packed_self, Attestation::packed_certificate}) {
    EXPECT_EQ(create({.other_key = true}, {.attestation = attestation}), "7.1 step 22");
    EXPECT_EQ(create({.garbled_signature = true}, {.attestation = attestation}), "7.1 step 22");
  }
  const VirtualAuthenticator::Options certified{.attestation = Attestation::packed_certificate};
  EXPECT_EQ(create({.certificate_of_another_model = true}, certified), "7.1 step 22");
  EXPECT_EQ(create({.certificate_is_authority = true}, certified), "7.1 step 22");
  EXPECT_EQ(create({}, certified), "");
}

TEST(Registration, RefusesAStatementInNone) {  // WA-14
  EXPECT_EQ(create({.attestation_statement = CborWriter().map(1).text("x").integer(1).written()}), "7.1 step 22");
}

TEST(Registration, RefusesStatementsWithOtherMembers) {  // WA-14
  const auto packed = [](const std::vector<std::byte>& statement) {
    return create({.attestation_format = "packed", .attestation_statement = statement});
  };
  EXPECT_EQ(packed(CborWriter().map(0).written()), "7.1 step 22");
  EXPECT_EQ(packed(CborWriter().map(2).text("alg").integer(-257).text("sig").bytes(bytes("x")).written()),
            "7.1 step 22");  // another algorithm than the credential's
  EXPECT_EQ(packed(CborWriter().map(2).text("alg").text("-7").text("sig").bytes(bytes("x")).written()), "7.1 step 22");
  const auto with_certificates = [&](std::size_t count, std::string_view der) {
    CborWriter writer;
    writer.map(3).text("alg").integer(-7).text("sig").bytes(bytes("x")).text("x5c").array(count);
    for (std::size_t i = 0; i < count; ++i) writer.bytes(as_bytes(der));
    return packed(writer.written());
  };
  EXPECT_EQ(with_certificates(0, ""), "7.1 step 22");
  EXPECT_EQ(with_certificates(1, ""), "7.1 step 22");
  EXPECT_EQ(with_certificates(1, "0\x03\x02\x01\x01"), "7.1 step 22");
  EXPECT_EQ(with_certificates(9, "x"), "7.1 step 22");
}

TEST(Registration, NamesWhatIsWrongWithAStatement) {  // WA-14
  Ceremonies c({.attestation = Attestation::packed_certificate});
  const auto why = [&](const Lies& lies) { return reason(c.create(lies)); };
  EXPECT_EQ(why({.certificate_unit = "Authenticator"}),
            "7.1 step 22: \"packed\": a certificate with a subject that is not an authenticator's");
  EXPECT_EQ(why({.certificate_version = 2}), "7.1 step 22: \"packed\": a certificate that is not of version 3");

  const auto root = c.browser.attestation_root();
  const auto statement = [&](std::size_t certificates, const std::function<void(CborWriter&)>& more = {}) {
    CborWriter writer;
    writer.map(more ? 3 : 2).text("sig").bytes(bytes("x")).text("x5c").array(certificates);
    for (std::size_t i = 0; i < certificates; ++i) writer.bytes(root);
    if (more) more(writer);
    return writer.written();
  };
  const auto extra = [](CborWriter& writer) { writer.text("more").integer(1); };
  const auto format = [&](const char* name, const std::vector<std::byte>& stated) {
    const auto whole = why({.attestation_format = name, .attestation_statement = stated});
    const auto prefix = "7.1 step 22: \"" + std::string(name) + "\": ";
    return whole.starts_with(prefix) ? whole.substr(prefix.size()) : whole;
  };
  const std::string members = "not the members of its format";
  EXPECT_EQ(format("fido-u2f", statement(1, extra)), members);
  EXPECT_EQ(format("fido-u2f", CborWriter().map(0).written()), members);
  EXPECT_EQ(format("fido-u2f", statement(2)), "not one certificate with a key on P-256");
  EXPECT_EQ(format("fido-u2f", statement(1)), "the signature does not fit");
  EXPECT_EQ(format("apple", statement(1)), members);
  EXPECT_EQ(format("apple", CborWriter().map(1).text("x5c").array(1).bytes(root).written()), "the nonce does not fit");
  EXPECT_EQ(format("android-key", statement(1)), members);
  EXPECT_EQ(format("android-key", statement(1, [](CborWriter& w) { w.text("alg").integer(-7); })),
            "the signature does not fit");
  EXPECT_EQ(format("tpm", statement(1)), members);
  c.browser.options().algorithm = Algorithm::eddsa;
  EXPECT_EQ(format("fido-u2f", statement(1)), "a credential that is not ES256");
}

TEST(Registration, TreatsAlgorithmsItDoesNotVerifyAsNone) {  // WA-14
  Ceremonies c;
  for (const auto* format : {"packed", "android-key"}) {
    CborWriter writer;
    writer.map(3).text("alg").integer(-36).text("sig").bytes(bytes("x")).text("x5c").array(1).bytes(bytes("x"));
    const auto registered = c.create({.attestation_format = format, .attestation_statement = writer.written()});
    ASSERT_TRUE(registered) << reason(registered);
    EXPECT_EQ(registered->attestation, AttestationType::none);
  }
}

TEST(Registration, TreatsFormatsItDoesNotVerifyAsNone) {  // WA-14
  const auto statement = CborWriter().map(1).text("response").bytes(bytes("x")).written();
  for (const auto* format : {"android-safetynet", "compound", "Packed", "NONE", ""}) {
    Ceremonies c;
    const auto registered = c.create({.attestation_format = format, .attestation_statement = statement});
    ASSERT_TRUE(registered) << reason(registered);
    EXPECT_EQ(registered->attestation, AttestationType::none) << format;
    c.attestation.required = true;
    EXPECT_EQ(step(c.create({.attestation_format = format, .attestation_statement = statement})), "7.1 step 24");
  }
}

TEST(Registration, BelievesOnlyCertificatesThatLeadToAnAnchor) {  // WA-14, WA-21
  Ceremonies c({.attestation = Attestation::packed_certificate});
  c.attestation.now = from_microseconds(1'800'000'000'000'000);
  const auto unknown = c.create();
  ASSERT_TRUE(unknown) << reason(unknown);
  EXPECT_EQ(unknown->attestation, AttestationType::none);

  VirtualAuthenticator stranger({.attestation = Attestation::packed_certificate});
  const std::array other{crypto::Certificate::parse(stranger.attestation_root()).value()};
  c.attestation.anchors = other;
  EXPECT_EQ(c.create()->attestation, AttestationType::none);
  c.attestation.required = true;
  EXPECT_EQ(step(c.create()), "7.1 step 24");

  const std::array anchors{crypto::Certificate::parse(c.browser.attestation_root()).value()};
  c.attestation.anchors = anchors;
  EXPECT_EQ(c.create()->attestation, AttestationType::certified);
  c.attestation.now = from_microseconds(0);  // not valid in 1970
  EXPECT_EQ(step(c.create()), "7.1 step 24");

  c.browser.options().attestation = Attestation::packed_self;
  EXPECT_EQ(step(c.create()), "7.1 step 24");
}

TEST(Registration, BoundsTheCredentialId) {  // WA-10
  EXPECT_EQ(create({.credential_id = std::vector<std::byte>(1023)}), "");
  EXPECT_EQ(create({.credential_id = std::vector<std::byte>(1024)}), "7.1 step 3");
  Ceremonies c;
  EXPECT_EQ(reason(c.create({.credential_id = std::vector<std::byte>(1024), .outer_id = bytes("short")})),
            "7.1 step 25: a credential id of 1024 bytes");
  EXPECT_EQ(create({.credential_id = std::vector<std::byte>()}), "7.1 step 3");
  EXPECT_EQ(create({.credential_id = std::vector<std::byte>(), .outer_id = bytes("some")}), "7.1 step 13");
}

TEST(Registration, RefusesAnotherIdOutsideThanInside) {  // WA-10
  EXPECT_EQ(create({.outer_id = bytes("another")}), "7.1 step 25");
}

TEST(Registration, RefusesAnswersOfAnotherShape) {
  Ceremonies c;
  const auto good = c.browser.create(c.creation_options());
  const auto without = [&](std::string_view from, std::string_view to) {
    auto changed = good;
    const auto at = changed.find(from);
    EXPECT_NE(at, std::string::npos) << from;
    return step(c.verify_creation(changed.replace(at, from.size(), to)));
  };
  EXPECT_EQ(step(c.verify_creation(good)), "");
  EXPECT_EQ(without("public-key", "private-key"), "7.1 step 3");
  EXPECT_EQ(without("\"id\":", "\"jd\":"), "7.1 step 3");
  EXPECT_EQ(without("\"rawId\":\"", "\"rawId\":\"AAAA"), "7.1 step 3");
  EXPECT_EQ(without("attestationObject", "x"), "7.1 step 3");
  EXPECT_EQ(without("clientDataJSON\":\"", "clientDataJSON\":\"="), "7.1 step 3");
  EXPECT_EQ(without("\"response\":", "\"reply\":"), "7.1 step 3");
  for (const auto* text : {"", "null", "[]", "{}", "{\"type\":\"public-key\"}"})
    EXPECT_EQ(step(c.verify_creation(text)), "7.1 step 3") << text;
  EXPECT_EQ(step(c.verify_creation(std::string(65537, ' '))), "7.1 step 3");
  const auto assertion = c.browser.get(c.request_options());
  EXPECT_EQ(step(c.verify_creation(assertion)), "7.1 step 3");
}

TEST(Registration, LeavesOutHintsThatMakeNoSense) {
  Ceremonies c;
  auto answer = c.browser.create(c.creation_options());
  const std::string from = "[\"internal\"]";
  answer.replace(answer.find(from), from.size(),
                 R"(["usb","<b>",7,"a-new-one","","usb2","n3","n4","n5","n6","n7","n8"])");
  const auto registered = c.verify_creation(answer);
  ASSERT_TRUE(registered) << reason(registered);
  EXPECT_EQ(registered->transports,
            (std::vector<std::string>{"usb", "a-new-one", "usb2", "n3", "n4", "n5", "n6", "n7"}));
}

TEST(Registration, ShowsTheLogOnlyPrintableCharacters) {
  Ceremonies c;
  const auto refused = c.create({.origin = "https://\n\"evil\"\x7F" + std::string(200, 'x')});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, ErrorCode::authentication_failed);
  EXPECT_EQ(refused.error().reason,
            "7.1 step 9: the origin \"https://??evil??" + std::string(64, 'x') + "…\" is not ours");
}

}  // namespace
}  // namespace rowan::strategies::webauthn
