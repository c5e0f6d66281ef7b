// It uses OpenSSL directly, and of Rowan only Json, base64url and the CBOR writer: what our verification is tested with
// is not made by our verification.
#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/rand.h>
#include <openssl/rsa.h>
#include <openssl/sha.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>

#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/base/json.hpp>
#include <rowan/crypto/cbor.hpp>
#include <rowan/testing/virtual_authenticator.hpp>
#include <span>
#include <stdexcept>

namespace rowan::testing {

namespace {

using Algorithm = VirtualAuthenticator::Algorithm;
using Attestation = VirtualAuthenticator::Attestation;
using Lies = VirtualAuthenticator::Lies;
using Bytes = std::vector<std::byte>;
using Key = std::shared_ptr<EVP_PKEY>;
using X509Pointer = std::shared_ptr<X509>;
using crypto::CborWriter;

constexpr unsigned flag_up = 1, flag_uv = 4, flag_be = 8, flag_bs = 16, flag_at = 64, flag_ed = 128;

[[noreturn]] void fail(const std::string& what) { throw std::runtime_error(what); }

void must_work(bool worked) {
  if (!worked) fail("VirtualAuthenticator: OpenSSL failed");
}

unsigned char* data_of(Bytes& bytes) { return reinterpret_cast<unsigned char*>(bytes.data()); }
const unsigned char* data_of(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

void append(Bytes& to, std::span<const std::byte> more) { to.insert(to.end(), more.begin(), more.end()); }

Bytes random_bytes(std::size_t size) {
  Bytes bytes(size);
  must_work(RAND_bytes(data_of(bytes), static_cast<int>(size)) == 1);
  return bytes;
}

Bytes sha256(std::span<const std::byte> bytes) {
  Bytes digest(SHA256_DIGEST_LENGTH);
  SHA256(data_of(bytes), bytes.size(), data_of(digest));
  return digest;
}

Bytes big_endian(std::uint32_t value, unsigned size) {
  Bytes bytes;
  for (unsigned shift = size * 8; shift > 0; shift -= 8) bytes.push_back(static_cast<std::byte>(value >> (shift - 8)));
  return bytes;
}

// ---- keys

struct AlgorithmFacts {
  std::int64_t number = 0;
  const EVP_MD* digest = nullptr;
};

AlgorithmFacts facts_of(Algorithm algorithm) {
  switch (algorithm) {
    case Algorithm::es256: return {-7, EVP_sha256()};
    case Algorithm::es384: return {-35, EVP_sha384()};
    case Algorithm::eddsa: return {-8, nullptr};
    case Algorithm::rs256: return {-257, EVP_sha256()};
  }
  fail("VirtualAuthenticator: an unknown algorithm");
}

Key make_key(Algorithm algorithm) {
  EVP_PKEY* key = nullptr;
  switch (algorithm) {
    case Algorithm::es256: key = EVP_EC_gen("P-256"); break;
    case Algorithm::es384: key = EVP_EC_gen("P-384"); break;
    case Algorithm::eddsa: key = EVP_PKEY_Q_keygen(nullptr, nullptr, "ED25519"); break;
    case Algorithm::rs256: key = EVP_RSA_gen(2048); break;
  }
  must_work(key != nullptr);
  return {key, EVP_PKEY_free};
}

Bytes number_of(const Key& key, const char* parameter, std::size_t size) {  // 0: as few bytes as possible
  BIGNUM* read = nullptr;
  must_work(EVP_PKEY_get_bn_param(key.get(), parameter, &read) == 1);
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(read, BN_free);
  Bytes bytes(size == 0 ? static_cast<std::size_t>(BN_num_bytes(read)) : size);
  must_work(BN_bn2binpad(read, data_of(bytes), static_cast<int>(bytes.size())) > 0);
  return bytes;
}

Bytes cose_key(const Key& key, Algorithm algorithm, std::int64_t number) {
  CborWriter writer;
  switch (algorithm) {
    case Algorithm::es256:
    case Algorithm::es384: {
      const bool is_p256 = algorithm == Algorithm::es256;
      const std::size_t size = is_p256 ? 32 : 48;
      writer.map(5).integer(1).integer(2).integer(3).integer(number).integer(-1).integer(is_p256 ? 1 : 2);
      writer.integer(-2).bytes(number_of(key, OSSL_PKEY_PARAM_EC_PUB_X, size));
      writer.integer(-3).bytes(number_of(key, OSSL_PKEY_PARAM_EC_PUB_Y, size));
      break;
    }
    case Algorithm::eddsa: {
      Bytes point(32);
      std::size_t size = point.size();
      must_work(EVP_PKEY_get_raw_public_key(key.get(), data_of(point), &size) == 1);
      writer.map(4).integer(1).integer(1).integer(3).integer(number).integer(-1).integer(6).integer(-2).bytes(point);
      break;
    }
    case Algorithm::rs256:
      writer.map(4).integer(1).integer(3).integer(3).integer(number);
      writer.integer(-1).bytes(number_of(key, OSSL_PKEY_PARAM_RSA_N, 0));
      writer.integer(-2).bytes(number_of(key, OSSL_PKEY_PARAM_RSA_E, 0));
      break;
  }
  return writer.written();
}

Bytes sign(const Key& key, Algorithm algorithm, std::span<const std::byte> bytes, const Lies& lies) {
  const auto signer = lies.other_key ? make_key(algorithm) : key;
  const std::unique_ptr<EVP_MD_CTX, void (*)(EVP_MD_CTX*)> context(EVP_MD_CTX_new(), EVP_MD_CTX_free);
  must_work(EVP_DigestSignInit(context.get(), nullptr, facts_of(algorithm).digest, nullptr, signer.get()) == 1);
  std::size_t size = 0;
  must_work(EVP_DigestSign(context.get(), nullptr, &size, data_of(bytes), bytes.size()) == 1);
  Bytes signature(size);
  must_work(EVP_DigestSign(context.get(), data_of(signature), &size, data_of(bytes), bytes.size()) == 1);
  signature.resize(size);
  if (lies.garbled_signature) signature.back() ^= std::byte{1};
  append(signature, lies.behind_signature);
  return signature;
}

Bytes spki_of(const Key& key) {
  unsigned char* der = nullptr;
  const int size = i2d_PUBKEY(key.get(), &der);
  must_work(size > 0);
  const auto* const first = reinterpret_cast<const std::byte*>(der);
  Bytes bytes(first, first + size);
  OPENSSL_free(der);
  return bytes;
}

// ---- certificates

void add_extension(X509* certificate, X509* issuer, int nid, const char* value) {
  X509V3_CTX context;
  X509V3_set_ctx(&context, issuer, certificate, nullptr, nullptr, 0);
  const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509V3_EXT_conf_nid(nullptr, &context, nid, value), X509_EXTENSION_free);
  must_work(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

/// id-fido-gen-ce-aaguid: an OCTET STRING in the OCTET STRING of every extension.
void add_model(X509* certificate, std::span<const std::byte> aaguid) {
  Bytes inner{std::byte{0x04}, std::byte{16}};
  append(inner, aaguid);
  const std::unique_ptr<ASN1_OBJECT, void (*)(ASN1_OBJECT*)> oid(OBJ_txt2obj("1.3.6.1.4.1.45724.1.1.4", 1),
                                                                 ASN1_OBJECT_free);
  const std::unique_ptr<ASN1_OCTET_STRING, void (*)(ASN1_OCTET_STRING*)> value(ASN1_OCTET_STRING_new(),
                                                                               ASN1_OCTET_STRING_free);
  must_work(oid && value && ASN1_OCTET_STRING_set(value.get(), data_of(inner), static_cast<int>(inner.size())) == 1);
  const std::unique_ptr<X509_EXTENSION, void (*)(X509_EXTENSION*)> extension(
      X509_EXTENSION_create_by_OBJ(nullptr, oid.get(), 0, value.get()), X509_EXTENSION_free);
  must_work(extension && X509_add_ext(certificate, extension.get(), -1) == 1);
}

struct CertificateFacts {
  std::string unit{};
  const char* name = nullptr;
  bool is_authority = false;
  int version = 3;
  std::optional<std::span<const std::byte>> aaguid{};
};

/// Signed by the issuer; without one, by itself. Valid from 2000 to 2100, whatever the clock of the test says.
X509Pointer make_certificate(const Key& key, const CertificateFacts& facts, X509* issuer, const Key& issuer_key) {
  X509Pointer made(X509_new(), X509_free);
  must_work(made != nullptr);
  auto* const certificate = made.get();
  Bytes serial = random_bytes(8);
  serial[0] &= std::byte{0x7F};
  const std::unique_ptr<BIGNUM, void (*)(BIGNUM*)> number(BN_bin2bn(data_of(serial), 8, nullptr), BN_free);
  must_work(X509_set_version(certificate, facts.version - 1) == 1 && number &&
            BN_to_ASN1_INTEGER(number.get(), X509_get_serialNumber(certificate)) != nullptr &&
            ASN1_TIME_set_string_X509(X509_getm_notBefore(certificate), "20000101000000Z") == 1 &&
            ASN1_TIME_set_string_X509(X509_getm_notAfter(certificate), "21000101000000Z") == 1 &&
            X509_set_pubkey(certificate, key.get()) == 1);
  auto* const subject = X509_get_subject_name(certificate);
  const auto add = [subject](const char* attribute, int kind, const char* value) {
    must_work(X509_NAME_add_entry_by_txt(subject, attribute, kind, reinterpret_cast<const unsigned char*>(value), -1,
                                         -1, 0) == 1);
  };
  add("C", V_ASN1_PRINTABLESTRING, "DE");
  add("O", MBSTRING_UTF8, "Rowan");
  add("OU", MBSTRING_UTF8, facts.unit.c_str());
  add("CN", MBSTRING_UTF8, facts.name);
  must_work(X509_set_issuer_name(certificate, issuer == nullptr ? subject : X509_get_subject_name(issuer)) == 1);
  add_extension(certificate, issuer == nullptr ? certificate : issuer, NID_basic_constraints,
                facts.is_authority ? "critical,CA:TRUE" : "critical,CA:FALSE");
  if (facts.aaguid) add_model(certificate, *facts.aaguid);
  must_work(X509_sign(certificate, issuer_key.get(), EVP_sha256()) > 0);
  return made;
}

Bytes der_of(const X509Pointer& certificate) {
  unsigned char* der = nullptr;
  const int size = i2d_X509(certificate.get(), &der);
  must_work(size > 0);
  const auto* const first = reinterpret_cast<const std::byte*>(der);
  Bytes bytes(first, first + size);
  OPENSSL_free(der);
  return bytes;
}

// ---- options of the server

Json public_key_options(std::string_view text) {
  const auto options = Json::parse(text);
  if (!options || options->kind() != Json::Kind::object) fail("TypeError: the options are no JSON object");
  return options->find("publicKey").value_or(*options);
}

std::string text_at(const Json& object, std::string_view name, std::string_view otherwise) {
  const auto member = object.find(name);
  const auto text = member ? member->as_text() : std::nullopt;
  return std::string(text.value_or(otherwise));
}

std::string needed_text(const Json& object, std::string_view name) {
  const auto member = object.find(name);
  const auto text = member ? member->as_text() : std::nullopt;
  if (!text) fail("TypeError: " + std::string(name) + " is missing");
  return std::string(*text);
}

Bytes needed_bytes(const Json& object, std::string_view name) {
  auto bytes = from_base64url(needed_text(object, name));
  if (!bytes) fail("TypeError: " + std::string(name) + " is not base64url");
  return *std::move(bytes);
}

std::vector<Bytes> credential_ids(const Json& options, std::string_view name) {
  std::vector<Bytes> ids;
  const auto list = options.find(name);
  if (!list) return ids;
  for (const auto& item : list->items()) ids.push_back(needed_bytes(item, "id"));
  return ids;
}

std::string host_of(std::string_view origin) {
  const auto start = origin.find("://");
  auto host = start == std::string_view::npos ? origin : origin.substr(start + 3);
  return std::string(host.substr(0, host.find_first_of(":/")));
}

/// The algorithms in pubKeyCredParams; without any, the two that the standard names.
bool offers(const Json& options, std::int64_t algorithm) {
  const auto list = options.find("pubKeyCredParams");
  if (!list) fail("TypeError: pubKeyCredParams is missing");
  const auto items = list->items();
  if (items.empty()) return algorithm == -7 || algorithm == -257;
  return std::ranges::any_of(items, [&](const Json& item) {
    const auto number = item.find("alg");
    return number && number->as_integer() == algorithm;
  });
}

/// CollectedClientData in the order of WebAuthn section 5.8.1.1.
std::string client_data(const char* type, const std::string& challenge, const std::string& origin, const Lies& lies) {
  if (lies.client_data) return *lies.client_data;
  const auto quoted = [](const std::string& text) { return Json(text).text(); };
  const bool cross_origin = lies.cross_origin.value_or(lies.top_origin.has_value());
  std::string text =
      "{\"type\":" + quoted(lies.type.value_or(type)) + ",\"challenge\":" + quoted(lies.challenge.value_or(challenge)) +
      ",\"origin\":" + quoted(lies.origin.value_or(origin)) + ",\"crossOrigin\":" + (cross_origin ? "true" : "false");
  if (lies.top_origin) text += ",\"topOrigin\":" + quoted(*lies.top_origin);
  return text + "}";
}

}  // namespace

struct VirtualAuthenticator::State {
  struct Kept : Credential {
    Key key{};
    Algorithm algorithm{};
    bool backup_eligible = false;
  };

  explicit State(Options given) : options(std::move(given)) {
    if (options.attestation == Attestation::packed_certificate) make_root();
  }

  void make_root() {
    if (root) return;
    root_key = make_key(Algorithm::es256);
    attestation_key = make_key(Algorithm::es256);
    root = make_certificate(
        root_key,
        {.unit = "Authenticator Attestation CA", .name = "Rowan virtual authenticators", .is_authority = true}, nullptr,
        root_key);
  }

  /// RP ID, if the page may use it.
  std::string rp_id_for(const std::string& asked) const {
    const auto host = host_of(options.origin);
    if (asked.empty()) return host;
    if (!options.related_origins && host != asked && !host.ends_with("." + asked))
      fail("SecurityError: the RP ID is not the origin's");
    return asked;
  }

  bool verifies_user(const std::string& requirement) const {
    if (requirement == "required" && !options.user_verification) fail("NotAllowedError: the user cannot be verified");
    return options.user_verification && requirement != "discouraged";
  }

  /// Authenticator data without what comes behind the counter.
  Bytes begin_data(const std::string& rp_id, unsigned flags, std::uint32_t count, const Lies& lies) const {
    if (!lies.extensions.empty()) flags |= flag_ed;
    flags = (flags | lies.set_flags) & ~static_cast<unsigned>(lies.clear_flags);
    Bytes data = sha256(as_bytes(lies.rp_id.value_or(rp_id)));
    data.push_back(static_cast<std::byte>(flags));
    append(data, big_endian(lies.sign_count.value_or(count), 4));
    return data;
  }

  unsigned flags(bool verified, bool backup_eligible) const {
    return flag_up | (verified ? flag_uv : 0U) | (backup_eligible ? flag_be : 0U) |
           (backup_eligible && options.backed_up ? flag_bs : 0U);
  }

  Bytes packed_statement(const Kept& kept, const Bytes& signed_bytes, const Lies& lies) {
    CborWriter writer;
    if (options.attestation == Attestation::packed_self) {
      writer.map(2).text("alg").integer(facts_of(kept.algorithm).number);
      writer.text("sig").bytes(sign(kept.key, kept.algorithm, signed_bytes, lies));
      return writer.written();
    }
    make_root();
    auto aaguid = options.aaguid;
    if (lies.certificate_of_another_model) aaguid.back() ^= std::byte{1};
    const auto certificate = make_certificate(attestation_key,
                                              {.unit = lies.certificate_unit.value_or("Authenticator Attestation"),
                                               .name = "Rowan virtual authenticator",
                                               .is_authority = lies.certificate_is_authority,
                                               .version = lies.certificate_version,
                                               .aaguid = aaguid},
                                              root.get(), root_key);
    writer.map(3).text("alg").integer(facts_of(Algorithm::es256).number);
    writer.text("sig").bytes(sign(attestation_key, Algorithm::es256, signed_bytes, lies));
    writer.text("x5c").array(1).bytes(der_of(certificate));
    return writer.written();
  }

  Bytes attestation_object(const Kept& kept, const Bytes& data, const Bytes& client_data_hash, bool is_asked,
                           const Lies& lies) {
    const bool is_none = options.attestation == Attestation::none || !is_asked;
    Bytes signed_bytes = data;
    append(signed_bytes, client_data_hash);
    const auto statement = lies.attestation_statement ? *lies.attestation_statement
                           : is_none                  ? CborWriter().map(0).written()
                                                      : packed_statement(kept, signed_bytes, lies);
    CborWriter writer;
    writer.map(3).text("fmt").text(lies.attestation_format.value_or(is_none ? "none" : "packed"));
    writer.text("attStmt").raw(statement).text("authData").bytes(data);
    auto object = writer.written();
    append(object, lies.behind_attestation_object);
    return object;
  }

  const Kept* choose(const std::vector<Bytes>& allowed, const std::string& rp_id) const {
    for (const auto& id : allowed)
      for (const auto& kept : credentials)
        if (kept.rp_id == rp_id && kept.id == id) return &kept;
    if (!allowed.empty()) return nullptr;
    for (auto kept = credentials.rbegin(); kept != credentials.rend(); ++kept)
      if (kept->rp_id == rp_id && kept->discoverable) return &*kept;
    return nullptr;
  }

  Options options;
  std::vector<Kept> credentials{};
  Key root_key{}, attestation_key{};
  X509Pointer root{};
};

VirtualAuthenticator::VirtualAuthenticator(Options options) : state_(std::make_unique<State>(std::move(options))) {}
VirtualAuthenticator::~VirtualAuthenticator() = default;
VirtualAuthenticator::VirtualAuthenticator(VirtualAuthenticator&&) noexcept = default;
VirtualAuthenticator& VirtualAuthenticator::operator=(VirtualAuthenticator&&) noexcept = default;

std::string VirtualAuthenticator::create(std::string_view options, const Lies& lies) {
  auto& state = *state_;
  const auto asked = public_key_options(options);
  const auto party = asked.find("rp"), user = asked.find("user");
  if (!party || !user) fail("TypeError: rp or user is missing");
  const auto rp_id = state.rp_id_for(text_at(*party, "id", ""));
  const auto algorithm = state.options.algorithm;
  if (!offers(asked, facts_of(algorithm).number)) fail("NotSupportedError: no common algorithm");
  for (const auto& id : credential_ids(asked, "excludeCredentials"))
    for (const auto& kept : state.credentials)
      if (kept.id == id && kept.rp_id == rp_id) fail("InvalidStateError: it has one of the excluded credentials");
  const auto selection = asked.find("authenticatorSelection").value_or(Json({}));
  const bool verified = state.verifies_user(text_at(selection, "userVerification", "preferred"));
  const auto resident = text_at(selection, "residentKey", "discouraged");
  if (resident == "required" && !state.options.discoverable)
    fail("NotAllowedError: it keeps no discoverable credentials");

  State::Kept made;
  made.key = make_key(algorithm);
  made.algorithm = algorithm;
  made.id = lies.credential_id.value_or(random_bytes(32));
  made.user_handle = needed_bytes(*user, "id");
  made.rp_id = rp_id;
  made.discoverable = state.options.discoverable && resident != "discouraged";
  made.backup_eligible = state.options.backup_eligible;
  made.sign_count = state.options.counter_step;

  const auto number = lies.algorithm.value_or(facts_of(algorithm).number);
  const unsigned announced = lies.without_credential ? 0U : flag_at;
  auto data = state.begin_data(rp_id, announced | state.flags(verified, made.backup_eligible), made.sign_count, lies);
  if (!lies.without_credential) {
    append(data, state.options.aaguid);
    append(data, big_endian(static_cast<std::uint32_t>(made.id.size()), 2));
    append(data, made.id);
    append(data, lies.public_key.value_or(cose_key(made.key, algorithm, number)));
  }
  append(data, lies.extensions);
  append(data, lies.behind);

  const auto spoken = client_data("webauthn.create", needed_text(asked, "challenge"), state.options.origin, lies);
  const bool is_asked = lies.unasked_attestation || text_at(asked, "attestation", "none") == "direct";
  const auto object = state.attestation_object(made, data, sha256(as_bytes(spoken)), is_asked, lies);
  const auto id = to_base64url(lies.outer_id.value_or(made.id));
  const Json answer({{"id", id},
                     {"rawId", id},
                     {"type", "public-key"},
                     {"authenticatorAttachment", "platform"},
                     {"clientExtensionResults", {{"credProps", {{"rk", made.discoverable}}}}},
                     {"response",
                      {{"clientDataJSON", to_base64url(as_bytes(spoken))},
                       {"attestationObject", to_base64url(object)},
                       {"authenticatorData", to_base64url(data)},
                       {"transports", Json::array({"internal"})},
                       {"publicKey", to_base64url(spki_of(made.key))},
                       {"publicKeyAlgorithm", number}}}});
  state.credentials.push_back(std::move(made));
  return answer.text();
}

std::string VirtualAuthenticator::get(std::string_view options, const Lies& lies) {
  auto& state = *state_;
  const auto asked = public_key_options(options);
  const auto rp_id = state.rp_id_for(text_at(asked, "rpId", ""));
  const auto* const chosen = state.choose(credential_ids(asked, "allowCredentials"), rp_id);
  if (chosen == nullptr) fail("NotAllowedError: it has no such credential");
  const bool verified = state.verifies_user(text_at(asked, "userVerification", "preferred"));
  auto& kept = state.credentials[static_cast<std::size_t>(chosen - state.credentials.data())];
  kept.sign_count += state.options.counter_step;

  auto data = state.begin_data(rp_id, state.flags(verified, kept.backup_eligible), kept.sign_count, lies);
  append(data, lies.extensions);
  append(data, lies.behind);
  const auto spoken = client_data("webauthn.get", needed_text(asked, "challenge"), state.options.origin, lies);
  auto signed_bytes = data;
  append(signed_bytes, sha256(as_bytes(spoken)));
  const auto handle = lies.user_handle.value_or(kept.discoverable ? kept.user_handle : Bytes());
  const auto id = to_base64url(lies.outer_id.value_or(lies.credential_id.value_or(kept.id)));
  std::vector<std::pair<std::string, Json>> response{
      {"clientDataJSON", to_base64url(as_bytes(spoken))},
      {"authenticatorData", to_base64url(data)},
      {"signature", to_base64url(sign(kept.key, kept.algorithm, signed_bytes, lies))}};
  if (!handle.empty()) response.emplace_back("userHandle", to_base64url(handle));
  const Json answer({{"id", id},
                     {"rawId", id},
                     {"type", "public-key"},
                     {"authenticatorAttachment", "platform"},
                     {"clientExtensionResults", Json({})},
                     {"response", Json::object(response)}});
  return answer.text();
}

VirtualAuthenticator::Options& VirtualAuthenticator::options() { return state_->options; }

std::vector<VirtualAuthenticator::Credential> VirtualAuthenticator::credentials() const {
  return {state_->credentials.begin(), state_->credentials.end()};
}

void VirtualAuthenticator::forget(std::string_view credential_id_base64url) {
  std::erase_if(state_->credentials,
                [&](const State::Kept& kept) { return to_base64url(kept.id) == credential_id_base64url; });
}

std::vector<std::byte> VirtualAuthenticator::attestation_root() const {
  state_->make_root();
  return der_of(state_->root);
}

}  // namespace rowan::testing
