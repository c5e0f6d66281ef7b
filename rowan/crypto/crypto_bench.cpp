// Our hot paths beside OpenSSL's own ways of doing the same: compare within one run.
#include <benchmark/benchmark.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/params.h>

#include <array>
#include <cstdlib>
#include <rowan/crypto/aead.hpp>
#include <rowan/crypto/block.hpp>
#include <rowan/crypto/hash.hpp>
#include <vector>

namespace {

using namespace rowan::crypto;

const unsigned char* raw(std::span<const std::byte> bytes) {
  return reinterpret_cast<const unsigned char*>(bytes.data());
}

std::vector<std::byte> message(const benchmark::State& state) {
  return std::vector<std::byte>(static_cast<std::size_t>(state.range(0)), std::byte{'m'});
}

void saved_states(benchmark::State& state) {
  const HmacSha256 mac(Key256().bytes());
  const auto data = message(state);
  for (auto _ : state) benchmark::DoNotOptimize(mac(data));
}
BENCHMARK(saved_states)->Arg(32)->Arg(200)->Arg(400);

/// One initialised context that is copied for each message: thread-safe, as ours is.
void evp_mac_copied(benchmark::State& state) {
  auto* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  auto* const keyed = EVP_MAC_CTX_new(algorithm);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(keyed, raw(Key256().bytes()), 32, params) != 1) std::abort();
  const auto data = message(state);
  unsigned char tag[32];
  std::size_t size = 0;
  for (auto _ : state) {
    auto* const copy = EVP_MAC_CTX_dup(keyed);
    EVP_MAC_update(copy, raw(data), data.size());
    EVP_MAC_final(copy, tag, &size, sizeof tag);
    EVP_MAC_CTX_free(copy);
    benchmark::DoNotOptimize(tag);
  }
  EVP_MAC_CTX_free(keyed);
  EVP_MAC_free(algorithm);
}
BENCHMARK(evp_mac_copied)->Arg(32)->Arg(200)->Arg(400);

/// One context a thread, begun again with the same key.
void evp_mac_reused(benchmark::State& state) {
  auto* const algorithm = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  auto* const context = EVP_MAC_CTX_new(algorithm);
  char digest[] = "SHA256";
  const OSSL_PARAM params[] = {OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, digest, 0),
                               OSSL_PARAM_construct_end()};
  if (EVP_MAC_init(context, raw(Key256().bytes()), 32, params) != 1) std::abort();
  const auto data = message(state);
  unsigned char tag[32];
  std::size_t size = 0;
  for (auto _ : state) {
    EVP_MAC_init(context, nullptr, 0, nullptr);
    EVP_MAC_update(context, raw(data), data.size());
    EVP_MAC_final(context, tag, &size, sizeof tag);
    benchmark::DoNotOptimize(tag);
  }
  EVP_MAC_CTX_free(context);
  EVP_MAC_free(algorithm);
}
BENCHMARK(evp_mac_reused)->Arg(32)->Arg(200)->Arg(400);

void hmac_one_shot(benchmark::State& state) {
  const Key256 key;
  const auto data = message(state);
  unsigned char tag[32];
  unsigned size = 0;
  for (auto _ : state)
    benchmark::DoNotOptimize(HMAC(EVP_sha256(), raw(key.bytes()), 32, raw(data), data.size(), tag, &size));
}
BENCHMARK(hmac_one_shot)->Arg(32)->Arg(200)->Arg(400);

/// The key set again for each call, on a context that is kept.
void gcm_open_keyed_each_time(benchmark::State& state) {
  const Key256 key;
  const AeadKey aead(key);
  const std::array<std::byte, nonce_size> nonce{};
  auto plain = message(state);
  std::vector<std::byte> sealed(plain.size() + tag_size);
  aead.seal(nonce, {}, plain, sealed);
  auto* const context = EVP_CIPHER_CTX_new();
  auto* const out = reinterpret_cast<unsigned char*>(plain.data());
  const auto* const tag = raw(std::span(sealed).last(tag_size));
  for (auto _ : state) {
    int written = 0;
    EVP_DecryptInit_ex(context, EVP_aes_256_gcm(), nullptr, raw(key.bytes()), raw(nonce));
    EVP_CIPHER_CTX_ctrl(context, EVP_CTRL_AEAD_SET_TAG, tag_size, const_cast<unsigned char*>(tag));
    EVP_DecryptUpdate(context, out, &written, raw(sealed), static_cast<int>(plain.size()));
    if (EVP_DecryptFinal_ex(context, out + written, &written) != 1) state.SkipWithError("refused");
  }
  EVP_CIPHER_CTX_free(context);
}
BENCHMARK(gcm_open_keyed_each_time)->Arg(200);

void aead_open(benchmark::State& state) {
  const AeadKey aead{Key256()};
  const std::array<std::byte, nonce_size> nonce{};
  auto plain = message(state);
  std::vector<std::byte> sealed(plain.size() + tag_size);
  aead.seal(nonce, {}, plain, sealed);
  for (auto _ : state)
    if (!aead.open(nonce, {}, sealed, plain)) state.SkipWithError("refused");
}
BENCHMARK(aead_open)->Arg(200);

void aead_seal(benchmark::State& state) {
  const AeadKey aead{Key256()};
  const std::array<std::byte, nonce_size> nonce{};
  const auto plain = message(state);
  std::vector<std::byte> sealed(plain.size() + tag_size);
  for (auto _ : state) aead.seal(nonce, {}, plain, sealed);
}
BENCHMARK(aead_seal)->Arg(200);

void block_encrypt(benchmark::State& state) {
  const BlockKey key{Key256()};
  Block block{};
  for (auto _ : state) benchmark::DoNotOptimize(block = key.encrypt(block));
}
BENCHMARK(block_encrypt);

}  // namespace

BENCHMARK_MAIN();
