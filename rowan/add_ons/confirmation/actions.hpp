#pragma once
// Not installed. The use cases of the confirmation add-on; no HTTP. What is to be confirmed waits beside its link,
// server-side.
#include <rowan/add_ons/confirmation/confirmation.hpp>

namespace rowan::add_ons::confirmation {

inline constexpr std::string_view page = "/confirm_new_user";

/// Whatever the link is about: an account, a registration, a change, or its revert. The page showed which. It signs in
/// where it was asked for, and within ten minutes of the mail elsewhere (MFA-05); later it only confirms.
Result<SignedIn> confirm(const PhaseContext& context, const ConfirmationOptions& options);
/// The same writes and a mail for every address.
Result<Accepted> resend(const PhaseContext& context, const ConfirmationOptions& options);
/// Of an account that is closed: links to take it back hold both of its addresses.
Result<> forget(Transaction& transaction, const User& user);
Result<Json> look(const PhaseContext& context, std::string_view token);

/// For other rooms (engine/strategy.hpp, Confirming).
Result<std::string> hold(Transaction& transaction, const PhaseContext& context, const HeldRegistration& registration,
                         const ConfirmationOptions& options);
/// The address of this account has an owner now: registrations that others left waiting for it end.
Result<> on_taken_over(Transaction& transaction, const Services& services, AccountId account);
/// A new account whose address is not proven yet.
Result<> on_register(Transaction& transaction, const Services& services, const User& user, const AuthEvent& event,
                     const ConfirmationOptions& options);

}  // namespace rowan::add_ons::confirmation
