#pragma once
// CountingDatabase: records every statement, so that a test can compare what two requests cost.
#include <atomic>
#include <memory>
#include <mutex>
#include <rowan/storage/database.hpp>
#include <string>
#include <vector>

namespace rowan::testing {

/// Passes everything on to `inner`, which must outlive it. Thread-safe.
class CountingDatabase final : public Database {
 public:
  explicit CountingDatabase(Database& inner) : inner_(&inner) {}
  Dialect dialect() const override { return inner_->dialect(); }

  /// Begins to record. Statements before this call, such as migrations, are only passed on.
  void start() { on_ = true; }
  /// The statements since the last call, in order. "BEGIN" stands before those of each transaction, and each statement
  /// is followed by the number of rows that it returned or changed. A transaction that runs again is recorded again.
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
