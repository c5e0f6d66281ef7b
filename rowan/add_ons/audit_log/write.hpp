#pragma once
// Not installed. Writing rows: at once, in the transaction of what happened, or together from memory.
#include <mutex>
#include <rowan/add_ons/audit_log/entry.hpp>

namespace rowan::add_ons::audit_log {

/// Of an account that is closed or gone, nothing personal is written.
Result<> write(Transaction& transaction, Entry entry);

/// Rows that wait in memory (AuditLogOptions::write_batching). Thread-safe.
class Batch {
 public:
  void put(Entry entry);
  /// Writes them all when there are enough or the first has waited long enough, or when `now`. What cannot be written
  /// waits for the next time.
  Result<> flush(const Services& services, const AuditLogOptions& options, bool now = false);

 private:
  std::vector<Entry> take(const Clock& clock, const AuditLogOptions& options, bool now);
  void put_back(std::vector<Entry> entries);

  std::mutex mutex_{};
  std::vector<Entry> waiting_{};
  std::size_t lost_ = 0;
};

}  // namespace rowan::add_ons::audit_log
