#pragma once
// Not installed. Which events are written.
#include <rowan/add_ons/audit_log/audit_log.hpp>

namespace rowan::add_ons::audit_log {

/// Its kind, its strategy and its action are included, and none of them is excluded.
bool is_wanted(const AuthEvent& event, const AuditLogOptions& options);
/// Whether events of this kind are written at all.
bool is_wanted(AuthEvent::Kind kind, const AuditLogOptions& options);

}  // namespace rowan::add_ons::audit_log
