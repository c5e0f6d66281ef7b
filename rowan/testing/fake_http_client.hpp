#pragma once
// FakeHttpClient: a provider in memory, for what calls one.
#include <functional>
#include <map>
#include <mutex>
#include <rowan/base/json.hpp>
#include <rowan/http/client.hpp>
#include <string>
#include <utility>
#include <vector>

namespace rowan::testing {

/// Answers what a test declared and remembers what it was asked. Thread-safe.
class FakeHttpClient final : public http::Client {
 public:
  using Answer = std::function<Result<http::OutgoingResponse>(const http::OutgoingRequest&)>;

  /// From now on, for this method and exactly this URL. A function may answer an Error: the provider is away.
  void on(http::Method method, const std::string& url, Answer answer) {
    const std::lock_guard lock(mutex_);
    answers_[{method, url}] = std::move(answer);
  }
  void on(http::Method method, const std::string& url, http::OutgoingResponse response) {
    on(method, url, [response = std::move(response)](const http::OutgoingRequest&) { return response; });
  }

  static http::OutgoingResponse json(const Json& value, int status = 200) {
    http::OutgoingResponse response{.status = status, .body = value.text()};
    response.headers.add("Content-Type", "application/json");
    return response;
  }

  /// Everything that was asked, in order.
  std::vector<http::OutgoingRequest> requests() const {
    const std::lock_guard lock(mutex_);
    return requests_;
  }

  Result<http::OutgoingResponse> send(const http::OutgoingRequest& request) override {
    Answer answer;
    {
      const std::lock_guard lock(mutex_);
      requests_.push_back(request);
      const auto found = answers_.find({request.method, request.url});
      if (found != answers_.end()) answer = found->second;
    }
    // Outside the lock: an answer may wait for another request.
    if (answer) return answer(request);
    return Error{
        .code = ErrorCode::unavailable,
        .reason = "no answer is declared for " + std::string(http::name_of(request.method)) + " " + request.url};
  }

 private:
  mutable std::mutex mutex_{};
  std::map<std::pair<http::Method, std::string>, Answer> answers_{};
  std::vector<http::OutgoingRequest> requests_{};
};

}  // namespace rowan::testing
