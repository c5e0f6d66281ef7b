#include <algorithm>
#include <charconv>
#include <rowan/strategies/oidc/key_cache.hpp>

namespace rowan::strategies::oidc {

namespace {

using std::chrono::seconds;

constexpr seconds least_age{300}, usual_age{3600}, most_age{86'400};  // for which keys are kept
constexpr seconds between_unknown{60}, longest_wait{60};

/// Cache-Control: max-age=N (RFC 9111 section 5.2.2.1), within our bounds: a provider neither has us ask all the time
/// nor keep keys that it has taken back.
seconds age_of(const http::Headers& headers) {
  const auto field = headers.single("Cache-Control");
  if (!field) return usual_age;
  const auto at = field->find("max-age=");
  if (at == std::string_view::npos) return usual_age;
  const auto digits = field->substr(at + 8);
  std::int64_t age = 0;
  if (std::from_chars(digits.data(), digits.data() + digits.size(), age).ec != std::errc{}) return usual_age;
  return std::clamp(seconds(std::clamp<std::int64_t>(age, 0, most_age.count())), least_age, most_age);
}

}  // namespace

bool KeyCache::wants_fetch(const crypto::jose::Jws& token, Elapsed now) const {
  if (now < not_before_) return false;
  if (!keys_ || now >= fresh_until_) return true;
  return !keys_->knows_key_of(token) && (!asked_ || now - *asked_ >= between_unknown);
}

Result<std::shared_ptr<const crypto::jose::KeySet>> KeyCache::keys_for(http::Client& client, const Clock& clock,
                                                                       const crypto::jose::Jws& token) {
  std::unique_lock lock(mutex_);
  if (wants_fetch(token, clock.elapsed())) {
    if (fetching_)
      fetched_.wait(lock, [&] { return !fetching_; });
    else
      fetch(lock, client, clock);
  }
  if (keys_ && clock.elapsed() < fresh_until_) return keys_;
  return Error{.code = ErrorCode::unavailable,
               .reason = "keys of the provider: " + (failure_.empty() ? "none" : failure_)};
}

void KeyCache::fetch(std::unique_lock<std::mutex>& lock, http::Client& client, const Clock& clock) {
  fetching_ = true;
  // Also when the client throws: those who wait must not wait for ever.
  struct Done {
    KeyCache& cache;
    std::unique_lock<std::mutex>& lock;
    ~Done() {
      if (!lock.owns_lock()) lock.lock();
      cache.fetching_ = false;
      cache.fetched_.notify_all();
    }
  } const done{*this, lock};
  http::OutgoingRequest request{.url = url_, .reach = reach_, .most_body_bytes = crypto::jose::most_key_set_bytes};
  request.headers.add("Accept", "application/json");
  if (keys_ && !tag_.empty()) request.headers.add("If-None-Match", tag_);
  lock.unlock();
  const auto response = client.send(request);
  lock.lock();
  const auto now = clock.elapsed();
  if (response)
    take(*response, now);
  else
    failure_ = response.error().reason;
  if (failure_.empty()) {
    wait_ = seconds(1);
  } else {
    not_before_ = now + wait_;
    wait_ = std::min(2 * wait_, longest_wait);
  }
  asked_ = now;
}

void KeyCache::take(const http::OutgoingResponse& response, Elapsed now) {
  failure_.clear();
  if (response.status == 304 && keys_) {
    fresh_until_ = now + age_of(response.headers);
    return;
  }
  if (response.status != 200) {
    failure_ = "status " + std::to_string(response.status);
    return;
  }
  auto keys = crypto::jose::KeySet::parse(response.body);
  if (!keys) {
    failure_ = keys.error().reason;
    return;
  }
  keys_ = std::make_shared<const crypto::jose::KeySet>(*std::move(keys));
  const auto tag = response.headers.single("ETag");
  tag_ = tag && tag->size() <= 256 ? *tag : std::string_view();
  fresh_until_ = now + age_of(response.headers);
}

}  // namespace rowan::strategies::oidc
