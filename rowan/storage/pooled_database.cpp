#if defined(ROWAN_HAS_STORAGE_SQLITE) || defined(ROWAN_HAS_STORAGE_POSTGRES)
#include <rowan/base/try.hpp>
#include <rowan/storage/lone_reader.hpp>
#include <rowan/storage/pooled_database.hpp>

namespace rowan::storage {

std::unique_ptr<OwnReader> PooledDatabase::own_reader() { return std::make_unique<LoneReader>(parts_.open_reader); }

Result<> PooledDatabase::with_reader(const std::function<void(SqlConnection&)>& work) {
  for (bool first = true;; first = false) {
    ROWAN_TRY(const auto lease, readers().acquire());
    auto begun = lease->begin_reading();
    if (begun) work(*lease);
    // A connection that broke is no reason to fail: it may have been stale. It is one when it took all the time there
    // was.
    const bool again = first && lease->is_broken() && lease->wants_another_run();
    if (lease->server_is_gone()) readers().drop_idle();
    lease->end_reading();
    if (!again) return begun;
  }
}

namespace {

Result<> run_once(Connection& connection, Transaction& transaction, const std::function<Result<>(Transaction&)>& work,
                  Durability durability) {
  ROWAN_CHECK(connection.begin(durability));
  try {
    auto done = work(transaction);
    if (done) done = transaction.run_before_commit();
    if (!done) {
      connection.rollback();
      return done;
    }
  } catch (...) {
    connection.rollback();
    throw;
  }
  return connection.commit();
}

}  // namespace

Result<> PooledDatabase::with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) {
  constexpr int most_runs = 5;
  const auto patient_until = std::chrono::steady_clock::now() + parts_.patience;
  for (int run = 1;; ++run) {
    auto lease = parts_.writers->acquire();
    if (!lease) return std::move(lease).error();
    std::optional<Pool::Lease> held(*std::move(lease));
    Transaction transaction(**held);
    auto done = run_once(**held, transaction, work, durability);
    const bool again = !done && done.error().effect == Effect::none && (*held)->wants_another_run() &&
                       run < most_runs && std::chrono::steady_clock::now() < patient_until;
    if ((*held)->server_is_gone()) parts_.writers->drop_idle();
    held.reset();
    if (again) continue;
    if (done) transaction.run_after_commit();
    return done;
  }
}

}  // namespace rowan::storage
#endif
