#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/argon2_text.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/hash_threads.hpp>
#include <rowan/crypto/imported_hash.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <thread>
#include <type_traits>

namespace rowan {

namespace {

using crypto::Argon2Text;

constexpr std::size_t salt_size = crypto_pwhash_argon2id_SALTBYTES;
constexpr std::size_t hash_size = 32;
static_assert(salt_size == 16);  // PWD-13
static_assert(crypto_pwhash_argon2id_OPSLIMIT_MIN == 1);
static_assert(crypto_pwhash_argon2id_MEMLIMIT_MIN == crypto::least_argon2_memory_kib * 1024);

Error out_of_memory() {
  return {.code = ErrorCode::unavailable,
          .reason = "no memory for a password hash",
          .retry_after = std::chrono::seconds(1)};
}

/// What libsodium computes by itself: one lane and a salt of its size, as in every hash made here.
bool is_our_shape(const Argon2Text& text) { return text.lanes == 1 && text.salt.size() == salt_size; }

/// Precondition: is_our_shape. Fills text.hash, whose size says how much is wanted.
Result<> compute(Argon2Text& text, std::string_view password) {
  if (crypto_pwhash_argon2id(reinterpret_cast<unsigned char*>(text.hash.data()), text.hash.size(), password.data(),
                             password.size(), reinterpret_cast<const unsigned char*>(text.salt.data()), text.passes,
                             std::size_t{text.memory_kib} * 1024, crypto_pwhash_argon2id_ALG_ARGON2ID13) != 0)
    return out_of_memory();
  return {};
}

Result<bool> matches(const Argon2Text& text, std::string_view password) {
  // libsodium's own reader takes any lanes and salt, but calls it a mismatch when memory runs out: for imported hashes
  // only.
  if (!is_our_shape(text))
    return crypto_pwhash_argon2id_str_verify(to_text(text).c_str(), password.data(), password.size()) == 0;
  auto made = text;
  ROWAN_CHECK(compute(made, password));
  return crypto::equal_in_constant_time(made.hash, text.hash);
}

class Argon2idHasher final : public PasswordHasher {
 public:
  Argon2idHasher(const Argon2Options& options, Random& random)
      : options_(options), random_(random), nobody_(blank()), threads_(options.slots) {
    // Not a password's hash: 32 random bytes, so that starting costs nothing and nothing matches.
    random_.fill(nobody_.salt);
    random_.fill(nobody_.hash);
  }

  Result<std::string> hash(std::string_view password) override {
    return in_turn([&]() -> Result<std::string> {
      auto text = blank();
      random_.fill(text.salt);
      ROWAN_CHECK(compute(text, password));
      return to_text(text);
    });
  }

  Result<Verdict> verify(std::string_view password, std::string_view stored) override {
    if (const auto text = crypto::read_argon2_text(stored)) {
      return in_turn([&]() -> Result<Verdict> {
        ROWAN_TRY(const bool same, matches(*text, password));
        return Verdict{.matches = same, .outdated = !is_current(*text)};
      });
    }
    if (crypto::imported_hash_kind(stored)) {
      return in_turn([&]() -> Result<Verdict> {
        ROWAN_TRY(const bool same, crypto::matches_imported_hash(password, stored));
        return Verdict{.matches = same, .outdated = true};
      });
    }
    return verify_nobody(password);
  }

  Result<Verdict> verify_nobody(std::string_view password) override {
    return in_turn([&]() -> Result<Verdict> {
      ROWAN_CHECK(matches(nobody_, password));
      return Verdict{};
    });
  }

 private:
  template <class Work>
  std::invoke_result_t<Work> in_turn(const Work& work) {
    std::optional<std::invoke_result_t<Work>> result;
    ROWAN_CHECK(threads_.run(options_.slot_wait, [&] { result.emplace(work()); }));
    return *std::move(result);
  }
  Argon2Text blank() const {
    return {options_.memory_kib, options_.passes, 1, std::vector<std::byte>(salt_size),
            std::vector<std::byte>(hash_size)};
  }
  bool is_current(const Argon2Text& text) const {
    return is_our_shape(text) && text.memory_kib == options_.memory_kib && text.passes == options_.passes &&
           text.hash.size() == hash_size;
  }

  const Argon2Options options_;
  Random& random_;
  Argon2Text nobody_;  // constant after construction
  crypto::HashThreads threads_;
};

std::vector<std::string> problems_of(const Argon2Options& options) {
  std::vector<std::string> problems;
  if (options.memory_kib < crypto::least_argon2_memory_kib || options.memory_kib > crypto::most_argon2_memory_kib)
    problems.push_back("argon2.memory_kib: from " + std::to_string(crypto::least_argon2_memory_kib) + " to " +
                       std::to_string(crypto::most_argon2_memory_kib) + "; 19456 is the default");
  if (options.passes < 1 || options.passes > crypto::most_argon2_passes)
    problems.push_back("argon2.passes: from 1 to " + std::to_string(crypto::most_argon2_passes) + "; 2 is the default");
  if (options.slot_wait.count() < 0) problems.push_back("argon2.slot_wait: it cannot be negative");
  return problems;
}

}  // namespace

std::string_view password_hash_kind(std::string_view stored) {
  if (crypto::read_argon2_text(stored)) return "argon2id";
  return crypto::imported_hash_kind(stored).value_or("unknown");
}

std::unique_ptr<PasswordHasher> make_argon2id_hasher(Argon2Options options, Random& random) {
  if (auto problems = problems_of(options); !problems.empty()) throw ConfigError(std::move(problems));
  // Chooses AVX2 or AVX-512 code; may be called any number of times by any thread.
  if (sodium_init() < 0) throw ConfigError("libsodium could not be initialised");
  if (options.slots == 0) options.slots = std::max(1U, std::thread::hardware_concurrency());
  return std::make_unique<Argon2idHasher>(options, random);
}

}  // namespace rowan
