#pragma once
// Not installed. The use cases of the password room; no HTTP. Each prepares outside any transaction and returns what is
// to be done inside (docs/architecture.md#completing-a-sign-in).
#include <rowan/strategies/password/password.hpp>

namespace rowan::strategies::password {

/// The page of a mailed reset link.
inline constexpr std::string_view reset_page = "/password-reset";

/// Signs in; with confirm_first it gives the same answer for every address instead.
Result<Outcome> register_account(const PhaseContext& context, const PasswordOptions& options);
/// Stores the credentials of a registration that waited for the proof of its address.
Result<> adopt(Transaction& transaction, const Services& services, AccountId account, const Json& credentials);
/// Counts the guess; nullopt, and nothing counted, for an account without a password.
Result<std::optional<bool>> check_secret(const PhaseContext& context, AccountId account, std::string_view secret,
                                         const GuessLimits& limits);
/// Deletes the password, because others may know it. Only a reset sets one again.
Result<> forget(Transaction& transaction, AccountId account);
Result<SignedIn> sign_in(const PhaseContext& context, const PasswordOptions& options, const GuessLimits& limits);
Result<SignedIn> sign_in_with_token(const PhaseContext& context, const PasswordOptions& options);
/// Writes the same rows and makes a mail for every address, whether an account has it or not.
Result<Accepted> request_reset(const PhaseContext& context, const PasswordOptions& options);
Result<SignedIn> reset(const PhaseContext& context, const PasswordOptions& options);
/// The password once more, in a session.
Result<SignedIn> verify(const PhaseContext& context, const PasswordOptions& options, const GuessLimits& limits);
/// The password, as what can be shown again.
Result<std::vector<Factor>> factors(SqlConnection& connection, AccountId account, const std::string& name);
Result<SignedIn> change(const PhaseContext& context, const PasswordOptions& options, const GuessLimits& limits);
/// The credentials for `adopt`, made from a password that the rules allow.
Result<Json> make_credentials(const Services& services, const EmailKey& address, std::string_view secret,
                              const PasswordOptions& options);
/// Stores what make_credentials made, and tells the owner by mail.
/// Whoever changed it knows it, so it works no longer; one that was set since stays. The owner sets another by a reset.
Result<> undo(Transaction& transaction, const Services& services, const User& user, const Json& data);
/// `strategy`: whose notice this is.
Result<> set_password(Transaction& transaction, const Services& services, const User& user, const Json& credentials,
                      const std::string& strategy);
/// A token for sign_in_with_token that carries no proof, see Auth::issue_sign_in_token.
Result<std::string> issue_sign_in(const Services& services, Transaction& transaction, const User& user,
                                  std::int64_t generation, std::chrono::seconds lifetime);
/// What the page of a mailed link shows.
Result<Json> look_at_reset(const PhaseContext& context, std::string_view token, const PasswordOptions& options);

}  // namespace rowan::strategies::password
