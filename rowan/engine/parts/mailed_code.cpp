#include <algorithm>
#include <cmath>
#include <rowan/base/email_address.hpp>
#include <rowan/base/try.hpp>
#include <rowan/engine/parts/mailed_code.hpp>
#include <rowan/engine/parts/phase_parts.hpp>
#include <rowan/engine/parts/typed_code.hpp>
#include <rowan/engine/spine.hpp>
#include <rowan/tokens/devices.hpp>
#include <set>

namespace rowan {

namespace {

// A byte below the largest multiple of the alphabet's size, so that every character is as likely as any other.
char pick(std::string_view alphabet, Random& random) {
  const auto fair = 256 - 256 % alphabet.size();
  for (;;) {
    const auto byte = std::to_integer<std::size_t>(random.bytes<1>()[0]);
    if (byte < fair) return alphabet[byte % alphabet.size()];
  }
}

}  // namespace

double combinations(const CodeShape& shape) {
  return std::pow(static_cast<double>(shape.alphabet.size()), static_cast<double>(shape.length));
}

std::vector<std::string> problems_of_alphabet(const CodeShape& shape) {
  const std::set<char> letters(shape.alphabet.begin(), shape.alphabet.end());
  if (letters.size() != shape.alphabet.size() || shape.alphabet.size() > 64 ||
      !std::all_of(letters.begin(), letters.end(),
                   [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9'); }))
    return {"alphabet: must consist of distinct characters of A-Z and 0-9; use one of CodeShape's"};
  return {};
}

std::vector<std::string> problems_of(const CodeShape& shape) {
  auto problems = problems_of_alphabet(shape);
  if (shape.length > 12) problems.push_back("length: at most 12 characters; longer codes are too hard to type");
  if (combinations(shape) < CodeShape::least_combinations)
    problems.push_back("length: must allow at least 1,000,000 codes; make it longer or use a larger alphabet (MFA-04)");
  return problems;
}

std::string make_code(const CodeShape& shape, Random& random) {
  std::string code;
  for (std::size_t i = 0; i < shape.length; ++i) code += pick(shape.alphabet, random);
  return code;
}

std::string shown(std::string_view code) {
  if (code.size() < 6) return std::string(code);
  const auto half = (code.size() + 1) / 2;
  return std::string(code.substr(0, half)) + "-" + std::string(code.substr(half));
}

std::string normalised_code(const CodeShape& shape, std::string_view typed) {
  auto code = without_look_alikes(bare_code(typed), shape.alphabet);
  const bool fits = code.size() == shape.length && code.find_first_not_of(shape.alphabet) == std::string::npos;
  return fits ? code : std::string();
}

GuessLimits limits_of_codes(const std::string& name, std::int64_t max) {
  return {.name = name + "/code",
          .max = max,
          .window = std::chrono::minutes(15),
          .over = protection::OverLimit::wrong_credential,
          .consecutive = 100,
          .lock = std::chrono::days(1)};
}

Result<GuessedCode> guess_code(const PhaseContext& context, const CodeShape& shape, std::string_view typed,
                               Purpose purpose, const GuessLimits& limits) {
  ROWAN_TRY(const auto email, EmailAddress::parse(context.inputs.text("email")));
  // What cannot be a code counts as a guess too, and takes the same way.
  auto code = normalised_code(shape, typed);
  if (code.empty()) code = "?";
  const auto& services = context.services;
  const auto flow = context.inputs.text("flow");
  struct Aim {
    std::optional<AccountId> account{};
    bool from_known_device = false;
  };
  ROWAN_TRY(const auto aim, services.database().read([&](SqlConnection& connection) -> Result<Aim> {
    Aim found;
    ROWAN_TRY(found.account, services.codes().account_behind(connection, flow, email.key(), purpose, context.realm));
    ROWAN_TRY(found.from_known_device, tokens::knows_device(connection, found.account.value_or(AccountId()),
                                                            context.visitor.device, services.clock().now()));
    return found;
  }));
  GuessedCode guessed;
  bool is_locked = false;
  if (aim.account) {
    auto counted =
        count_guess(context, limits,
                    {.account = *aim.account, .address_key = email.key(), .from_known_device = aim.from_known_device});
    // A lock is answered as a wrong code is, and takes as long.
    is_locked = !counted && counted.error().code == ErrorCode::authentication_failed && !counted.error().retry_after;
    if (!counted && !is_locked) return std::move(counted).error();
    if (counted) guessed.guess = *std::move(counted);
  }
  ROWAN_TRY(auto guess,
            services.codes().guess(services.database(), {.flow = flow, .code = code}, purpose, context.realm));
  if (guess.spent_until) {
    auto spent = wrong_credential("no guesses left for this code");
    spent.retry_after = std::chrono::ceil<std::chrono::seconds>(*guess.spent_until - services.clock().now());
    return spent;
  }
  if (is_locked) return wrong_credential("too many wrong codes in a row");
  if (!guess.right || !aim.account) return wrong_credential("wrong, foreign, expired or used code");
  if (guess.right->about.address_key != email.key()) return wrong_credential("a code for another address");
  guessed.right = *std::move(guess.right);
  return guessed;
}

}  // namespace rowan
