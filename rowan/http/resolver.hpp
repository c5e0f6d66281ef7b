#pragma once
// Which addresses a name has: a seam, because what may be reached is decided by them.
#include <chrono>
#include <memory>
#include <rowan/base/result.hpp>
#include <rowan/http/ip_address.hpp>
#include <string>
#include <vector>

namespace rowan::http {

/// Thread-safe.
class Resolver {
 public:
  virtual ~Resolver() = default;
  /// At least one address, or `unavailable`: no such name, or no answer within `patience`.
  virtual Result<std::vector<IpAddress>> resolve(const std::string& host, std::chrono::milliseconds patience) = 0;
};

/// The system's, by getaddrinfo. That cannot be told to stop: a lookup that is given up goes on in a thread of its own
/// until the system gives it up, and there are never more than 16 of them.
std::shared_ptr<Resolver> system_resolver();

}  // namespace rowan::http
