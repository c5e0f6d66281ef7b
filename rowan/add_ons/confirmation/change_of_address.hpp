#pragma once
// Not installed. Change of address (REC-09): asked for with the password, proven at the new one, told to the old one,
// which can take it back.
#include <rowan/add_ons/confirmation/confirmation.hpp>
#include <rowan/tokens/link_tokens.hpp>

namespace rowan::add_ons::confirmation {

/// The same answer whether the new address is taken or not.
Result<Accepted> ask_for_change(const PhaseContext& context, const ConfirmationOptions& options);
Result<SignedIn> carry_out(const PhaseContext& context, std::string token, const tokens::Link& link,
                           const ConfirmationOptions& options);
Result<SignedIn> take_back(const PhaseContext& context, std::string token, const tokens::Link& link,
                           const ConfirmationOptions& options);

}  // namespace rowan::add_ons::confirmation
