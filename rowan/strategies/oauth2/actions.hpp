#pragma once
// Not installed. The use cases of a sign-in with a provider; no HTTP of visitors.
#include <rowan/engine/phase_context.hpp>
#include <rowan/strategies/oauth2/room.hpp>

namespace rowan::strategies::oauth2 {

/// Sends the visitor to the provider.
Result<Redirect> request(const PhaseContext& context, const Room& room);
/// What the browser brings back. Signs in, or links for the session that began it.
Result<Outcome> callback(const PhaseContext& context, const Room& room);
/// For a native app: a nonce of ours, and the flow that it belongs to.
Result<Presented> give_nonce(const PhaseContext& context, const Room& room);
/// The ID token that the provider gave the app for it. Once, good or bad.
Result<Outcome> sign_in_by_token(const PhaseContext& context, const Room& room);
/// The same as `request` for who is signed in; a page leads to the provider, since browsers take no redirect to another
/// site for the answer to a form.
Result<Presented> ask_to_link(const PhaseContext& context, const Room& room);
/// Ends every other session. The last way in stays.
Result<SignedIn> unlink(const PhaseContext& context, const Room& room);
/// For the account page.
Json look_at_account(const PhaseContext& context, const Room& room);

}  // namespace rowan::strategies::oauth2
