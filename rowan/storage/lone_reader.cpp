#if defined(ROWAN_HAS_STORAGE_SQLITE) || defined(ROWAN_HAS_STORAGE_POSTGRES)
#include <rowan/base/try.hpp>
#include <rowan/storage/lone_reader.hpp>

namespace rowan::storage {

Result<> LoneReader::with_reader(const std::function<void(SqlConnection&)>& work) {
  ROWAN_CHECK(begin());
  try {
    work(*connection_);
  } catch (...) {
    connection_.reset();
    throw;
  }
  // What was read before a failure is not the whole: the failure is the answer, whatever the work made of it.
  Result<> done;
  if (const auto& failure = connection_->first_failure()) {
    done = *failure;
    connection_->rollback();
  } else {
    done = connection_->commit();
  }
  if (connection_->is_broken()) connection_.reset();
  return done;
}

// A connection kept since the last time may have died meanwhile; one opened just now is the last try.
Result<> LoneReader::begin() {
  if (connection_ && !connection_->is_alive()) connection_.reset();
  const bool was_open = connection_ != nullptr;
  if (!was_open) {
    ROWAN_TRY(connection_, open_());
  }
  auto begun = connection_->begin_snapshot();
  if (begun) return {};
  const bool again = was_open && connection_->wants_another_run();
  connection_.reset();
  return again ? begin() : std::move(begun);
}

}  // namespace rowan::storage
#endif
