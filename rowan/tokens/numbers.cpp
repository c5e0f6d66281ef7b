#include <rowan/base/try.hpp>
#include <rowan/tokens/numbers.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {
constexpr std::int64_t block_size = 256;
}

Result<std::int64_t> Numbers::take() {
  const std::lock_guard lock(mutex_);
  if (!returned_.empty()) {
    const auto number = returned_.back();
    returned_.pop_back();
    return number;
  }
  if (next_ == end_) {
    ROWAN_TRY(const auto end, database_->transact([](Transaction& transaction) -> Result<std::int64_t> {
      ROWAN_TRY(const auto row, transaction.first(sql::take_block, {{"size", block_size}}));
      if (!row) return Error{.code = ErrorCode::internal, .reason = "rowan_numbers has no row"};
      return row->integer(0);
    }));
    end_ = end;
    next_ = end - block_size;
  }
  return next_++;
}

void Numbers::give_back(std::int64_t number) {
  const std::lock_guard lock(mutex_);
  returned_.push_back(number);
}

}  // namespace rowan::tokens
