#pragma once
// The use cases of the confirmation add-on; no HTTP. What is to be confirmed waits beside its link, server-side.
#include <rowan/add_ons/confirmation/confirmation.hpp>

namespace rowan::add_ons::confirmation {

inline constexpr std::string_view page = "/confirm_new_user";
inline constexpr std::string_view letter_of_ask = "confirmation/confirm";

/// Whatever the link is about: an account, a registration, a change, or its revert. The page showed which.
Result<SignedIn> confirm(const PhaseContext& context, const ConfirmationOptions& options);
/// The same writes and a mail for every address.
Result<Accepted> resend(const PhaseContext& context, const ConfirmationOptions& options);
Result<Json> look(const PhaseContext& context, std::string_view token);

/// For other rooms (engine/strategy.hpp, Confirming).
Result<> hold(Transaction& transaction, const PhaseContext& context, const HeldRegistration& registration,
              const ConfirmationOptions& options);
Result<> ask(Transaction& transaction, const PhaseContext& context, const User& user, std::int64_t generation,
             const ConfirmationOptions& options, const std::vector<std::string>& instead = {});
/// A new account whose address nobody has proven yet.
Result<> on_register(Transaction& transaction, const Spine& spine, const User& user, const AuthEvent& event,
                     const ConfirmationOptions& options);

}  // namespace rowan::add_ons::confirmation
