#pragma once
// Not installed. What owners do with the browsers that are remembered.
#include <rowan/engine/outcome.hpp>
#include <rowan/engine/phase_context.hpp>
#include <rowan/strategies/remember_me/remember_me.hpp>

namespace rowan::strategies::remember_me {

Result<Presented> list(const PhaseContext& context, const RememberMeOptions& options);
/// It is not signed in again; its session ends, too, unless it is this one.
Result<Accepted> forget_browser(const PhaseContext& context, const RememberMeOptions& options);
/// For the panel of the account page.
Json shown_browsers(const PhaseContext& context);

}  // namespace rowan::strategies::remember_me
