#pragma once
// Internal. PooledDatabase: reads and transactions over pools of connections.
#include <rowan/storage/pool.hpp>

namespace rowan::storage {

class PooledDatabase final : public Database {
 public:
  /// `open_reader`: the connections of own_reader(). `patience`: when it has passed, nothing is run again.
  /// `readers`: null when `writers` serve both.
  struct Parts {
    Dialect dialect{};
    std::chrono::milliseconds patience{};
    Pool::Open open_reader{};
    std::unique_ptr<Pool> writers{};
    std::unique_ptr<Pool> readers{};
  };
  explicit PooledDatabase(Parts parts) : parts_(std::move(parts)) {}
  Dialect dialect() const override { return parts_.dialect; }
  unsigned connections() const override { return (parts_.readers ? parts_.readers : parts_.writers)->size(); }
  std::unique_ptr<OwnReader> own_reader() override;

 protected:
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override;
  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override;

 private:
  Pool& readers() { return parts_.readers ? *parts_.readers : *parts_.writers; }
  const Parts parts_;  // readers are destroyed first: on SQLite the writer makes the closing checkpoint
};

}  // namespace rowan::storage
