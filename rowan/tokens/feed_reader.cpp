#include <algorithm>
#include <rowan/base/try.hpp>
#include <rowan/tokens/feed_reader.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {
constexpr std::int64_t rows_of_a_page = 20'000;
}

Result<FeedReader::Read> FeedReader::read(const Take& take, std::chrono::nanoseconds at_most) {
  const auto began = clock_->elapsed();
  Read read{.numbers_known = numbers_->issued_below()};
  std::vector<Head> heads;
  const auto look = [&](SqlConnection& connection) -> Result<> {
    if (heads.empty()) {
      ROWAN_CHECK(connection.each(sql::heads, {}, [&](std::span<const std::int64_t> row) {
        heads.push_back({.shard = row[0], .head = row[1], .mark = row[2], .there = row[3] != 0});
      }));
      if (heads.empty()) return Error{.code = ErrorCode::internal, .reason = "rowan_feed_heads has no row"};
      ROWAN_TRY(read.counters, Numbers::read(connection));
      if (is_another_history(heads)) {
        read.until = Read::Until::other_history;
        return {};
      }
    }
    read.until = Read::Until::end;
    auto room = rows_of_a_page;
    for (const auto& head : heads) {
      while (places_[head.shard].n < head.head) {
        if (room <= 0) {
          read.until = Read::Until::enough;
          return {};
        }
        ROWAN_TRY(read.until, read_page(connection, head, take, room));
        if (read.until == Read::Until::other_history) return {};
      }
    }
    return {};
  };
  do {
    ROWAN_CHECK(reader_->read(look));
  } while (read.until == Read::Until::enough && clock_->elapsed() - began < at_most);
  if (read.until == Read::Until::other_history) places_.clear();
  return read;
}

bool FeedReader::is_another_history(const std::vector<Head>& heads) {
  std::size_t met = 0;
  for (const auto& head : heads) {
    const auto found = places_.find(head.shard);
    if (found == places_.end()) continue;
    ++met;
    auto& place = found->second;
    if (head.head < place.n) return true;
    if (head.head > place.n || place.n == 0) continue;  // read_page compares
    if (head.there != place.there) {
      if (head.there || !may_have_expired(place)) return true;
      place.there = false;
    } else if (head.there && head.mark != place.mark) {
      return true;
    }
  }
  return met < places_.size();  // a whole shard is gone
}

Result<FeedReader::Read::Until> FeedReader::read_page(SqlConnection& connection, const Head& head, const Take& take,
                                                      std::int64_t& room) {
  auto& place = places_[head.shard];
  const auto most = room + 1;  // the row we stand on comes first
  std::int64_t rows = 0;
  bool same = place.n == 0, first = true, other = false;
  ROWAN_CHECK(connection.each(sql::behind,
                              {{"shard", head.shard}, {"position", place.n}, {"head", head.head}, {"most", most}},
                              [&](std::span<const std::int64_t> row) {
                                const auto n = row[0], kind = row[1], number = row[2], mark = row[3];
                                ++rows;
                                if (std::exchange(first, false) && n == place.n) {
                                  same = place.there && mark == place.mark;
                                  other = !same;
                                  return;
                                }
                                if (!same) return;
                                take(kind, number);
                                place = {.n = n, .mark = mark, .expires_at = from_microseconds(row[4]), .there = true};
                              }));
  room -= rows;
  if (other) return Read::Until::other_history;
  if (!same) {
    // The row we stood on is gone. Had it not expired, this is another history; otherwise it cannot be told, and the
    // shard is read again from its beginning.
    if (place.there && !may_have_expired(place)) return Read::Until::other_history;
    place = {};
    return Read::Until::end;
  }
  // Behind the last row there is none up to the head: removed, so they had expired.
  if (rows < most && place.n < head.head) place = {.n = head.head, .there = false};
  return Read::Until::end;
}

}  // namespace rowan::tokens
