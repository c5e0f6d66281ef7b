#include <rowan/add_ons/audit_log/entry.hpp>
#include <rowan/add_ons/audit_log/guard.hpp>
#include <rowan/add_ons/audit_log/queries.hpp>
#include <rowan/base/try.hpp>

namespace rowan::add_ons::audit_log {

Result<bool> may_guess(const Services& services, std::string_view counted_as, const AuditLogOptions& options) {
  const auto now = services.clock().now();
  return services.database().read([&](SqlConnection& connection) -> Result<bool> {
    std::int64_t failures = 0;
    for (const auto& hash : hashes_of_guess(services, counted_as)) {
      // What a clock ahead of ours wrote counts too, and no longer than a window more.
      ROWAN_TRY(const auto row, connection.first(sql::count_guesses, {{"guess", hash},
                                                                      {"from", now - options.audit_log_window},
                                                                      {"to", now + options.audit_log_window},
                                                                      {"most", options.audit_log_max_failures}}));
      failures += row ? row->integer("count") : 0;
    }
    return failures < options.audit_log_max_failures;
  });
}

Result<> forget_guesses(Transaction& transaction, const Services& services, std::string_view counted_as,
                        const AuditLogOptions& options) {
  for (const auto& hash : hashes_of_guess(services, counted_as))
    ROWAN_CHECK(transaction.execute(sql::forget_guesses,
                                    {{"guess", hash}, {"from", services.clock().now() - options.audit_log_window}}));
  return {};
}

}  // namespace rowan::add_ons::audit_log
