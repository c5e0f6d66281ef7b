// What a callback of a provider of OpenID Connect costs once the provider is known and the person has an account: from
// the request to the answer with its session, SQLite in a file of the temporary folder. What the provider answers is in
// memory and was signed before. Against two milliseconds and the bare OpenSSL check of the same signature, in
// alternating rounds, as CPU time of the whole process. --json for bench/draw.
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

#include <cstdlib>
#include <ctime>
#include <memory>
#include <rowan/crypto/jose/signing_key.hpp>
#include <rowan/strategies/oidc/oidc.hpp>
#include <rowan/testing/app.hpp>
#include <rowan/testing/fake_http_client.hpp>

#include "../report.hpp"

namespace {

using namespace rowan;
using namespace rowan::crypto::jose;
using testing::FakeHttpClient;
using OpensslKey = std::unique_ptr<EVP_PKEY, decltype(&EVP_PKEY_free)>;

constexpr int rounds = 41, per_round = 50;
constexpr double budget_ms = 2;

double cpu_ms() {
  timespec used{};
  ::clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &used);
  return static_cast<double>(used.tv_sec) * 1e3 + static_cast<double>(used.tv_nsec) / 1e6;
}

std::string pem_of(EVP_PKEY* key) {
  const std::unique_ptr<BIO, decltype(&BIO_free)> out(BIO_new(BIO_s_mem()), &BIO_free);
  PEM_write_bio_PrivateKey(out.get(), key, nullptr, nullptr, 0, nullptr, nullptr);
  char* text = nullptr;
  const auto size = BIO_get_mem_data(out.get(), &text);
  return {text, static_cast<std::size_t>(size)};
}

std::string parameter_of(const std::string& url, const std::string& name) {
  const auto start = url.find(name + "=");
  if (start == url.npos) std::abort();
  const auto value = url.substr(start + name.size() + 1);
  return value.substr(0, value.find('&'));
}

/// An application, and its provider in memory.
class SigningIn {
 public:
  SigningIn() : openssl_key_(EVP_EC_gen("P-256"), &EVP_PKEY_free) {
    const std::string issuer = "https://idp.example";
    http_.on(http::Method::get, issuer + "/.well-known/openid-configuration",
             FakeHttpClient::json({{"issuer", issuer},
                                   {"authorization_endpoint", issuer + "/authorize"},
                                   {"token_endpoint", issuer + "/token"},
                                   {"jwks_uri", issuer + "/keys"},
                                   {"id_token_signing_alg_values_supported", std::vector<std::string>{"ES256"}}}));
    http_.on(http::Method::get, issuer + "/keys",
             FakeHttpClient::json({{"keys", std::vector<Json>{key_.public_jwk("a", Algorithm::es256)}}}));
  }
  /// Its CPU time in milliseconds.
  double sign_in() {
    auto browser = app_.browser();
    browser.follow_redirects(false).with_header("Sec-Fetch-Site", "same-origin").get("/auth/user/work");
    const auto to = browser.header("Location").value_or("");
    const auto now = std::chrono::duration_cast<std::chrono::seconds>(app_.clock().now().time_since_epoch()).count();
    const Json claims{{"iss", "https://idp.example"},
                      {"sub", "person-1"},
                      {"aud", "notes"},
                      {"iat", now},
                      {"exp", now + 300},
                      {"nonce", parameter_of(to, "nonce")},
                      {"email", "ann@notes.example"},
                      {"email_verified", true}};
    const auto token = sign_jws(key_, {.algorithm = Algorithm::es256, .key_id = "a"}, claims.text()).value();
    http_.on(http::Method::post, "https://idp.example/token",
             FakeHttpClient::json({{"access_token", "a"}, {"token_type", "Bearer"}, {"id_token", token}}));
    const auto back = "/auth/user/work/callback?code=a-code&state=" + parameter_of(to, "state");
    browser.with_header("Sec-Fetch-Site", "cross-site");
    const auto before = cpu_ms();
    browser.get(back);
    const auto used = cpu_ms() - before;
    if (browser.status() != 303 || !browser.cookies().contains("__Host-rowan")) std::abort();
    return used;
  }
  double check_signature() {
    const auto before = cpu_ms();
    auto* const context = EVP_MD_CTX_new();
    EVP_DigestVerifyInit(context, nullptr, EVP_sha256(), nullptr, openssl_key_.get());
    const int right =
        EVP_DigestVerify(context, reinterpret_cast<const unsigned char*>(signature_.data()), signature_.size(),
                         reinterpret_cast<const unsigned char*>(text_.data()), text_.size());
    EVP_MD_CTX_free(context);
    if (right != 1) std::abort();
    return cpu_ms() - before;
  }

 private:
  std::string signed_by_openssl() const {
    auto* const context = EVP_MD_CTX_new();
    EVP_DigestSignInit(context, nullptr, EVP_sha256(), nullptr, openssl_key_.get());
    std::string signature(128, '\0');
    auto size = signature.size();
    if (EVP_DigestSign(context, reinterpret_cast<unsigned char*>(signature.data()), &size,
                       reinterpret_cast<const unsigned char*>(text_.data()), text_.size()) != 1)
      std::abort();
    EVP_MD_CTX_free(context);
    signature.resize(size);
    return signature;
  }

  OpensslKey openssl_key_;
  SigningKey key_ = SigningKey::from_pem(Secret::from_text(pem_of(openssl_key_.get()))).value();
  std::string text_ = std::string(400, 'x');
  std::string signature_ = signed_by_openssl();
  FakeHttpClient http_{};
  testing::TestApp app_{
      {.strategies = {rowan::oidc(
           {.name = "work",
            .issuer = "https://idp.example",
            .client = {.id = "notes", .secret = std::make_shared<const Secret>(Secret::from_text("a secret"))},
            .accounts = {.trust_email_verified = true},
            .limits = {.per_client = 1'000'000}})},
       .adjust = [this](AuthOptions& auth) { auth.http_client = &http_; }}};
};

}  // namespace

int main(int argc, char** argv) {
  SigningIn signing_in;
  for (int i = 0; i < per_round; ++i) signing_in.sign_in(), signing_in.check_signature();
  bench::Comparison found{.name = "CPU of a warm callback",
                          .bare_name = "2 ms and the bare signature check",
                          .unit = "ms",
                          .aim = "1",
                          .aim_is_most = true};
  for (int round = 0; round < rounds; ++round) {
    std::vector<double> ours, bare;
    for (int i = 0; i < per_round; ++i) {
      ours.push_back(signing_in.sign_in());
      bare.push_back(budget_ms + signing_in.check_signature());
    }
    found.ours.push_back(bench::median(std::move(ours)));
    found.bare.push_back(bench::median(std::move(bare)));
  }
  if (bench::wants_json(argc, argv)) return bench::print_json("callback", {found}), 0;
  bench::print(found);
}
