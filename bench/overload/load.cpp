#include <algorithm>
#include <rowan/hosts/beast/raw_client.hpp>

#include "load.hpp"

namespace rowan::overload {

namespace {

using hosts::testing::RawClient;

Sample ask(RawClient& client, const std::string& request) {
  const auto began = Clock::now();
  const auto answer = client.ask(request);
  const auto now = Clock::now();
  return {.at = now,
          .status = answer.status,
          .seconds = std::chrono::duration<double>(now - began).count(),
          .says_when_to_come_again = answer.head.find("\r\nRetry-After: ") != answer.head.npos};
}

}  // namespace

void Samples::add(std::vector<Sample> more) {
  const std::lock_guard lock(mutex_);
  all_.insert(all_.end(), more.begin(), more.end());
}

std::vector<Sample> Samples::between(Clock::time_point from, Clock::time_point to) const {
  std::vector<Sample> some;
  for (const auto& sample : all_)
    if (sample.at >= from && sample.at < to) some.push_back(sample);
  return some;
}

double median_seconds(std::vector<Sample> samples) {
  if (samples.empty()) return 0;
  const auto middle = samples.begin() + static_cast<std::ptrdiff_t>(samples.size() / 2);
  std::ranges::nth_element(samples, middle, {}, &Sample::seconds);
  return middle->seconds;
}

std::vector<Sample> with_status(const std::vector<Sample>& samples, int status) {
  std::vector<Sample> some;
  for (const auto& sample : samples)
    if (sample.status == status) some.push_back(sample);
  return some;
}

ClosedLoop::ClosedLoop(unsigned connections, unsigned short port, std::vector<std::string> requests, Samples& samples) {
  for (unsigned c = 0; c < connections; ++c)
    threads_.emplace_back([this, port, requests, &samples, c] {
      RawClient client(port);
      std::vector<Sample> mine;
      for (std::size_t i = c; !stop_; ++i) mine.push_back(ask(client, requests[i % requests.size()]));
      samples.add(std::move(mine));
    });
}

void offer(double rate, Clock::time_point until, unsigned connections, unsigned short port,
           const std::vector<std::string>& requests, Samples& samples) {
  const auto start = Clock::now();
  std::atomic<long> next = 0;
  std::vector<std::jthread> threads;
  for (unsigned c = 0; c < connections; ++c)
    threads.emplace_back([&] {
      RawClient client(port);
      std::vector<Sample> mine;
      for (;;) {
        const auto ticket = next++;
        const auto due = start + std::chrono::duration_cast<Clock::duration>(
                                     std::chrono::duration<double>(static_cast<double>(ticket) / rate));
        if (due >= until) break;
        std::this_thread::sleep_until(due);
        mine.push_back(ask(client, requests[static_cast<std::size_t>(ticket) % requests.size()]));
        if (mine.back().status == 0) break;
      }
      samples.add(std::move(mine));
    });
}

}  // namespace rowan::overload
