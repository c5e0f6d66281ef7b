#pragma once
// SwitchedDatabase: a database that a test can take away and give back.
#include <atomic>
#include <rowan/storage/database.hpp>

namespace rowan::testing {

/// While it is on, it passes everything on to `inner`, which must outlive it. While it is off, everything fails with
/// `unavailable`. Thread-safe.
class SwitchedDatabase final : public Database {
 public:
  explicit SwitchedDatabase(Database& inner) : inner_(&inner) {}
  void switch_off() { on_ = false; }
  void switch_on() { on_ = true; }
  Dialect dialect() const override { return inner_->dialect(); }
  unsigned connections() const override { return inner_->connections(); }
  std::unique_ptr<OwnReader> own_reader() override { return std::make_unique<Reader>(*this); }

 private:
  class Reader final : public OwnReader {
   public:
    explicit Reader(SwitchedDatabase& owner) : owner_(&owner), inner_(owner.inner_->own_reader()) {}

   private:
    Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
      if (!owner_->on_) return away();
      return inner_->read([&](SqlConnection& connection) -> Result<> {
        work(connection);
        return {};
      });
    }
    SwitchedDatabase* owner_;
    std::unique_ptr<OwnReader> inner_;
  };

  static Error away() { return {.code = ErrorCode::unavailable, .reason = "switched off by the test"}; }
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override {
    if (!on_) return away();
    return inner_->read([&](SqlConnection& connection) -> Result<> {
      work(connection);
      return {};
    });
  }
  Result<> with_transaction(const std::function<Result<>(Transaction&)>& work, Durability durability) override {
    if (!on_) return away();
    return inner_->transact([&](Transaction& transaction) { return work(transaction); }, durability);
  }

  Database* inner_;
  std::atomic<bool> on_{true};
};

}  // namespace rowan::testing
