#pragma once
// Not installed. A person whose address an account has, while the provider's word about it does not count: a code that
// is mailed to the account's address, and entered in the browser that came back, shows that one person has both
// (UntrustedMatch::confirm). A link would not do: an owner who follows one would let a stranger's identity in.
#include <rowan/engine/phase_context.hpp>
#include <rowan/strategies/oauth2/room.hpp>

namespace rowan::accounts {
struct Account;
}

namespace rowan::strategies::oauth2 {

/// Mails the code. A disabled account's owner gets none, and the answer is the same.
Result<Accepted> ask_owner(const PhaseContext& context, const Room& room, const Person& person,
                           const accounts::Account& account, const std::string& return_to);
/// The room of a provider by its IdentitySource::key; nullopt when it mails no codes (any more).
using RoomOfProvider = std::function<Result<std::optional<Room>>(const std::string& provider)>;
/// The code, where it was asked for: puts the person on the account and signs in. `room` counts the guesses.
Result<SignedIn> confirm_match_of(const PhaseContext& context, const Room& room, const RoomOfProvider& room_of);
Result<SignedIn> confirm_match(const PhaseContext& context, const Room& room);

GuessLimits limits_of_match(const Room& room);

}  // namespace rowan::strategies::oauth2
