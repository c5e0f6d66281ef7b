#include <openssl/x509.h>
#include <openssl/x509_vfy.h>
#include <openssl/x509v3.h>

#include <rowan/base/base64.hpp>
#include <rowan/crypto/certificate.hpp>
#include <rowan/crypto/openssl_parts.hpp>

namespace rowan::crypto {

namespace {

using Oid = std::unique_ptr<ASN1_OBJECT, Free<ASN1_OBJECT_free>>;

Error no_certificate(const char* what) {
  return Error{.code = ErrorCode::malformed_request, .reason = std::string("certificate: ") + what};
}

std::span<const std::byte> bytes_of(const ASN1_STRING* text) {
  return {reinterpret_cast<const std::byte*>(ASN1_STRING_get0_data(text)),
          static_cast<std::size_t>(ASN1_STRING_length(text))};
}

}  // namespace

Result<Certificate> Certificate::parse(std::span<const std::byte> der) {
  if (der.size() > most_certificate_bytes) return no_certificate("too long");
  const NoErrorsLeft quiet;
  const auto* at = reinterpret_cast<const unsigned char*>(der.data());
  const auto* const end = at + der.size();
  std::shared_ptr<X509> certificate(d2i_X509(nullptr, &at, static_cast<long>(der.size())), X509_free);
  if (!certificate) return no_certificate("not X.509 in DER");
  if (at != end) return no_certificate("bytes behind it");
  // Reads and keeps the extensions now, so that later calls only read.
  if (X509_check_purpose(certificate.get(), -1, 0) != 1 ||
      (X509_get_extension_flags(certificate.get()) & EXFLAG_INVALID) != 0)
    return no_certificate("extensions that cannot be read");
  if (X509_get0_pubkey(certificate.get()) == nullptr) return no_certificate("a key that cannot be read");
  return Certificate(std::move(certificate));
}

int Certificate::version() const { return static_cast<int>(X509_get_version(certificate_.get())) + 1; }

std::optional<bool> Certificate::is_authority() const {
  const auto flags = X509_get_extension_flags(certificate_.get());
  if ((flags & EXFLAG_BCONS) == 0) return std::nullopt;
  return (flags & EXFLAG_CA) != 0;
}

bool Certificate::has_subject() const { return X509_NAME_entry_count(X509_get_subject_name(certificate_.get())) > 0; }

std::vector<std::string> Certificate::subject(const char* attribute) const {
  const NoErrorsLeft quiet;
  std::vector<std::string> values;
  const auto* const name = X509_get_subject_name(certificate_.get());
  const int nid = OBJ_sn2nid(attribute);
  for (int at = X509_NAME_get_index_by_NID(name, nid, -1); at >= 0; at = X509_NAME_get_index_by_NID(name, nid, at)) {
    unsigned char* text = nullptr;
    const int size = ASN1_STRING_to_UTF8(&text, X509_NAME_ENTRY_get_data(X509_NAME_get_entry(name, at)));
    if (size < 0) continue;
    values.emplace_back(reinterpret_cast<const char*>(text), static_cast<std::size_t>(size));
    OPENSSL_free(text);
  }
  return values;
}

bool Certificate::has_alternative_name(const char* oid) const {
  const NoErrorsLeft quiet;
  const Oid object(OBJ_txt2obj(oid, 1));
  const std::unique_ptr<GENERAL_NAMES, Free<GENERAL_NAMES_free>> names(
      static_cast<GENERAL_NAMES*>(X509_get_ext_d2i(certificate_.get(), NID_subject_alt_name, nullptr, nullptr)));
  if (!object || !names) return false;
  for (int i = 0; i < sk_GENERAL_NAME_num(names.get()); ++i) {
    const auto* const name = sk_GENERAL_NAME_value(names.get(), i);
    if (name->type == GEN_DIRNAME && X509_NAME_get_index_by_OBJ(name->d.directoryName, object.get(), -1) >= 0)
      return true;
  }
  return false;
}

bool Certificate::has_extension(const char* oid) const {
  const NoErrorsLeft quiet;
  const Oid object(OBJ_txt2obj(oid, 1));
  return object && X509_get_ext_by_OBJ(certificate_.get(), object.get(), -1) >= 0;
}

std::optional<Certificate::Extension> Certificate::extension(const char* oid) const {
  const NoErrorsLeft quiet;
  const Oid object(OBJ_txt2obj(oid, 1));
  const int at = object ? X509_get_ext_by_OBJ(certificate_.get(), object.get(), -1) : -1;
  if (at < 0 || X509_get_ext_by_OBJ(certificate_.get(), object.get(), at) >= 0) return std::nullopt;
  auto* const found = X509_get_ext(certificate_.get(), at);
  return Extension{.critical = X509_EXTENSION_get_critical(found) == 1,
                   .value = bytes_of(X509_EXTENSION_get_data(found))};
}

bool Certificate::is_for(const char* oid) const {
  const NoErrorsLeft quiet;
  const Oid object(OBJ_txt2obj(oid, 1));
  const std::unique_ptr<EXTENDED_KEY_USAGE, Free<EXTENDED_KEY_USAGE_free>> purposes(
      static_cast<EXTENDED_KEY_USAGE*>(X509_get_ext_d2i(certificate_.get(), NID_ext_key_usage, nullptr, nullptr)));
  if (!object || !purposes) return false;
  for (int i = 0; i < sk_ASN1_OBJECT_num(purposes.get()); ++i)
    if (OBJ_cmp(sk_ASN1_OBJECT_value(purposes.get(), i), object.get()) == 0) return true;
  return false;
}

PublicKey Certificate::key() const {
  auto* const key = X509_get0_pubkey(certificate_.get());
  EVP_PKEY_up_ref(key);
  return PublicKey(std::shared_ptr<EVP_PKEY>(key, EVP_PKEY_free));
}

bool chains_to(std::span<const Certificate> anchors, std::span<const Certificate> path, Timestamp at) {
  if (path.empty()) return false;
  const NoErrorsLeft quiet;
  const std::unique_ptr<X509_STORE, Free<X509_STORE_free>> store(X509_STORE_new());
  const std::unique_ptr<STACK_OF(X509), Free<[](STACK_OF(X509) * stack) { sk_X509_free(stack); }>> others(
      sk_X509_new_null());
  const std::unique_ptr<X509_STORE_CTX, Free<X509_STORE_CTX_free>> context(X509_STORE_CTX_new());
  if (!store || !others || !context) return false;
  for (const auto& anchor : anchors)
    if (X509_STORE_add_cert(store.get(), anchor.certificate_.get()) != 1) return false;
  for (const auto& other : path.subspan(1))
    if (sk_X509_push(others.get(), other.certificate_.get()) <= 0) return false;
  if (X509_STORE_CTX_init(context.get(), store.get(), path.front().certificate_.get(), others.get()) != 1) return false;
  auto* const parameters = X509_STORE_CTX_get0_param(context.get());
  X509_VERIFY_PARAM_set_time(parameters, static_cast<time_t>(to_seconds(at)));
  X509_VERIFY_PARAM_set_flags(parameters, X509_V_FLAG_PARTIAL_CHAIN);
  X509_VERIFY_PARAM_set_depth(parameters, 8);
  return X509_verify_cert(context.get()) == 1;
}

}  // namespace rowan::crypto
