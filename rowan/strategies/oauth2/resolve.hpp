#pragma once
// Not installed. Whose account a person of a provider gets (docs/decisions/0035-accounts-and-providers.md).
#include <rowan/engine/phase_context.hpp>
#include <rowan/strategies/oauth2/room.hpp>

namespace rowan::strategies::oauth2 {

/// In this order: the account that the person has already; where no account has the address, a new one; the account
/// that has it, when both sides are verified; a code mailed to that account, where UntrustedMatch::confirm says so.
/// Everything else is `authentication_failed`: the person signs in another way and links the provider on the account
/// page. Any number at once make one account.
Result<Outcome> sign_in_as(const PhaseContext& context, const Room& room, const Person& person,
                           const std::string& return_to);

/// SignedIn::keep that puts the person on this account, after a take-over has removed what was linked before, and tells
/// its owner.
std::function<Result<>(Transaction&)> keeping(const PhaseContext& context, const Room& room, Person person,
                                              AccountId account);

/// Puts the person on the account that is signed in, and tells its owner. A person who is on it already is no error.
Result<> link(const PhaseContext& context, const Room& room, const Person& person, AccountId account,
              std::int64_t generation);

}  // namespace rowan::strategies::oauth2
