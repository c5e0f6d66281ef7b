#pragma once
// Not installed. The codes of accounts: rows, and the one place where a code is looked at and used.
#include <rowan/strategies/recovery_code/code.hpp>

namespace rowan::strategies::recovery_code {

/// From here on the owner is reminded to make new ones.
inline constexpr std::int64_t few = 2;

/// What an account has. None when it never made any.
struct Codes {
  std::int64_t made = 0, left = 0;
  std::optional<Timestamp> created_at{}, used_at{};
};
Result<Codes> codes_of(SqlConnection& connection, AccountId account);

/// A code that was right, and is not used yet.
struct RightCode {
  std::string hash{};
  Guess guess{};
};

GuessLimits limits_of_guesses(const RecoveryCodeOptions& options);

/// Counts a guess at the account's codes and looks at the one in the input `code`. `authentication_failed` for a wrong
/// or used one and while the account is locked, `rate_limited` after too many.
Result<RightCode> look_at_code(const PhaseContext& context, const RecoveryCodeOptions& options, AccountId account);

/// In the transaction of what the code is for: at most one caller ever gets it. Answers how many are left.
Result<std::int64_t> use_code(Transaction& transaction, const Services& services, AccountId account,
                              const RightCode& right);

/// Makes a new set; all that were there before are void. Answers them as they are shown, this once.
Result<std::vector<std::string>> replace(Transaction& transaction, const Services& services, AccountId account,
                                         const RecoveryCodeOptions& options);

Result<> forget(Transaction& transaction, AccountId account);

}  // namespace rowan::strategies::recovery_code
