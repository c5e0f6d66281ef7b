#pragma once
// Not installed. "Recent activity" on the account page: what happened to this account and concerns its owner.
#include <rowan/add_ons/audit_log/audit_log.hpp>

namespace rowan::add_ons::audit_log {

/// What the template gets: `events`, the newest first, at most so many. Of nobody else, and nothing from before the
/// owner proved the address. Nothing when the log cannot be read.
Json recent_activity(const PhaseContext& context, int most);

}  // namespace rowan::add_ons::audit_log
