#include <gtest/gtest.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <memory>
#include <rowan/hosts/beast/raw_client.hpp>
#include <rowan/hosts/beast/service.hpp>

namespace rowan::hosts::beast {
namespace {

// A key and a certificate of its own making, in a folder that goes away.
class SelfSigned {
 public:
  explicit SelfSigned(bool rsa = false)
      : folder_(std::filesystem::temp_directory_path() / ("rowan_tls_" + std::to_string(::getpid()))) {
    std::filesystem::create_directories(folder_);
    const std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)> key(rsa ? EVP_RSA_gen(2048) : EVP_EC_gen("P-256"),
                                                                  EVP_PKEY_free);
    const std::unique_ptr<X509, decltype(&X509_free)> certificate(X509_new(), X509_free);
    ASN1_INTEGER_set(X509_get_serialNumber(certificate.get()), 1);
    X509_gmtime_adj(X509_getm_notBefore(certificate.get()), -60);
    X509_gmtime_adj(X509_getm_notAfter(certificate.get()), 3600);
    X509_set_pubkey(certificate.get(), key.get());
    auto* name = X509_get_subject_name(certificate.get());
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1,
                               0);
    X509_set_issuer_name(certificate.get(), name);
    X509_sign(certificate.get(), key.get(), EVP_sha256());
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> key_out(std::fopen(key_file().c_str(), "w"), std::fclose);
    PEM_write_PrivateKey(key_out.get(), key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    const std::unique_ptr<std::FILE, int (*)(std::FILE*)> out(std::fopen(certificate_file().c_str(), "w"), std::fclose);
    PEM_write_X509(out.get(), certificate.get());
  }
  ~SelfSigned() { std::filesystem::remove_all(folder_); }
  SelfSigned(const SelfSigned&) = delete;
  SelfSigned& operator=(const SelfSigned&) = delete;
  std::string key_file() const { return folder_ / "key.pem"; }
  std::string certificate_file() const { return folder_ / "certificate.pem"; }

 private:
  std::filesystem::path folder_;
};

Answerer say_whether_tls() {
  return {.begin = [](const http::Request& request) { return http::Response{.body = request.tls ? "tls" : "plain"}; },
          .overloaded = [](const http::Request&) { return http::Response{.status = 503}; },
          .knows = {},
          .protect = {},
          .proxies = {}};
}

// What the server answers to `request` over TLS; empty when there is no handshake.
std::string ask_over_tls(unsigned short port, const std::string& request, int newest_version = TLS1_3_VERSION) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);  // so that the client would speak TLS 1.1
  SSL_CTX_set_max_proto_version(context.get(), newest_version);
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  if (BIO_do_handshake(bio.get()) != 1) return {};
  BIO_write(bio.get(), request.data(), static_cast<int>(request.size()));
  std::string answer;
  std::array<char, 4096> bytes;
  for (int count = 0; (count = BIO_read(bio.get(), bytes.data(), static_cast<int>(bytes.size()))) > 0;) {
    answer.append(bytes.data(), static_cast<std::size_t>(count));
  }
  return answer;
}

TEST(BeastServerTls, AnswersOverTlsAndTellsTheSite) {
  const SelfSigned files;
  Service service({.port = 0, .tls = TlsOptions{files.certificate_file(), files.key_file()}}, say_whether_tls());
  ASSERT_TRUE(service.start());
  const auto answer = ask_over_tls(service.port(), "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 200 OK\r\n")) << answer;
  EXPECT_TRUE(answer.ends_with("\r\n\r\ntls")) << answer;
}

// TLS-01
TEST(BeastServerTls, RejectsTlsBelow12) {
  const SelfSigned files;
  Service service({.port = 0, .tls = TlsOptions{files.certificate_file(), files.key_file()}}, say_whether_tls());
  ASSERT_TRUE(service.start());
  const std::string request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  EXPECT_EQ(ask_over_tls(service.port(), request, TLS1_1_VERSION), "");
  EXPECT_NE(ask_over_tls(service.port(), request, TLS1_2_VERSION), "");
}

struct Handshake {
  bool succeeds = false, has_ticket = false;
  std::string suite{};
};

// With one suite of TLS 1.2, or with TLS 1.3 when `suite` is empty; reads an answer, since tickets come behind it.
Handshake shake_hands(unsigned short port, const char* suite, const char* groups = nullptr) {
  const std::unique_ptr<SSL_CTX, decltype(&SSL_CTX_free)> context(SSL_CTX_new(TLS_client_method()), SSL_CTX_free);
  SSL_CTX_set_security_level(context.get(), 0);
  if (*suite != '\0') {
    SSL_CTX_set_max_proto_version(context.get(), TLS1_2_VERSION);
    EXPECT_EQ(SSL_CTX_set_cipher_list(context.get(), suite), 1) << suite;
  }
  if (groups != nullptr) {
    EXPECT_EQ(SSL_CTX_set1_groups_list(context.get(), groups), 1) << groups;
  }
  const std::unique_ptr<BIO, decltype(&BIO_free_all)> bio(BIO_new_ssl_connect(context.get()), BIO_free_all);
  BIO_set_conn_hostname(bio.get(), ("127.0.0.1:" + std::to_string(port)).c_str());
  if (BIO_do_handshake(bio.get()) != 1) return {};
  constexpr std::string_view request = "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n";
  BIO_write(bio.get(), request.data(), static_cast<int>(request.size()));
  std::array<char, 4096> bytes;
  while (BIO_read(bio.get(), bytes.data(), static_cast<int>(bytes.size())) > 0) {
  }
  SSL* ssl = nullptr;
  BIO_get_ssl(bio.get(), &ssl);
  const auto* session = SSL_get0_session(ssl);
  unsigned id_size = 0;
  SSL_SESSION_get_id(session, &id_size);
  const bool resumable = SSL_SESSION_has_ticket(session) == 1 || (*suite != '\0' && id_size > 0);
  return {.succeeds = true, .has_ticket = resumable, .suite = SSL_get_cipher_name(ssl)};
}

// TLS-01, RFC 9325 section 4
TEST(BeastServerTls, AgreesOnlyOnForwardSecrecyWithAnAead) {
  const SelfSigned files;  // an ECDSA key
  Service service({.port = 0, .tls = TlsOptions{files.certificate_file(), files.key_file()}}, say_whether_tls());
  ASSERT_TRUE(service.start());
  for (const auto* suite :
       {"ECDHE-ECDSA-AES128-GCM-SHA256", "ECDHE-ECDSA-AES256-GCM-SHA384", "ECDHE-ECDSA-CHACHA20-POLY1305"})
    EXPECT_EQ(shake_hands(service.port(), suite).suite, suite);
  for (const auto* suite : {"ECDHE-ECDSA-AES128-SHA", "ECDHE-ECDSA-AES256-SHA384", "ECDHE-ECDSA-AES128-CCM",
                            "ECDHE-ECDSA-ARIA128-GCM-SHA256", "ECDHE-ECDSA-NULL-SHA"})
    EXPECT_FALSE(shake_hands(service.port(), suite).succeeds) << suite;
  EXPECT_TRUE(shake_hands(service.port(), "").suite.starts_with("TLS_"));  // 1.3
}

TEST(BeastServerTls, AgreesOnlyOnUsualGroups) {
  const SelfSigned files(true);  // with an ECDSA key, TLS 1.2 would also ask for the key's own group
  Service service({.port = 0, .tls = TlsOptions{files.certificate_file(), files.key_file()}}, say_whether_tls());
  ASSERT_TRUE(service.start());
  constexpr auto tls_1_2 = "ECDHE-RSA-AES128-GCM-SHA256";
  for (const auto* group : {"X25519", "P-256", "P-384"}) {
    EXPECT_TRUE(shake_hands(service.port(), "", group).succeeds) << group;
    EXPECT_TRUE(shake_hands(service.port(), tls_1_2, group).succeeds) << group;
  }
  // What OpenSSL would agree on by itself comes first. With TLS 1.3 a client gives up by itself on the last two.
  for (const auto* group : {"P-521", "X448", "ffdhe2048"})
    EXPECT_FALSE(shake_hands(service.port(), "", group).succeeds) << group;
  for (const auto* group : {"P-521", "X448", "P-224", "brainpoolP256r1"})
    EXPECT_FALSE(shake_hands(service.port(), tls_1_2, group).succeeds) << group;
}

// A ticket's key would open recorded conversations for as long as the process lives.
TEST(BeastServerTls, DoesNotSupportSessionResumption) {
  const SelfSigned files;
  Service service({.port = 0, .tls = TlsOptions{files.certificate_file(), files.key_file()}}, say_whether_tls());
  ASSERT_TRUE(service.start());
  for (const auto* suite : {"", "ECDHE-ECDSA-AES128-GCM-SHA256"}) {
    const auto handshake = shake_hands(service.port(), suite);
    EXPECT_TRUE(handshake.succeeds) << suite;
    EXPECT_FALSE(handshake.has_ticket) << suite;
  }
}

TEST(BeastServerTls, ClosesOnAClientThatSpeaksPlainText) {
  const SelfSigned files;
  Service service({.port = 0, .tls = TlsOptions{files.certificate_file(), files.key_file()}}, say_whether_tls());
  ASSERT_TRUE(service.start());
  testing::RawClient client(service.port());
  client.send("GET / HTTP/1.1\r\nHost: a\r\n\r\n");
  EXPECT_FALSE(client.read_to_end().contains("HTTP/1.1 200"));
  EXPECT_FALSE(client.timed_out());
}

TEST(BeastServerTls, SaysWhichFileItCannotRead) {
  const SelfSigned files;
  Service no_key({.port = 0, .tls = TlsOptions{files.certificate_file(), "no-such-key.pem"}}, say_whether_tls());
  const auto started = no_key.start();
  ASSERT_FALSE(started);
  EXPECT_TRUE(started.error().reason.contains("no-such-key.pem"));
}

}  // namespace
}  // namespace rowan::hosts::beast
