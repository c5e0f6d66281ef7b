#pragma once
// Internal. Pool: a bounded number of connections, opened on demand, waited for a bounded time.
#include <condition_variable>
#include <mutex>
#include <rowan/storage/connection.hpp>

namespace rowan::storage {

/// Thread-safe. Must outlive its leases.
class Pool {
 public:
  using Open = std::function<Result<std::unique_ptr<Connection>>()>;
  Pool(unsigned size, std::chrono::milliseconds acquire_timeout, Open open);
  ~Pool();

  /// A connection on loan; goes back, or is closed when broken, at the end.
  class Lease {
   public:
    Lease(Pool& pool, std::unique_ptr<Connection> connection) : pool_(&pool), connection_(std::move(connection)) {}
    Lease(Lease&&) noexcept = default;
    Lease& operator=(Lease&&) = delete;
    ~Lease() {
      if (connection_) pool_->give_back(std::move(connection_));
    }
    Connection& operator*() const { return *connection_; }
    Connection* operator->() const { return connection_.get(); }

   private:
    Pool* pool_;
    std::unique_ptr<Connection> connection_;
  };
  /// `unavailable` when none is free in time or none can be opened.
  Result<Lease> acquire();
  unsigned size() const { return size_; }
  /// Closes the idle connections, because their server is gone.
  void drop_idle();

 private:
  void give_back(std::unique_ptr<Connection> connection);
  void release_place();

  const unsigned size_;
  const std::chrono::milliseconds acquire_timeout_;
  const Open open_;
  std::mutex mutex_{};
  std::condition_variable changed_{};
  std::vector<std::unique_ptr<Connection>> idle_{};  // last in, first out: the warmest serves next
  unsigned taken_ = 0;                               // places in use, idle ones included
};

}  // namespace rowan::storage
