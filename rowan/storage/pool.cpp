#if defined(ROWAN_HAS_STORAGE_SQLITE) || defined(ROWAN_HAS_STORAGE_POSTGRES)
#include <rowan/base/try.hpp>
#include <rowan/storage/pool.hpp>

namespace rowan::storage {

Pool::Pool(unsigned size, std::chrono::milliseconds acquire_timeout, Open open)
    : size_(size == 0 ? 1 : size), acquire_timeout_(acquire_timeout), open_(std::move(open)) {
  idle_.reserve(size_);  // so that giving back never allocates
}

Pool::~Pool() = default;

Result<Pool::Lease> Pool::acquire() {
  std::unique_ptr<Connection> connection;
  {
    std::unique_lock lock(mutex_);
    const auto free = [&] { return !idle_.empty() || taken_ < size_; };
    if (!changed_.wait_for(lock, acquire_timeout_, free)) {
      return Error{.code = ErrorCode::unavailable, .reason = "no database connection became free in time"};
    }
    if (idle_.empty()) {
      ++taken_;
    } else {
      connection = std::move(idle_.back());
      idle_.pop_back();
    }
  }
  if (connection && connection->is_alive()) return Lease(*this, std::move(connection));
  connection.reset();
  try {
    auto opened = open_();
    if (opened) return Lease(*this, *std::move(opened));
    release_place();
    return std::move(opened).error();
  } catch (...) {
    release_place();
    throw;
  }
}

void Pool::give_back(std::unique_ptr<Connection> connection) {
  connection->rollback();  // does nothing, unless the caller began a transaction by hand
  if (connection->is_broken()) {
    connection.reset();
    release_place();
    return;
  }
  {
    const std::lock_guard lock(mutex_);
    idle_.push_back(std::move(connection));
  }
  changed_.notify_one();
}

void Pool::drop_idle() {
  std::vector<std::unique_ptr<Connection>> dropped;
  {
    const std::lock_guard lock(mutex_);
    dropped.swap(idle_);
    idle_.reserve(size_);
    taken_ -= static_cast<unsigned>(dropped.size());
  }
  dropped.clear();
  changed_.notify_all();
}

void Pool::release_place() {
  {
    const std::lock_guard lock(mutex_);
    --taken_;
  }
  changed_.notify_one();
}

}  // namespace rowan::storage
#endif
