#pragma once
// CountingDatabase: writes down every statement, so that a test can say that two requests cost the same.
#include <atomic>
#include <memory>
#include <mutex>
#include <rowan/storage/database.hpp>
#include <string>
#include <vector>

namespace rowan::testing {

/// Everything goes to `inner`, which must outlive its use. Thread-safe.
class CountingDatabase final : public Database {
 public:
  explicit CountingDatabase(Database& inner) : inner_(&inner) {}
  Dialect dialect() const override { return inner_->dialect(); }

  /// Writes down from now on. Before, everything goes straight to `inner`, migrations among it.
  void start() { on_ = true; }
  /// The statements since the last call, in order, with "BEGIN" before those of each transaction and how many rows each
  /// gave or changed behind it. A transaction that runs again counts again.
  std::vector<std::string> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(statements_, {});
  }

 private:
  class Connection final : public SqlConnection {
   public:
    Connection(CountingDatabase& to, SqlConnection& inner) : to_(&to), inner_(&inner) {}
    Result<std::vector<SqlRow>> query(const Sql& statement, SqlParams params) override {
      auto rows = inner_->query(statement, params);
      to_->write_down(statement, rows ? static_cast<std::int64_t>(rows->size()) : -1);
      return rows;
    }
    Result<std::int64_t> execute(const Sql& statement, SqlParams params) override {
      auto changed = inner_->execute(statement, params);
      to_->write_down(statement, changed ? *changed : -1);
      return changed;
    }
    Dialect dialect() const override { return inner_->dialect(); }
    void* native_handle() override { return inner_->native_handle(); }

   private:
    CountingDatabase* to_;
    SqlConnection* inner_;
  };

  void write_down(const Sql& statement, std::int64_t rows) {
    const std::lock_guard lock(mutex_);
    statements_.push_back(std::string(statement.text(dialect())) + " -- " + std::to_string(rows));
  }

  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    return inner_->read([&](SqlConnection& connection) -> Result<> {
      if (!on_) {
        work(connection);
        return {};
      }
      Connection counting(*this, connection);
      work(counting);
      return {};
    });
  }

  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override {
    return inner_->transact(
        [&](Transaction& transaction) -> Result<> {
          if (!on_) return work(transaction);
          {
            const std::lock_guard lock(mutex_);
            statements_.emplace_back("BEGIN");
          }
          Connection counting(*this, transaction.connection());
          const auto counted = std::make_shared<Transaction>(counting);
          if (auto done = work(*counted); !done) return done;
          if (auto done = counted->run_before_commit(); !done) return done;
          transaction.after_commit([counted] { counted->run_after_commit(); });
          return {};
        },
        durability);
  }

  Database* inner_;
  std::atomic<bool> on_ = false;
  std::mutex mutex_{};
  std::vector<std::string> statements_{};
};

}  // namespace rowan::testing
