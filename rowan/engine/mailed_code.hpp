#pragma once
// Codes that people copy from a mail: how they look, how much they say, and how typing is forgiven.
#include <rowan/engine/guesses.hpp>
#include <rowan/tokens/codes.hpp>

namespace rowan {

struct CodeShape {
  /// Without what is taken for something else: I, L, O, S, Z, 0, 1, 2, 5.
  static constexpr std::string_view unambiguous_uppercase = "ABCDEFGHJKMNPQRTUVWXY";
  static constexpr std::string_view unambiguous_alphanumeric = "ABCDEFGHJKMNPQRTUVWXY346789";
  static constexpr std::string_view digits = "0123456789";
  static constexpr std::string_view uppercase_letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
  static constexpr double least_combinations = 1'000'000;

  std::size_t length = 6;
  std::string_view alphabet = unambiguous_uppercase;
};

/// How many different codes there are.
double combinations(const CodeShape& shape);
/// What is wrong with it, with a way out; empty when nothing is.
std::vector<std::string> problems_of(const CodeShape& shape);

/// Uniform over all codes of the shape.
std::string make_code(const CodeShape& shape, Random& random);
/// As a mail shows it: "BCDF-GHJK"; halves from six characters on.
std::string shown(std::string_view code);
/// As it is compared: blanks and dashes gone, letters upper case. Empty when it cannot be a code of this shape.
std::string normalised_code(const CodeShape& shape, std::string_view typed);

/// Guesses at the codes mailed for one account; they outlive any one code (THR-02, THR-12). After a hundred
/// wrong ones in a row no code is taken for the rest of a day; a day and not for good, because where codes are the only
/// way in nothing else would open the account again (THR-04). `name`: the strategy's.
GuessLimits limits_of_codes(const std::string& name, std::int64_t max);

struct GuessedCode {
  tokens::RightCode right{};
  Guess guess{};
};

/// The code behind inputs `flow` and `email`. `authentication_failed` for every wrong one; with retry_after when its
/// guesses, or the account's, are spent. A guess that cannot fit, because its flow is made up, another's or spent, is
/// not counted against the account: the client's limit is what holds it.
Result<GuessedCode> guess_code(const PhaseContext& context, const CodeShape& shape, std::string_view typed,
                               Purpose purpose, const GuessLimits& limits);

}  // namespace rowan
