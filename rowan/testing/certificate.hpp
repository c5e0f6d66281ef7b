#pragma once
// Not installed. For servers of tests that speak TLS.
#include <openssl/pem.h>
#include <openssl/x509v3.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string>

namespace rowan::testing {

/// A key and a certificate that vouches for itself, made for this test.
class Certificate {
 public:
  /// `names` as OpenSSL writes them: "IP:127.0.0.1", "DNS:mail.example".
  explicit Certificate(const std::string& names)
      : key_(EVP_EC_gen("P-256"), &EVP_PKEY_free), x509_(X509_new(), &X509_free) {
    X509_set_version(x509_.get(), X509_VERSION_3);
    ASN1_INTEGER_set(X509_get_serialNumber(x509_.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509_.get()), -3600);
    X509_gmtime_adj(X509_getm_notAfter(x509_.get()), 3600);
    X509_set_pubkey(x509_.get(), key_.get());
    auto* name = X509_get_subject_name(x509_.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("Rowan's tests"), -1,
                               -1, 0);
    X509_set_issuer_name(x509_.get(), name);
    auto* extension = X509V3_EXT_conf_nid(nullptr, nullptr, NID_subject_alt_name, names.c_str());
    X509_add_ext(x509_.get(), extension, -1);
    X509_EXTENSION_free(extension);
    X509_sign(x509_.get(), key_.get(), EVP_sha256());
    auto pattern = (std::filesystem::temp_directory_path() / "rowan-ca-XXXXXX").string();
    const int file = ::mkstemp(pattern.data());
    if (file < 0) throw std::runtime_error("no temporary file");
    const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new_fd(file, BIO_CLOSE), &BIO_free);
    PEM_write_bio_X509(out.get(), x509_.get());
    pem_file_ = pattern;
  }
  ~Certificate() { ::unlink(pem_file_.c_str()); }
  Certificate(const Certificate&) = delete;
  Certificate& operator=(const Certificate&) = delete;

  const std::string& pem_file() const { return pem_file_; }
  EVP_PKEY* key() const { return key_.get(); }
  X509* x509() const { return x509_.get(); }

 private:
  std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key_;
  std::unique_ptr<X509, decltype(&X509_free)> x509_;
  std::string pem_file_{};
};

}  // namespace rowan::testing
