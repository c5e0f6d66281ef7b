#pragma once
// Not installed. The authenticators of accounts: rows with a sealed seed, and the one place where a code is looked at.
#include <rowan/strategies/totp/code.hpp>

namespace rowan::strategies::totp {

inline constexpr Purpose seed_purpose = "totp seed";

/// What a seed is sealed for: it opens in this row of this account only.
std::string row_of(AccountId account, std::string_view id);

struct Authenticator {
  std::string id{}, label{}, sealed{};
  Shape shape{};
  std::int64_t last_step = 0;
  Timestamp created_at{};
  std::optional<Timestamp> used_at{};
};
Result<std::vector<Authenticator>> authenticators_of(SqlConnection& connection, AccountId account);

/// A code that was right, and is not used yet.
struct RightCode {
  std::string id{};  // of the authenticator
  std::int64_t step = 0;
  std::string sealed{}, sealed_again{};  // the second only when an older master secret opened the first
  Guess guess{};
};

GuessLimits limits_of_guesses(const TotpOptions& options);

/// Counts a guess at the account's codes and looks at the one in the input `code`. `authentication_failed` for a wrong,
/// used or expired one and while the account is locked, `rate_limited` after too many.
Result<RightCode> look_at_code(const PhaseContext& context, const TotpOptions& options, AccountId account);

/// In the transaction of what the code is for: at most one caller ever gets it, and none before it afterwards.
Result<> use_code(Transaction& transaction, const Services& services, AccountId account, const RightCode& right);

struct NewAuthenticator {
  AccountId account{};
  std::string label{};
  Shape shape{};
  std::int64_t step = 0;  // of the code that confirmed it: it is used by that
};
/// Returns its id.
Result<std::string> add(Transaction& transaction, const Services& services, const NewAuthenticator& added,
                        std::string_view seed);

/// A change is taken back: {"added": id} or {"removed": row_of_removed}.
Result<> undo(Transaction& transaction, const Services& services, AccountId account, const Json& data);
/// All of it but for the account; the seed is sealed as it is stored.
Json row_of_removed(const Authenticator& authenticator);

/// Everything of the account, waiting set-ups too.
Result<> forget(Transaction& transaction, AccountId account);

}  // namespace rowan::strategies::totp
