#pragma once
// Codes that people copy from a mail: format, entropy, lenient parsing.
#include <rowan/engine/parts/guesses.hpp>
#include <rowan/tokens/codes.hpp>

namespace rowan {

struct CodeShape {
  /// Without characters that are mistaken for others: I, L, O, S, Z, 0, 1, 2, 5.
  static constexpr std::string_view unambiguous_uppercase = "ABCDEFGHJKMNPQRTUVWXY";
  static constexpr std::string_view unambiguous_alphanumeric = "ABCDEFGHJKMNPQRTUVWXY346789";
  static constexpr std::string_view digits = "0123456789";
  static constexpr std::string_view uppercase_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static constexpr double least_combinations = 1'000'000;

  std::size_t length = 6;
  std::string_view alphabet = unambiguous_uppercase;
};

/// How many different codes the shape allows.
double combinations(const CodeShape& shape);
/// The problems of the shape, each with a fix; empty when there are none.
std::vector<std::string> problems_of(const CodeShape& shape);
/// Only those of its alphabet.
std::vector<std::string> problems_of_alphabet(const CodeShape& shape);

/// Chosen uniformly among all codes of the shape.
std::string make_code(const CodeShape& shape, Random& random);
/// As a mail shows it: "BCDF-GHJK". Codes of six characters or more are written in two halves.
std::string shown(std::string_view code);
/// As it is compared: see bare_code and without_look_alikes. Empty when it cannot be a code of this shape.
std::string normalised_code(const CodeShape& shape, std::string_view typed);

/// Limits guesses at the codes mailed for one account. The count outlives any single code (THR-02, THR-12). After a
/// hundred wrong guesses in a row, no code is accepted for a day. The lock is not permanent, because where codes are
/// the only way to sign in, nothing else could end it (THR-04). `name` is the strategy's.
GuessLimits limits_of_codes(const std::string& name, std::int64_t max);

struct GuessedCode {
  tokens::RightCode right{};
  Guess guess{};
};

/// Compares what was typed with the codes behind the inputs `flow` and `email`. `authentication_failed` for every wrong
/// one, with retry_after when the guesses at the code, or at the account, are used up. A guess that cannot be right,
/// because its flow is made up, someone else's or used up, is not counted against the account; only the client's limit
/// holds it back.
Result<GuessedCode> guess_code(const PhaseContext& context, const CodeShape& shape, std::string_view typed,
                               Purpose purpose, const GuessLimits& limits);

}  // namespace rowan
