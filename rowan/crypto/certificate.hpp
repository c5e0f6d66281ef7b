#pragma once
// Not installed. X.509 certificates (RFC 5280) as attestation statements carry them.
#include <memory>
#include <rowan/base/result.hpp>
#include <rowan/base/timestamp.hpp>
#include <rowan/crypto/public_key.hpp>
#include <string>
#include <string_view>
#include <vector>

struct x509_st;  // OpenSSL's X509

namespace rowan::crypto {

inline constexpr std::size_t most_certificate_bytes = 8 * 1024;

/// Shares the certificate when copied; thread-safe to read.
class Certificate {
 public:
  struct Extension {
    bool critical = false;
    std::span<const std::byte> value{};  // lives as long as the certificate
  };

  /// One certificate in DER and nothing behind it, with extensions that OpenSSL can read and a key of a kind that it
  /// knows.
  static Result<Certificate> parse(std::span<const std::byte> der);

  int version() const;  // 3 for one with extensions
  /// What basicConstraints say; nullopt when they are not there.
  std::optional<bool> is_authority() const;
  bool has_subject() const;
  /// Every value of an attribute of the subject, in UTF-8: "C", "O", "OU", "CN".
  std::vector<std::string> subject(const char* attribute) const;
  /// Whether subjectAltName has a directory name with this attribute, by its number in dots.
  bool has_alternative_name(const char* oid) const;
  bool has_extension(const char* oid) const;
  /// By its number in dots. Nullopt when it is absent, or there twice.
  std::optional<Extension> extension(const char* oid) const;
  /// Whether extendedKeyUsage names this purpose.
  bool is_for(const char* oid) const;
  PublicKey key() const;

 private:
  friend bool chains_to(std::span<const Certificate>, std::span<const Certificate>, Timestamp);
  explicit Certificate(std::shared_ptr<x509_st> certificate) : certificate_(std::move(certificate)) {}
  std::shared_ptr<x509_st> certificate_;
};

/// Whether the first of `path` is one of the anchors or leads to one, by way of the others, at that time. An anchor
/// need not be self-signed. Revocation is not checked, because that takes a network.
bool chains_to(std::span<const Certificate> anchors, std::span<const Certificate> path, Timestamp at);

}  // namespace rowan::crypto
