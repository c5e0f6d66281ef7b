#include <crypt.h>
#include <string.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <memory>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/crypto/imported_hash.hpp>

namespace rowan::crypto {

namespace {

constexpr int most_bcrypt_cost = 14;
constexpr std::uint32_t least_sha_rounds = 1'000, most_sha_rounds = 1'000'000;
constexpr std::uint64_t most_scrypt_bytes = 256ULL << 20;  // 128 * N * r * p: what is filled, all lanes together
constexpr std::size_t most_salt = 86;                      // 64 bytes

// crypt(5)'s base 64, least significant first.
constexpr std::string_view digits = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

bool all_digits(std::string_view text) { return text.find_first_not_of(digits) == std::string_view::npos; }

std::optional<std::uint32_t> take_digit(std::string_view& text) {
  if (text.empty()) return std::nullopt;
  const auto value = digits.find(text.front());
  if (value == std::string_view::npos) return std::nullopt;
  text.remove_prefix(1);
  return static_cast<std::uint32_t>(value);
}

/// What follows the parameters: salt$hash, the hash of exactly `size` digits.
bool is_salt_and_hash(std::string_view rest, std::size_t longest_salt, std::size_t size) {
  const auto dollar = rest.find('$');
  if (dollar == std::string_view::npos || dollar == 0 || dollar > longest_salt) return false;
  const auto hash = rest.substr(dollar + 1);
  return hash.size() == size && all_digits(rest.substr(0, dollar)) && all_digits(hash);
}

/// $2b$12$ and 53 digits: 22 of salt, 31 of hash.
bool is_bcrypt(std::string_view stored) {
  if (stored.size() != 60 || stored[6] != '$' || !all_digits(stored.substr(7))) return false;
  int cost = 0;
  const auto [end, error] = std::from_chars(stored.data() + 4, stored.data() + 6, cost);
  return error == std::errc{} && end == stored.data() + 6 && cost >= 4 && cost <= most_bcrypt_cost;
}

bool is_sha_crypt(std::string_view rest, std::size_t hash_size) {
  constexpr std::string_view rounds_word = "rounds=";
  if (rest.starts_with(rounds_word)) {
    rest.remove_prefix(rounds_word.size());
    std::uint32_t rounds = 0;
    const auto [end, error] = std::from_chars(rest.data(), rest.data() + rest.size(), rounds);
    if (error != std::errc{} || rest.front() == '0' || rounds < least_sha_rounds || rounds > most_sha_rounds)
      return false;
    rest.remove_prefix(static_cast<std::size_t>(end - rest.data()));
    if (!rest.starts_with('$')) return false;
    rest.remove_prefix(1);
  }
  return is_salt_and_hash(rest, 16, hash_size);
}

bool is_affordable(std::uint32_t log2_n, std::uint64_t r, std::uint64_t p) {
  return log2_n >= 1 && log2_n < 28 && r >= 1 && p >= 1 && r < 1'024 && p < 1'024 &&
         ((128 * r * p) << log2_n) <= most_scrypt_bytes;
}

/// $7$, one digit of log2 N, five of r, five of p.
bool is_scrypt(std::string_view rest) {
  const auto log2_n = take_digit(rest);
  const auto take_five = [&rest]() -> std::optional<std::uint64_t> {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 30; shift += 6) {
      const auto digit = take_digit(rest);
      if (!digit) return std::nullopt;
      value |= std::uint64_t{*digit} << shift;
    }
    return value;
  };
  const auto r = take_five();
  const auto p = take_five();
  return log2_n && r && p && is_affordable(*log2_n, *r, *p) && is_salt_and_hash(rest, most_salt, 43);
}

/// $y$j, a digit of log2 N - 1, a digit of r - 1: what crypt_gensalt writes. Other flavours and optional parameters are
/// not read.
bool is_yescrypt(std::string_view rest) {
  if (!rest.starts_with('j')) return false;
  rest.remove_prefix(1);
  constexpr std::uint32_t last_single = 47;  // larger values need more digits
  const auto log2_n = take_digit(rest);
  const auto r = take_digit(rest);
  if (!log2_n || !r || *log2_n > last_single || *r > last_single || !is_affordable(*log2_n + 1, *r + 1, 1))
    return false;
  return rest.starts_with('$') && is_salt_and_hash(rest.substr(1), most_salt, 43);
}

struct WipeCrypt {
  void operator()(crypt_data* data) const {
    ::explicit_bzero(data, sizeof *data);
    delete data;
  }
};

}  // namespace

std::optional<std::string_view> imported_hash_kind(std::string_view stored) {
  if (stored.size() >= CRYPT_OUTPUT_SIZE) return std::nullopt;
  if (stored.starts_with("$2a$") || stored.starts_with("$2b$") || stored.starts_with("$2y$"))
    return is_bcrypt(stored) ? std::optional<std::string_view>("bcrypt") : std::nullopt;
  const auto rest = stored.substr(std::min<std::size_t>(3, stored.size()));
  if (stored.starts_with("$5$") && is_sha_crypt(rest, 43)) return "sha256crypt";
  if (stored.starts_with("$6$") && is_sha_crypt(rest, 86)) return "sha512crypt";
  if (stored.starts_with("$7$") && is_scrypt(rest)) return "scrypt";
  if (stored.starts_with("$y$") && is_yescrypt(rest)) return "yescrypt";
  return std::nullopt;
}

Result<bool> matches_imported_hash(std::string_view password, std::string_view stored) {
  // 32 KiB, and it holds the password: `input` and `setting` are there for the caller (crypt(3)).
  const std::unique_ptr<crypt_data, WipeCrypt> data(new crypt_data());
  // A C string ends at its NUL. What libcrypt cannot see is not waved through, but the work is done: it takes as long.
  const auto seen = password.substr(0, std::min<std::size_t>(password.find('\0'), CRYPT_MAX_PASSPHRASE_SIZE - 1));
  std::ranges::copy(seen, data->input);
  std::ranges::copy(stored, data->setting);
  errno = 0;
  const char* const made = ::crypt_r(data->input, data->setting, data.get());
  if ((made == nullptr || made[0] == '*') && errno == ENOMEM)
    return Error{.code = ErrorCode::unavailable,
                 .reason = "no memory for an imported password hash",
                 .retry_after = std::chrono::seconds(1)};
  if (made == nullptr) return false;
  const bool same = equal_in_constant_time(as_bytes(made), as_bytes(stored));
  return same && seen.size() == password.size();
}

}  // namespace rowan::crypto
