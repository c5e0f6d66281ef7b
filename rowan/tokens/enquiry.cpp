#include <exception>
#include <rowan/base/try.hpp>
#include <rowan/tokens/enquiry.hpp>
#include <rowan/tokens/number_list.hpp>
#include <rowan/tokens/queries.hpp>

namespace rowan::tokens {

namespace {

constexpr std::size_t most_numbers = 10'000;  // of one query

Error too_late() {
  return {.code = ErrorCode::unavailable,
          .reason = "revocations could not be learnt in time",
          .retry_after = std::chrono::seconds(1)};
}

}  // namespace

Result<std::shared_ptr<const Enquiry::Answer>> Enquiry::ask(const std::vector<std::int64_t>& numbers,
                                                            std::chrono::nanoseconds at_most) {
  std::unique_lock lock(mutex_);
  if (!gathering_) gathering_ = std::make_shared<Batch>();
  const auto mine = gathering_;
  if (mine->numbers.size() + numbers.size() > most_numbers) return too_late();
  mine->numbers.insert(mine->numbers.end(), numbers.begin(), numbers.end());
  ++mine->waiting;
  const bool in_time = changed_.wait_for(lock, at_most, [&] { return mine->answer || !asking_; });
  // The last caller to leave removes the batch: a full batch that no one runs would block all later callers.
  if (--mine->waiting == 0 && !in_time && gathering_ == mine) gathering_.reset();
  if (!in_time) return too_late();
  if (mine->answer) return *mine->answer;

  asking_ = true;
  gathering_.reset();
  lock.unlock();
  std::optional<Result<std::shared_ptr<const Answer>>> answer;
  try {
    answer.emplace(query(mine->numbers));
  } catch (const std::exception& exception) {
    answer.emplace(Error{.code = ErrorCode::unavailable, .reason = std::string("exception: ") + exception.what()});
  }
  lock.lock();
  mine->answer = std::move(answer);
  asking_ = false;
  changed_.notify_all();
  return *mine->answer;
}

Result<std::shared_ptr<const Enquiry::Answer>> Enquiry::query(const std::vector<std::int64_t>& numbers) {
  auto answer = std::make_shared<Answer>();
  ROWAN_CHECK(reader_->read([&](SqlConnection& connection) -> Result<> {
    ROWAN_TRY(const auto counters, Numbers::read(connection));
    answer->floor = counters.floor;
    answer->issued_below = counters.next;
    return connection.each(sql::dead_among, {{"numbers", list_of(numbers, connection.dialect())}},
                           [&](std::span<const std::int64_t> row) { answer->dead.insert(row[0]); });
  }));
  return std::shared_ptr<const Answer>(std::move(answer));
}

}  // namespace rowan::tokens
