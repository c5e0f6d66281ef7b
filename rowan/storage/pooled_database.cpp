#if defined(ROWAN_HAS_STORAGE_SQLITE) || defined(ROWAN_HAS_STORAGE_POSTGRES)
#include <rowan/base/try.hpp>
#include <rowan/storage/lone_reader.hpp>
#include <rowan/storage/pooled_database.hpp>

namespace rowan::storage {

PooledDatabase::PooledDatabase(Dialect dialect, Pool::Open open_reader, std::unique_ptr<Pool> connections)
    : PooledDatabase(dialect, std::move(open_reader), std::move(connections), nullptr) {}

PooledDatabase::PooledDatabase(Dialect dialect, Pool::Open open_reader, std::unique_ptr<Pool> writers,
                               std::unique_ptr<Pool> readers)
    : dialect_(dialect),
      open_reader_(std::move(open_reader)),
      writers_(std::move(writers)),
      readers_(std::move(readers)) {}

std::unique_ptr<OwnReader> PooledDatabase::own_reader() { return std::make_unique<LoneReader>(open_reader_); }

Result<> PooledDatabase::with_reader(const std::function<void(SqlConnection&)>& work) {
  ROWAN_TRY(const auto lease, readers().acquire());
  work(*lease);
  return {};
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
  for (int run = 1;; ++run) {
    auto lease = writers_->acquire();
    if (!lease) return std::move(lease).error();
    std::optional<Pool::Lease> held(*std::move(lease));
    Transaction transaction(**held);
    auto done = run_once(**held, transaction, work, durability);
    const bool again = !done && (*held)->wants_another_run() && run < most_runs;
    held.reset();
    if (again) continue;
    if (done) transaction.run_after_commit();
    return done;
  }
}

}  // namespace rowan::storage
#endif
