#pragma once
// Internal. PooledDatabase: reads and transactions over pools of connections.
#include <rowan/storage/pool.hpp>

namespace rowan::storage {

class PooledDatabase final : public Database {
 public:
  /// One pool for both. `open_reader`: the connections of own_reader().
  PooledDatabase(Dialect dialect, Pool::Open open_reader, std::unique_ptr<Pool> connections);
  PooledDatabase(Dialect dialect, Pool::Open open_reader, std::unique_ptr<Pool> writers, std::unique_ptr<Pool> readers);
  Dialect dialect() const override { return dialect_; }
  std::unique_ptr<OwnReader> own_reader() override;

 protected:
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override;
  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override;

 private:
  Pool& readers() { return readers_ ? *readers_ : *writers_; }
  const Dialect dialect_;
  const Pool::Open open_reader_;
  const std::unique_ptr<Pool> writers_;  // destroyed last: on SQLite the writer makes the closing checkpoint
  const std::unique_ptr<Pool> readers_;
};

}  // namespace rowan::storage
