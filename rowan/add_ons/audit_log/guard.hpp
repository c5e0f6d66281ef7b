#pragma once
// Not installed. The brute-force guard over the log (AuditLogOptions::brute_force_guard).
#include <rowan/add_ons/audit_log/audit_log.hpp>

namespace rowan::add_ons::audit_log {

/// Hooks::before_guess: false when too many wrong guesses were counted so within the window. One statement for each
/// master secret, whoever is guessed at.
Result<bool> may_guess(const Services& services, std::string_view counted_as, const AuditLogOptions& options);
/// Hooks::on_guesses_forgotten. The rows stay; they are counted no longer.
Result<> forget_guesses(Transaction& transaction, const Services& services, std::string_view counted_as,
                        const AuditLogOptions& options);

}  // namespace rowan::add_ons::audit_log
