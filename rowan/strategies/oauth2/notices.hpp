#pragma once
// Not installed. What the owner of an account is told about its providers, and how each change is taken back.
#include <rowan/engine/strategy.hpp>
#include <rowan/strategies/oauth2/identities.hpp>

namespace rowan::strategies::oauth2 {

/// A provider was put on the account; a provider was taken off it. `strategy` is the one that tells and whose `undo` is
/// called; `label` names the provider as people know it. Declare the letters with those of the strategy.
Result<> tell_of_link(Transaction& transaction, const PhaseContext& context, const std::string& strategy,
                      const std::string& label, const Person& person, const User& owner);
Result<> tell_of_unlink(Transaction& transaction, const PhaseContext& context, const std::string& strategy,
                        const std::string& label, const Identity& identity, const User& owner);
LetterSpec linked_letter();
LetterSpec unlinked_letter();

/// Strategy::undo: what was put on the account goes, and what was taken off it comes back, unless it has another
/// account by now.
Result<> undo_change(Transaction& transaction, const Services& services, const User& user, const Json& data);

}  // namespace rowan::strategies::oauth2
