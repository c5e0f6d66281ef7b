#pragma once
// Not installed.
#include <rowan/add_ons/audit_log/audit_log.hpp>

namespace rowan::add_ons::audit_log {

const std::vector<Option>& options();

/// Problems that bounds cannot express.
std::vector<std::string> problems_of(const AuditLogOptions& options, const SubjectView& subject);

}  // namespace rowan::add_ons::audit_log
