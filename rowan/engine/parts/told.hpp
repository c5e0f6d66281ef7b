#pragma once
// Telling hooks what a phase did, in its own transaction (Hooks::on_event).
#include <rowan/engine/hooks.hpp>
#include <rowan/engine/phase_context.hpp>

namespace rowan {

/// Whether the hooks hear of such events.
bool hears(const Hooks& hooks, AuthEvent::Kind kind);

/// For a phase that changes something and returns no SignedIn: call it last in its transaction, so that a row of an
/// audit log is there exactly when the change is. Without it, the engine tells of the phase after its commit.
Result<> tell_done(Transaction& transaction, const PhaseContext& context);

/// The same for a phase that ends sessions or tokens, one by one: signed_out (AuthEvent::ended).
Result<> tell_ended(Transaction& transaction, const PhaseContext& context, std::vector<std::int64_t> numbers);

/// The same for what is no phase.
Result<> tell(Transaction& transaction, const Services& services, const AuthEvent& event);

namespace engine {
/// Of a phase, as the context and its notes say.
AuthEvent event_of(const PhaseContext& context, AuthEvent::Kind kind);
}  // namespace engine

}  // namespace rowan
