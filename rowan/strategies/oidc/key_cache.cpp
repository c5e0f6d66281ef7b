#include <algorithm>
#include <charconv>
#include <rowan/strategies/oidc/key_cache.hpp>

namespace rowan::strategies::oidc {

namespace {

using std::chrono::seconds;

constexpr seconds least_age{300}, usual_age{3600}, most_age{86'400};  // for which keys are kept
constexpr seconds between_unknown{60};

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
  if (!flight_.may_ask(now)) return false;
  if (!keys_ || now >= fresh_until_) return true;
  return !keys_->knows_key_of(token) && (!asked_ || now - *asked_ >= between_unknown);
}

Result<std::shared_ptr<const crypto::jose::KeySet>> KeyCache::keys_for(http::Client& client, const Clock& clock,
                                                                       const crypto::jose::Jws& token) {
  std::unique_lock lock(mutex_);
  if (wants_fetch(token, clock.elapsed())) {
    flight_.ask_once(
        lock, clock, [&client, request = request()] { return client.send(request); },
        [this](const Result<http::OutgoingResponse>& response, Elapsed now) {
          if (response)
            take(*response, now);
          else
            failure_ = response.error().reason;
          asked_ = now;
          return failure_.empty();
        });
  }
  if (keys_ && clock.elapsed() < fresh_until_) return keys_;
  return Error{.code = ErrorCode::unavailable,
               .reason = "keys of the provider: " + (failure_.empty() ? "none" : failure_)};
}

http::OutgoingRequest KeyCache::request() const {
  http::OutgoingRequest request{.url = url_, .reach = reach_, .most_body_bytes = crypto::jose::most_key_set_bytes};
  request.headers.add("Accept", "application/json");
  if (keys_ && !tag_.empty()) request.headers.add("If-None-Match", tag_);
  return request;
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
