// What the guard costs in process, against the bare HMAC-SHA-256 of the same bytes (docs/performance.md), in
// alternating rounds, and how often it allocated: after a sign-in with a password, and after one with a second factor,
// whose claims say what was shown and when, twice; and with an API key that was seen before. --json for bench/draw.
#include <openssl/crypto.h>
#include <openssl/evp.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <rowan/engine/core.hpp>
#include <rowan/rowan.hpp>

#include "../allocations.hpp"
#include "../report.hpp"

namespace {

constexpr int rounds = 31, per_round = 20'000;

struct Credentials {
  std::string cookie{}, bearer{};
};

template <class F>
double nanoseconds(F&& work) {
  const auto start = std::chrono::steady_clock::now();
  for (int i = 0; i < per_round; ++i) work();
  return std::chrono::duration<double, std::nano>(std::chrono::steady_clock::now() - start).count() / per_round;
}

}  // namespace

int main(int argc, char** argv) {
  CRYPTO_set_mem_functions([](std::size_t size, const char*, int) { return counted(size); },
                           [](void* memory, std::size_t size, const char*, int) {
                             bench::allocations.fetch_add(1, std::memory_order_relaxed);
                             return std::realloc(memory, size);
                           },
                           [](void* memory, const char*, int) { std::free(memory); });
  const auto folder = std::filesystem::temp_directory_path() /
                      ("rowan-bench-" + std::to_string(std::chrono::steady_clock::now().time_since_epoch().count()));
  std::filesystem::create_directory(folder);
  {
    auto database = rowan::open_database("sqlite:" + (folder / "bench.db").string());
    auto mailer = rowan::open_mailer("mailbox");
    rowan::Auth auth(
        {.base_url = "https://notes.example",
         .database = *database,
         .mailer = *mailer,
         .secret = rowan::Secret::from_text("0123456789abcdef0123456789abcdef"),
         .strategies = {rowan::password(), rowan::api_key({.scopes = {"read", "write"}})},
         .session = {.revocation_bound = std::chrono::hours(1), .account_cache_lifetime = std::chrono::hours(1)}});
    if (!auth.migrate()) return 1;
    auto& core = rowan::engine::core_of(auth);
    const auto now = core.clock.now();
    const auto signed_in_with = [&](const rowan::Methods& methods) {
      rowan::Claims claims;
      claims.id = rowan::AccountId::make(core.clock, core.random);
      // Numbers that were given out: any other is refused.
      for (auto* number :
           {&claims.numbers.token, &claims.numbers.account_generation, &claims.numbers.tenant_generation})
        *number = core.numbers.take().value();
      claims.methods = methods;
      claims.expires_at = now + std::chrono::days(14);
      rowan::sessions::Session session;
      session.put(claims);
      session.seen = now;
      return Credentials{
          .cookie = core.session_cookie + "=" + rowan::sessions::seal_session(core.session_seal, session),
          .bearer = "Bearer " + core.bearers.issue(claims, now).value()};
    };
    rowan::Methods methods;
    methods.put("password", {rowan::Evidence::known}, now);
    const auto one = signed_in_with(methods);
    methods.put("totp", {rowan::Evidence::held, rowan::Evidence::one_time_code}, now + std::chrono::seconds(20));
    const auto two = signed_in_with(methods);

    rowan::NewUser ada;
    ada.email = "ada@example.com";
    const auto user = auth.create_user(ada);
    if (!user) return 1;
    const auto made = auth.create_key(user->id, {.name = "bench", .scopes = {"read"}});
    if (!made) return 1;
    const auto api_key = "Bearer " + made->text;

    auto* algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
    auto* mac = EVP_MAC_CTX_new(algorithm);
    char digest[] = "SHA256";
    const OSSL_PARAM parameters[] = {OSSL_PARAM_construct_utf8_string("digest", digest, 0), OSSL_PARAM_construct_end()};
    const unsigned char key[32] = {1};
    EVP_MAC_init(mac, key, sizeof key, parameters);
    const auto hmac = [&](std::string_view bytes) {
      unsigned char tag[32];
      std::size_t size = 0;
      EVP_MAC_init(mac, nullptr, 0, nullptr);
      EVP_MAC_update(mac, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
      EVP_MAC_final(mac, tag, &size, sizeof tag);
    };
    auth.run_due_work();  // the feed is read, and what was given out is known
    if (!auth.decide({.authorization = api_key}, rowan::GuardKind::bearer)) return 1;  // seen once
    const auto guard = [&](rowan::http::RequestView view, rowan::GuardKind kind) {
      if (!std::holds_alternative<rowan::GuardAccepted>(auth.authenticate(view, kind))) std::abort();
    };
    struct Measured {
      bench::Comparison found;
      const std::string& text;
      bool is_cookie;
    };
    constexpr auto hmac_name = "bare HMAC-SHA-256";
    std::array<Measured, 5> all{
        {{{"guard, session cookie", hmac_name, "ns", "1.3", true}, one.cookie, true},
         {{"guard, session cookie, two factors", hmac_name, "ns", "1.3", true}, two.cookie, true},
         {{"guard, HS256 bearer", hmac_name, "ns", "1.7", true}, one.bearer, false},
         {{"guard, HS256 bearer, two factors", hmac_name, "ns", "1.7", true}, two.bearer, false},
         {{"guard, API key seen before", hmac_name, "ns", "1.5", true}, api_key, false}}};
    const auto check = [&](const Measured& each) {
      if (each.is_cookie)
        guard({.cookie = each.text}, rowan::GuardKind::session);
      else
        guard({.authorization = each.text}, rowan::GuardKind::bearer);
    };
    for (const auto& each : all) check(each);
    const long before = bench::allocations.load();
    for (int i = 0; i < 1000; ++i)
      for (const auto& each : all) check(each);
    const long allocated = bench::allocations.load() - before;
    for (int round = 0; round < rounds; ++round)
      for (auto& each : all) {
        each.found.ours.push_back(nanoseconds([&] { check(each); }));
        each.found.bare.push_back(nanoseconds([&] { hmac(each.text); }));
      }
    if (bench::wants_json(argc, argv)) {
      std::vector<bench::Comparison> comparisons;
      for (const auto& each : all) comparisons.push_back(each.found);
      bench::print_json("guard", comparisons);
    } else {
      for (const auto& each : all) {
        bench::print(each.found);
        std::printf("  %zu bytes\n", each.text.size());
      }
      std::printf("allocations in 5,000 guards: %ld (aim 0)\n", allocated);
    }
    EVP_MAC_CTX_free(mac);
    EVP_MAC_free(algorithm);
  }
  std::filesystem::remove_all(folder);
}
