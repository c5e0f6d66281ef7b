#pragma once
// Not installed. What the phases of the room do, without HTTP.
#include <rowan/add_ons/active_sessions/active_sessions.hpp>
#include <rowan/engine/phase_context.hpp>

namespace rowan::add_ons::active_sessions {

Result<Presented> list(const PhaseContext& context, const ActiveSessionsOptions& options);
Result<Accepted> end(const PhaseContext& context, const ActiveSessionsOptions& options);
/// Everything of the account, or everything but this session, which is renewed.
Result<Outcome> log_out_everywhere(const PhaseContext& context, const ActiveSessionsOptions& options);

/// What the panels of the account page show.
Json look_at_sessions(const PhaseContext& context);

/// A sign-in made one more: which have to go.
Result<> keep_to_limit(Transaction& transaction, const Services& services, const AuthEvent& event, int max_sessions);

}  // namespace rowan::add_ons::active_sessions
