#pragma once
// Internal. The listener of `metrics_listen`: one path, apart from everything people reach.
#include <functional>
#include <memory>
#include <rowan/hosts/beast/service.hpp>
#include <string>

namespace rowan::cli {

struct MetricsListenerOptions {
  std::string address = "127.0.0.1";
  unsigned short port = 0;  // 0: any free one
  std::function<std::string()> text{};
  Logger* logger = nullptr;  // outlives the listener
};

/// Returns it without starting it. It makes one page at a time; a few requests wait, more get 503. So scrapes never
/// take more than one of the database's connections.
std::unique_ptr<hosts::beast::Service> make_metrics_listener(MetricsListenerOptions options);

}  // namespace rowan::cli
