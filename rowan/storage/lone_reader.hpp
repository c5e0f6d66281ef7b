#pragma once
// Internal. LoneReader: a connection outside the pool, for a reader that must not wait for those in it.
#include <rowan/storage/pool.hpp>

namespace rowan::storage {

class LoneReader final : public OwnReader {
 public:
  explicit LoneReader(Pool::Open open) : open_(std::move(open)) {}

 private:
  Result<> with_reader(const std::function<void(SqlConnection&)>& work) override;
  Result<> begin();

  const Pool::Open open_;
  std::unique_ptr<Connection> connection_{};
};

}  // namespace rowan::storage
