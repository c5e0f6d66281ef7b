#pragma once
// Not installed. Not for applications. FeedReader: follows the revocation feed and notices when it is no longer the
// feed it has read.
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <rowan/base/clock.hpp>
#include <rowan/storage/database.hpp>
#include <rowan/tokens/numbers.hpp>
#include <vector>

namespace rowan::tokens {

/// One thread at a time. Reads in pages, each in a short read of its own, and keeps its position after each. So it
/// continues after a failure, and no page exceeds a statement's time limit, however long the feed is.
///
/// The feed goes back when a standby that lags is promoted or a backup is restored. So the reader keeps the random mark
/// of the row it stands on in each shard, and compares it with every read. A shorter shard, another mark, or a missing
/// row that had not expired mean another history. Then everything is read again, and nothing that was learnt is
/// forgotten. (Rows of a release without marks have mark 0; for them only the other two signs count.)
class FeedReader {
 public:
  FeedReader(Database& database, const Numbers& numbers, const Clock& clock)
      : reader_(database.own_reader()), numbers_(&numbers), clock_(&clock) {}

  using Take = std::function<void(std::int64_t kind, std::int64_t number)>;
  struct Read {
    enum class Until {
      end,            // of the feed as it was when this call began
      enough,         // the time was over before
      other_history,  // the positions are forgotten: read again
    } until = Until::end;
    Numbers::Counters counters{};    // as of the beginning
    std::int64_t numbers_known = 0;  // issued_below() before it
  };
  /// Hands out what lies behind the position. `at_most`: no page begins later than so long after the first.
  Result<Read> read(const Take& take, std::chrono::nanoseconds at_most);

 private:
  struct Head {
    std::int64_t shard = 0, head = 0, mark = 0;
    bool there = false;  // the row at the head
  };
  struct Place {  // where we stand in a shard
    std::int64_t n = 0, mark = 0;
    Timestamp expires_at{};
    bool there = true;  // the row we stand on was there
  };
  bool is_another_history(const std::vector<Head>& heads);
  Result<Read::Until> read_page(SqlConnection& connection, const Head& head, const Take& take, std::int64_t& room);
  bool may_have_expired(const Place& place) const { return place.expires_at < clock_->now(); }

  std::unique_ptr<OwnReader> reader_;
  const Numbers* numbers_;
  const Clock* clock_;
  std::map<std::int64_t, Place> places_{};  // by shard; a shard that this release does not know is read like any other
};

}  // namespace rowan::tokens
