#pragma once
// Not installed. A row as a record.
#include <rowan/add_ons/audit_log/audit_log.hpp>

namespace rowan::add_ons::audit_log {

AuditRecord record_from(const SqlRow& row);

}  // namespace rowan::add_ons::audit_log
