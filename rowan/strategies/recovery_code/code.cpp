#include <algorithm>
#include <rowan/base/base64.hpp>
#include <rowan/crypto/hash.hpp>
#include <rowan/engine/parts/typed_code.hpp>
#include <rowan/strategies/recovery_code/code.hpp>

namespace rowan::strategies::recovery_code {

namespace {

constexpr std::size_t group = 4;
// Of any code that options allow.
constexpr std::size_t shortest = 22, longest = 64;

}  // namespace

std::vector<std::string> problems_of(const RecoveryCodeOptions& options) {
  auto problems = problems_of_alphabet(options.code);
  if (combinations(options.code) < 0x1p112)
    problems.push_back("length: must allow at least 2^112 codes; make it longer or use a larger alphabet (MFA-02)");
  return problems;
}

std::string in_fours(std::string_view code) {
  std::string shown;
  for (std::size_t i = 0; i < code.size(); i += group) {
    if (i > 0) shown += '-';
    shown += code.substr(i, group);
  }
  return shown;
}

std::vector<std::string> readings_of(const CodeShape& shape, std::string_view typed) {
  auto bare = bare_code(typed);
  const auto fits = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); };
  if (bare.size() < shortest || bare.size() > longest || !std::ranges::all_of(bare, fits)) return {};
  auto meant = without_look_alikes(bare, shape.alphabet);
  return {std::move(bare), std::move(meant)};
}

std::string hash_of(AccountId account, std::string_view code) {
  return to_base64url(crypto::sha256(as_bytes("rowan recovery code\n" + account.text() + "\n" + std::string(code))));
}

}  // namespace rowan::strategies::recovery_code
