// What the guard costs for a bearer token with a public-key signature, in process: one that comes for the first time
// (authenticate, then decide), against the bare OpenSSL check of the same signature by a key that is ready; and one
// that was seen before, against the bare HMAC-SHA-256 of the same bytes, which is what a guard by HS256 cannot do
// without. In alternating rounds; and how often a token seen before allocated. --json for bench/draw.
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/jose/signature.hpp>
#include <rowan/engine/core.hpp>
#include <rowan/rowan.hpp>

#include "../allocations.hpp"
#include "../report.hpp"

namespace {

using namespace rowan;
using crypto::jose::Algorithm;

constexpr int rounds = 31, seen_per_round = 20'000;

template <class F>
double microseconds(int times, F&& work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < times; ++i) work(i);
  return std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - start).count() / times;
}

struct Found {
  bench::Comparison first, again;
};

Found measure(const char* first_name, const char* again_name, const std::string& algorithm, int per_round) {
  Found found{
      .first = {.name = first_name, .bare_name = "bare OpenSSL", .unit = "µs", .aim = "1.1", .aim_is_most = true},
      .again = {.name = again_name, .bare_name = "bare HMAC-SHA-256", .unit = "µs", .aim = "1", .aim_is_most = true}};
  const auto folder = std::filesystem::temp_directory_path() /
                      ("rowan-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
  std::filesystem::create_directory(folder);
  {
    auto database = open_database("sqlite:" + (folder / "bench.db").string());
    auto mailer = open_mailer("mailbox");
    Auth auth({.base_url = "https://notes.example",
               .database = *database,
               .mailer = *mailer,
               .secret = Secret::from_text("0123456789abcdef0123456789abcdef"),
               .strategies = {password()},
               .session = {.revocation_bound = std::chrono::hours(1)},
               .tokens = {.algorithm = algorithm}});
    if (!auth.migrate()) std::abort();
    auto& core = engine::core_of(auth);
    const auto now = core.clock.now();
    const auto token = [&] {
      Claims claims;
      claims.id = AccountId::make(core.clock, core.random);
      for (auto* number :
           {&claims.numbers.token, &claims.numbers.account_generation, &claims.numbers.tenant_generation})
        *number = core.numbers.take().value();
      claims.methods.put("password", {Evidence::known}, now);
      claims.expires_at = now + std::chrono::days(14);
      return "Bearer " + core.bearers.issue(claims, now).value();
    };
    const auto guard = [&](const std::string& text) {
      const http::RequestView view{.authorization = text};
      const auto at_once = auth.authenticate(view, GuardKind::bearer);
      if (std::holds_alternative<GuardAccepted>(at_once)) return;
      const auto decided = auth.decide(view, GuardKind::bearer);
      if (!decided || !std::holds_alternative<GuardAccepted>(*decided)) std::abort();
    };
    const auto seen = token();
    const auto key = core.signing_keys.known()->all.front();
    const auto scheme = scheme_of(key->algorithm);
    const auto text = seen.substr(7);
    const auto end = text.rfind('.');
    auto signature = from_base64url(text.substr(end + 1)).value();
    const auto number_size = crypto::jose::ecdsa_number_size(scheme);
    if (number_size > 0) {
      std::array<std::byte, crypto::jose::most_der_bytes> der;
      const auto written = crypto::jose::ecdsa_to_der(signature, number_size, der);
      signature.assign(der.begin(), der.begin() + static_cast<long>(written));
    }
    const auto x = key->public_jwk.find("x"), y = key->public_jwk.find("y");
    const auto raw = [](const std::optional<Json>& part) { return from_base64url(part->as_text().value()).value(); };
    const auto public_key = key->algorithm == Algorithm::eddsa ? crypto::PublicKey::ed25519(raw(x))
                                                               : crypto::PublicKey::p256(raw(x), raw(y));
    const auto prepared = public_key->prepare(scheme);
    const auto bare = [&](int) {
      if (!crypto::PublicKey::verify(*prepared, signature, as_bytes(text).first(end))) std::abort();
    };
    auto* algorithm_of_mac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    auto* mac = EVP_MAC_CTX_new(algorithm_of_mac);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    const unsigned char secret[32] = {1};
    EVP_MAC_init(mac, secret, sizeof secret, parameters);
    const auto hmac = [&](int) {
      unsigned char tag[32];
      std::size_t size = 0;
      EVP_MAC_init(mac, nullptr, 0, nullptr);
      EVP_MAC_update(mac, reinterpret_cast<const unsigned char*>(seen.data()), seen.size());
      EVP_MAC_final(mac, tag, &size, sizeof tag);
    };
    auth.run_due_work();
    guard(seen);
    const long before = bench::allocations.load();
    for (int i = 0; i < 1000; ++i) guard(seen);
    std::fprintf(stderr, "%s: %zu bytes, allocations in 1,000 guards: %ld (aim 0)\n", again_name, seen.size(),
                 bench::allocations.load() - before);
    for (int round = 0; round < rounds; ++round) {
      std::vector<std::string> fresh;
      for (int i = 0; i < per_round; ++i) fresh.push_back(token());
      auth.run_due_work();
      found.first.ours.push_back(microseconds(per_round, [&](int i) { guard(fresh[static_cast<std::size_t>(i)]); }));
      found.first.bare.push_back(microseconds(per_round, bare));
      guard(seen);
      found.again.ours.push_back(microseconds(seen_per_round, [&](int) { guard(seen); }));
      found.again.bare.push_back(microseconds(seen_per_round, hmac));
    }
    EVP_MAC_CTX_free(mac);
    EVP_MAC_free(algorithm_of_mac);
  }
  std::filesystem::remove_all(folder);
  return found;
}

}  // namespace

int main(int argc, char** argv) {
  CRYPTO_set_mem_functions([](std::size_t size, const char*, int) { return counted(size); },
                           [](void* memory, std::size_t size, const char*, int) {
                             bench::allocations.fetch_add(1, std::memory_order_relaxed);
                             return std::realloc(memory, size);
                           },
                           [](void* memory, const char*, int) { std::free(memory); });
  std::vector<bench::Comparison> all;
  for (auto& found : {measure("guard, EdDSA bearer, first", "guard, EdDSA bearer, seen before", "EdDSA", 200),
                      measure("guard, ES256 bearer, first", "guard, ES256 bearer, seen before", "ES256", 200)}) {
    all.push_back(found.first);
    all.push_back(found.again);
  }
  if (bench::wants_json(argc, argv)) return bench::print_json("signed_token", all), 0;
  for (const auto& found : all) bench::print(found);
}
