#include <sodium.h>

#include <algorithm>
#include <array>
#include <optional>
#include <rowan/base/base64.hpp>
#include <rowan/base/config_error.hpp>
#include <rowan/base/try.hpp>
#include <rowan/crypto/argon2_text.hpp>
#include <rowan/crypto/argon2id/core.hpp>
#include <rowan/crypto/hash_threads.hpp>
#include <rowan/crypto/imported_hash.hpp>
#include <rowan/crypto/password_hasher.hpp>
#include <thread>
#include <type_traits>

namespace rowan {

namespace {

using crypto::Argon2Text;
namespace argon2id = crypto::argon2id;

constexpr std::size_t salt_size = 16, hash_size = 32;  // PWD-13
constexpr unsigned most_slots = 1024;

argon2id::Core make_core(const Argon2Options& options) {
  return argon2id::Core(options.only_libsodium ? std::vector<argon2id::Kernel>() : argon2id::kernels());
}

class Argon2idHasher final : public PasswordHasher {
 public:
  Argon2idHasher(const Argon2Options& options, Random& random)
      : options_(options), random_(random), core_(make_core(options)), nobody_(blank()), threads_(options.slots) {
    // Not a password's hash: 32 random bytes, so that starting costs nothing and nothing matches.
    random_.fill(nobody_.salt);
    random_.fill(nobody_.hash);
  }

  Result<std::string> hash(std::string_view password) override {
    return in_turn([&](HashMemory& memory) -> Result<std::string> {
      auto text = blank();
      random_.fill(text.salt);
      ROWAN_CHECK(core_.compute(text, password, memory));
      return to_text(text);
    });
  }

  Result<Verdict> verify(std::string_view password, std::string_view stored) override {
    if (const auto text = crypto::read_argon2_text(stored)) {
      return in_turn([&](HashMemory& memory) -> Result<Verdict> {
        ROWAN_TRY(const bool same, matches(*text, password, memory));
        return Verdict{.matches = same, .outdated = !is_current(*text)};
      });
    }
    if (crypto::imported_hash_kind(stored)) {
      return in_turn([&](HashMemory&) -> Result<Verdict> {
        ROWAN_TRY(const bool same, crypto::matches_imported_hash(password, stored));
        return Verdict{.matches = same, .outdated = true};
      });
    }
    return verify_nobody(password);
  }

  Result<Verdict> verify_nobody(std::string_view password) override {
    return in_turn([&](HashMemory& memory) -> Result<Verdict> {
      ROWAN_CHECK(matches(nobody_, password, memory));
      return Verdict{};
    });
  }

  std::string_view implementation() const override { return core_.name(); }

 private:
  using HashMemory = argon2id::HashMemory;

  template <class Work>
  std::invoke_result_t<Work, HashMemory&> in_turn(const Work& work) {
    std::optional<std::invoke_result_t<Work, HashMemory&>> result;
    ROWAN_CHECK(threads_.run(options_.slot_wait, [&](HashMemory& memory) { result.emplace(work(memory)); }));
    return *std::move(result);
  }
  // One that was stored with more memory than is configured now does not make the slot's own any larger.
  Result<bool> matches(const Argon2Text& text, std::string_view password, HashMemory& memory) {
    if (text.memory_kib <= options_.memory_kib) return core_.matches(text, password, memory);
    HashMemory larger;
    return core_.matches(text, password, larger);
  }
  Argon2Text blank() const {
    return {options_.memory_kib, options_.passes, 1, std::vector<std::byte>(salt_size),
            std::vector<std::byte>(hash_size)};
  }
  bool is_current(const Argon2Text& text) const {
    return text.lanes == 1 && text.salt.size() == salt_size && text.hash.size() == hash_size &&
           text.memory_kib == options_.memory_kib && text.passes == options_.passes;
  }

  const Argon2Options options_;
  Random& random_;
  const argon2id::Core core_;
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
  if (options.slots > most_slots)
    problems.push_back("argon2.slots: at most " + std::to_string(most_slots) + "; 0 makes as many as there are cores");
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
  // May be called any number of times by any thread.
  if (sodium_init() < 0) throw ConfigError("libsodium could not be initialised");
  if (options.slots == 0) options.slots = std::max(1U, std::thread::hardware_concurrency());
  return std::make_unique<Argon2idHasher>(options, random);
}

}  // namespace rowan
